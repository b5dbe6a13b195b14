import type { Document, vec3 } from '@gltf-transform/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Operation } from '#contracts/operations/operation.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { baseName } from '../formats/model-file.ts';
import { buildScene, type SceneRecipe, sceneRecipes } from '../formats/testing/random-scene.ts';
import { processModel } from '../process/process-model.ts';
import { readModel } from '../process/read-model.ts';
import { apply, LIMITS } from './testing/run.ts';
import { type SceneSignature, signatureOf } from './testing/scene-signature.ts';
import { documentOf, plate } from './testing/shapes.ts';

type Step = z.input<typeof Operation>;

/** What divides, joins and packs a scene without a change that can be seen. */
const STEPS: Step[] = [
  { type: 'dedupe' },
  { type: 'prune' },
  { type: 'weld' },
  { type: 'flatten' },
  { type: 'join' },
  { type: 'instance', min: 2 },
  { type: 'split' },
  { type: 'split', by: 'part' },
];
/** Nothing that changes vertices may follow it. */
const PACKED: Step = { type: 'meshopt', level: 'lossless' };

const chains = fc
  .tuple(fc.array(fc.constantFrom(...STEPS), { minLength: 2, maxLength: 3 }), fc.boolean())
  .map(([steps, isPacked]) => (isPacked ? [...steps.slice(0, 2), PACKED] : steps));

/** A scene in which nodes are mirrored, meshes have several uses and materials, and something moves or nothing does. */
const scenes = fc.record({
  recipe: sceneRecipes,
  mirrored: fc.subarray([0, 1, 2, 3, 4]),
  isStill: fc.boolean(),
  hasCopies: fc.boolean(),
});
type SceneChoice = typeof scenes extends fc.Arbitrary<infer T> ? T : never;

function sceneOf({ recipe, mirrored, isStill, hasCopies }: SceneChoice): Document {
  const boxes = recipe.boxes.map((box, i): SceneRecipe['boxes'][number] => ({
    ...box,
    moves: isStill ? [] : box.moves,
    shared: hasCopies ? i % 2 === 0 : box.shared,
    // Copies hang from one another: where scales are uneven and nodes turned, the lower ones are skewed.
    parent: hasCopies ? Math.max(0, i - 1 - (box.parent % 2)) : box.parent,
  }));
  const document = buildScene({ ...recipe, boxes });
  const nodes = document.getRoot().listNodes();
  for (const index of mirrored) {
    const node = nodes[index];
    node?.setScale(node.getScale().map((value, axis) => (axis === index % 3 ? -value : value)) as vec3);
  }
  // A mesh of two materials.
  const second = nodes[1]?.getMesh()?.listPrimitives()[0];
  if (second && nodes[1]!.getMesh() !== nodes[0]!.getMesh()) nodes[0]!.getMesh()!.addPrimitive(second);
  return document;
}

/** Positions within a hundred-thousandth of the diagonal, at every moment. */
function expectSame(made: SceneSignature, wanted: SceneSignature): void {
  expect(made.clips).toEqual(wanted.clips);
  expect(made.paints).toEqual(wanted.paints);
  expect(made.poses.length).toBe(wanted.poses.length);
  for (const [i, pose] of wanted.poses.entries()) {
    const other = made.poses[i]!;
    const diagonal = Math.hypot(...pose.max.map((value, k) => value - pose.min[k]!));
    const near = (a: number, b: number, size: number, what: string) =>
      expect(Math.abs(a - b) / size, `${what} of pose ${i}: ${a} for ${b}`).toBeLessThan(2e-5);
    expect(other.triangles).toBe(pose.triangles);
    for (let k = 0; k < 3; k++) {
      near(other.min[k]!, pose.min[k]!, diagonal, 'minimum');
      near(other.max[k]!, pose.max[k]!, diagonal, 'maximum');
      near(other.middle[k]!, pose.middle[k]!, diagonal, 'middle');
    }
    near(other.area, pose.area, diagonal ** 2, 'area');
    near(other.volume, pose.volume, diagonal ** 3, 'volume');
    expect(Math.abs(other.facing - pose.facing), `facing of pose ${i}`).toBeLessThan(1e-3);
  }
}

/** Carries steps out, writes the scene and reads it again. */
async function resultOf(glb: Uint8Array, steps: Step[]): Promise<SceneSignature> {
  const { document } = await readModel([{ name: 'model.glb', bytes: glb }], LIMITS);
  for (const step of steps) await apply(document, step);
  return signatureOf((await readModel([{ name: 'made.glb', bytes: await writeGlb(document) }], LIMITS)).document);
}

