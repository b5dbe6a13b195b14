import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { CORPUS, corpusFile, hasCorpus } from '#test/corpus.ts';
import { readModel } from './read-model.ts';
import { readRestPose } from './read-rest-pose.ts';

const LIMITS = ModelLimits.parse({});

describe.skipIf(!hasCorpus)(`readRestPose (on models of ${CORPUS})`, () => {
  it.each(['gltf/Knight.glb', 'gltf/character.glb', 'gltf/03_all_animations/03_all_animations.gltf'])(
    'gives the same geometry as readModel, without animations (%s)',
    async (path) => {
      const files = [{ name: basename(path), bytes: await corpusFile(path) }];
      if (path.endsWith('.gltf')) {
        files.push({ name: '03_all_animations.bin', bytes: await corpusFile(path.replace('.gltf', '.bin')) });
      }
      const whole = (await readModel(files, LIMITS)).document.getRoot();
      const still = (await readRestPose(files, LIMITS)).document.getRoot();
      expect(whole.listAnimations().length).toBeGreaterThan(0);
      expect(still.listAnimations()).toEqual([]);
      expect(still.listNodes().map((node) => node.getWorldMatrix())).toEqual(
        whole.listNodes().map((node) => node.getWorldMatrix()),
      );
      const arrays = (root: typeof whole) =>
        root
          .listMeshes()
          .flatMap((mesh) => mesh.listPrimitives())
          .flatMap((primitive) => [primitive.getIndices(), ...primitive.listAttributes()])
          .map((accessor) => accessor?.getArray());
      expect(arrays(still)).toEqual(arrays(whole));
      expect(still.listSkins().map((skin) => skin.getInverseBindMatrices()?.getArray())).toEqual(
        whole.listSkins().map((skin) => skin.getInverseBindMatrices()?.getArray()),
      );
      expect(still.listAccessors().length).toBeLessThan(whole.listAccessors().length);
    },
  );
});
