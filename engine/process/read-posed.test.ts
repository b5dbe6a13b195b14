import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { CORPUS, corpusFile, hasCorpus } from '#test/corpus.ts';
import { readModel } from './read-model.ts';
import { readPosed } from './read-posed.ts';

const LIMITS = ModelLimits.parse({});

describe.skipIf(!hasCorpus)(`readPosed (on models of ${CORPUS})`, () => {
  it.each(['gltf/Knight.glb', 'gltf/character.glb', 'gltf/03_all_animations/03_all_animations.gltf'])(
    'gives the same geometry as readModel, without animations (%s)',
    async (path) => {
      const files = [{ name: basename(path), bytes: await corpusFile(path) }];
      if (path.endsWith('.gltf')) {
        files.push({ name: '03_all_animations.bin', bytes: await corpusFile(path.replace('.gltf', '.bin')) });
      }
      const whole = (await readModel(files, LIMITS)).document.getRoot();
      const still = (await readPosed(files, LIMITS, {})).document.getRoot();
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

  it('keeps the animation that poses the model, and all of them to be listed when there is none of the name', async () => {
    const files = [{ name: 'Knight.glb', bytes: await corpusFile('gltf/Knight.glb') }];
    const names = async (request: { animation?: string; time?: number }) =>
      (await readPosed(files, LIMITS, request)).document
        .getRoot()
        .listAnimations()
        .map((animation) => animation.getName());
    expect(await names({ animation: 'Walking_A' })).toEqual(['Walking_A']);
    expect(await names({ time: 1 })).toEqual(['1H_Melee_Attack_Chop']);
    expect(await names({ animation: 'none' })).toHaveLength(76);
  });
});