describe('operations that lose nothing', () => {
  it.each([...STEPS, PACKED].map((step) => [JSON.stringify(step), step] as const))(
    'keep what is seen of any scene: %s',
    async (_, step) => {
      await fc.assert(
        fc.asyncProperty(scenes, async (choice) => {
          const source = sceneOf(choice);
          expectSame(await resultOf(await writeGlb(source), [step]), signatureOf(source));
        }),
        { seed: 11, numRuns: 40, endOnFailure: true },
      );
    },
    60_000,
  );

  it('keep it one after another, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, chains, async (choice, steps) => {
        const source = sceneOf(choice);
        expectSame(await resultOf(await writeGlb(source), steps), signatureOf(source));
      }),
      { seed: 12, numRuns: 60, endOnFailure: true },
    );
  }, 120_000);

  it
    .runIf(hasCorpus)
    .each([
      'gltf/Knight.glb',
      'gltf/03_skinned_cylinder/03_skinned_cylinder.gltf',
      'fbx/blender_293_barbarian_7400_binary.fbx',
    ])(
    'keep it on characters and their clips: %s',
    async (path) => {
      const folder = path.slice(0, path.lastIndexOf('/'));
      const names = path.endsWith('.gltf') ? [path, `${folder}/${baseName(path).replace('.gltf', '.bin')}`] : [path];
      const files = await Promise.all(
        names.map(async (name) => ({ name: baseName(name), bytes: new Uint8Array(await corpusFile(name)) })),
      );
      const { glb } = await processModel(files, LIMITS);
      const wanted = signatureOf((await readModel(files, LIMITS)).document);
      await fc.assert(
        fc.asyncProperty(chains, async (steps) => expectSame(await resultOf(glb, steps), wanted)),
        { seed: 13, numRuns: 2, endOnFailure: true },
      );
    },
    120_000,
  );
});

describe('nodes that the scales of their parents skew', () => {
  /** Two plates below a parent that is stretched, one of them turned by 45 degrees; two more beside it. */
  function skewed(): Document {
    const document = documentOf(plate(1, 1));
    const scene = document.getRoot().getDefaultScene()!;
    const mesh = document.getRoot().listMeshes()[0]!;
    const stretched = document.createNode('Stretched').setScale([3, 1, 1]);
    scene.addChild(stretched).addChild(document.createNode('Beside').setMesh(mesh).setTranslation([0, 0, 4]));
    stretched.addChild(document.createNode('Straight').setMesh(mesh).setTranslation([1, 2, 0]));
    const turned = document.createNode('Turned').setMesh(mesh).setTranslation([2, 0, 0]);
    stretched.addChild(turned.setRotation([0, Math.sin(Math.PI / 8), 0, Math.cos(Math.PI / 8)]));
    return document;
  }

  it.each([
    ['flatten', { type: 'flatten' }],
    ['instance', { type: 'instance', min: 2 }],
  ] as const)('stay where they are, the others do not: %s', async (_, step) => {
    const document = skewed();
    const wanted = signatureOf(document);
    const notes = await apply(document, step);
    expect(notes.join(' ')).toMatch(/1 node stayed: the scales of what is above skew/);
    expectSame(signatureOf(document), wanted);
    const names = document
      .getRoot()
      .listNodes()
      .filter((node) => node.getParentNode() && node.getMesh())
      .map((node) => node.getName());
    expect(names).toEqual(['Turned']);
    const uses = document
      .getRoot()
      .listNodes()
      .filter((node) => node.getMesh()).length;
    expect(uses).toBe(step.type === 'instance' ? 2 : 4);
    expect(document.getRoot().listMeshes()).toHaveLength(1);
  });
});

describe('a scene that is read, normalised, written and read again', () => {
  it('is the same, and the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async (choice) => {
        const source = sceneOf(choice);
        const first = await processModel([{ name: 'a.glb', bytes: await writeGlb(source) }], LIMITS);
        const second = await processModel([{ name: 'b.glb', bytes: first.glb }], LIMITS);
        expectSame(signatureOf(second.document), signatureOf(source));
        expect(Buffer.compare(second.glb, first.glb)).toBe(0);
      }),
      { seed: 14, numRuns: 15, endOnFailure: true },
    );
  }, 60_000);
});
