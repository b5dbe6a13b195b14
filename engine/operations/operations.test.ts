import { type Document, Primitive } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { SAMPLES } from '#app/samples/samples.ts';
import { readModelFiles } from '#cli/model-files.ts';
import type { ModelReport } from '#contracts/model/model-report.ts';
import type { Operation } from '#contracts/operations/operation.ts';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import { measureBounds } from '../describe/measure-bounds.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import type { ModelFile } from '../formats/model-file.ts';
import { measureCost } from '../measure/model-cost.ts';
import { processModel } from '../process/process-model.ts';
import { readModel } from '../process/read-model.ts';
import { validateModel } from '../process/validate-model.ts';
import { apply, LIMITS, optimizeFiles } from './testing/run.ts';
import { documentOf, plate, sphere } from './testing/shapes.ts';

/** Real documents: everything that glTF has is in one of them. */
const MODELS = [
  'gltf/Knight.glb',
  'gltf/01_cs_morph/01_cs_morph.gltf',
  'gltf/03_skinned_cylinder/03_skinned_cylinder.gltf',
  'gltf/09_texture_transform/09_texture_transform.gltf',
  'gltf/18_variants/18_variants.gltf',
  'gltf/24_animation_pointer/24_animation_pointer.gltf',
  'gltf/25_anisotropy/25_anisotropy.gltf',
  'gltf/vrm-mtoon/cube.gltf',
  'gltf/BoxMeshopt.glb',
  'fbx/blender_293_barbarian_7400_binary.fbx',
  'splat/sphere_3dgs.glb',
];

/** Writing drops what is nearly nothing of node transforms: less than a hundred-thousandth of the model. */
const EXACT = 1e-5;
/** 14 bits of position and 8 of skin weights. */
const ROUNDED = 5e-4;

/** Every operation, and what it has to leave as it was: the surface, in shares of the diagonal, and the counts. */
const CASES: {
  operation: z.input<typeof Operation>;
  deviation: number;
  same: ('triangles' | 'materials' | 'clips')[];
}[] = [
  {
    operation: { type: 'transform', unit: 'cm', rotate: [0, 90, 0], center: 'bounds' },
    deviation: EXACT,
    same: ['triangles', 'materials', 'clips'],
  },
  { operation: { type: 'dedupe' }, deviation: EXACT, same: ['triangles', 'clips'] },
  { operation: { type: 'prune' }, deviation: EXACT, same: ['triangles', 'clips'] },
  {
    operation: { type: 'strip', kinds: ['animations', 'cameras', 'lights', 'textures', 'extras'] },
    deviation: EXACT,
    same: ['triangles', 'materials'],
  },
  {
    operation: { type: 'strip', kinds: ['skins', 'animations'] },
    deviation: EXACT,
    same: ['triangles', 'materials'],
  },
  {
    operation: { type: 'rename', kinds: ['nodes', 'materials'], prefix: 'x_', unique: true },
    deviation: EXACT,
    same: ['triangles', 'materials', 'clips'],
  },
  { operation: { type: 'flatten' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'join' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'instance', min: 2 }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'split', by: 'part' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'split' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'fillHoles', maxEdges: 12 }, deviation: 1, same: ['materials', 'clips'] },
  { operation: { type: 'weld' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'simplify', ratio: 0.5 }, deviation: 1, same: ['materials', 'clips'] },
  { operation: { type: 'lod', minTriangles: 20 }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'normals', overwrite: true }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'tangents', overwrite: true }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  {
    operation: { type: 'textures', maxSize: 64, format: 'webp' },
    deviation: EXACT,
    same: ['triangles', 'materials', 'clips'],
  },
  { operation: { type: 'quantize' }, deviation: ROUNDED, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'meshopt' }, deviation: ROUNDED, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'meshopt', level: 'lossless' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'draco' }, deviation: ROUNDED, same: ['materials', 'clips'] },
];

/** The report of each model as it came, made once. */
const sources = new Map<string, ModelReport>();

async function check(files: ModelFile[], index: number): Promise<void> {
  const { operation, deviation, same } = CASES[index]!;
  const name = files[0]!.name;
  const source = sources.get(name) ?? (await processModel(files, LIMITS)).report;
  sources.set(name, source);
  const { glb, report } = await optimizeFiles(files, {
    operations: [operation],
    deviation: { samples: 2000, seed: 1 },
  });
  const made = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
  const errors = made.report.validation.issues.filter(({ severity }) => severity === 'error');
  expect(errors).toEqual([]);
  if (same.includes('triangles')) expect(made.report.triangles).toBe(source.triangles);
  else if (operation.type === 'fillHoles') expect(made.report.triangles).toBeGreaterThanOrEqual(source.triangles);
  else expect(made.report.triangles).toBeLessThanOrEqual(source.triangles);
  if (same.includes('materials')) expect(made.report.materials.length).toBe(source.materials.length);
  if (same.includes('clips')) {
    const clips = ({ animations }: ModelReport) =>
      animations.map(({ name, seconds }) => [name, Math.round(seconds * 1000)]);
    expect(clips(made.report)).toEqual(clips(source));
  }
  if (report.deviation) expect(report.deviation.relativeMax).toBeLessThan(deviation);
  else expect(source.triangles === 0 || source.triangles > 5_000_000).toBe(true);
  expect(report.output.triangles).toBe(made.report.triangles);
}

describe.skipIf(!hasCorpus)('every operation on real models', () => {
  it.each(CASES.map(({ operation }, index) => [JSON.stringify(operation), index] as const))(
    '%s',
    async (_name, index) => {
      for (const path of MODELS) {
        try {
          await check(await readModelFiles(`${CORPUS}/${path}`), index);
        } catch (error) {
          throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
        }
      }
    },
    60_000,
  );
});

describe('every operation on a sample', () => {
  it.each(CASES.map(({ operation }, index) => [JSON.stringify(operation), index] as const))(
    '%s',
    async (_name, index) => {
      const sample = SAMPLES.find(({ fileName }) => fileName === 'gear-train.glb')!;
      await check([{ name: sample.fileName, bytes: await sample.make() }], index);
    },
    30_000,
  );
});

function boundsOf(document: Document) {
  return measureBounds(document.getRoot().getDefaultScene()!)!;
}

describe('transform', () => {
  it('scales, turns and places, in this order', async () => {
    const document = documentOf(plate(2, 1));
    await apply(document, {
      type: 'transform',
      scale: 3,
      rotate: [0, 0, 90],
      ground: true,
      center: 'footprint',
      translate: [1, 2, 3],
    });
    const { min, max } = boundsOf(document);
    // The plate stands upright: what was x is y now.
    for (const [axis, value] of [1, 2, 0].entries()) expect(min[axis]!).toBeCloseTo(value, 5);
    for (const [axis, value] of [1, 8, 6].entries()) expect(max[axis]!).toBeCloseTo(value, 5);
  });

  it('takes the model for millimetres, or fits it to a size', async () => {
    const small = documentOf(sphere(250, 2));
    await apply(small, { type: 'transform', unit: 'mm' });
    expect(boundsOf(small).max[0]).toBeCloseTo(0.25, 5);
    await apply(small, { type: 'transform', fit: 1 });
    expect(boundsOf(small).max[0]).toBeCloseTo(0.5, 5);
  });

  it('turns about x, then y, then z', async () => {
    const document = documentOf({ positions: [0, 0, 1, 0, 0, 2, 0, 0, 3], indices: [0, 1, 2] });
    await apply(document, { type: 'transform', rotate: [90, 90, 0] });
    // (0, 0, z) about x becomes (0, -z, 0), which turning about y leaves.
    expect(boundsOf(document).min[1]).toBeCloseTo(-3, 5);
    expect(boundsOf(document).max[1]).toBeCloseTo(-1, 5);
  });
});

describe('weld', () => {
  it('closes gaps within the tolerance, in metres, and drops what becomes a line', async () => {
    const gap = {
      positions: [0, 0, 0, 1, 0, 0, 0, 0, 1, 1.00001, 0, 0, 1, 0, 1, 0, 0, 1.00001, 0.00002, 0, 0],
      indices: [0, 1, 2, 3, 4, 5, 0, 1, 6],
    };
    const document = documentOf(gap);
    document.getRoot().listNodes()[0]!.setScale([0.1, 0.1, 0.1]);
    await apply(document, { type: 'weld', tolerance: 0.00001 });
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    expect(primitive.getAttribute('POSITION')!.getCount()).toBe(4);
    expect(primitive.getIndices()!.getCount()).toBe(6);
  });

  it('without tolerance changes no position', async () => {
    const document = documentOf({
      positions: [0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1],
      indices: [0, 1, 2, 3, 4, 5],
    });
    await apply(document, { type: 'weld' });
    expect(measureCost(document, 0)).toMatchObject({ triangles: 2, vertices: 4 });
  });
});

describe('normals', () => {
  it('are smooth within the crease angle and flat beyond', async () => {
    const smooth = documentOf(sphere(1, 3));
    await apply(smooth, { type: 'normals', creaseAngle: 60 });
    const primitive = smooth.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const position = primitive.getAttribute('POSITION')!.getArray()!;
    const normal = primitive.getAttribute('NORMAL')!.getArray()!;
    expect(position.length / 3).toBe(258);
    for (let i = 0; i < position.length; i++) expect(normal[i]!).toBeCloseTo(position[i]!, 1);
    const flat = documentOf(sphere(1, 3));
    await apply(flat, { type: 'normals', creaseAngle: 0 });
    expect(measureCost(flat, 0).vertices).toBe(512 * 3);
  });
});

describe('strip', () => {
  it('of morph targets leaves the shape of the default weights', async () => {
    const document = documentOf(plate(1, 1));
    const [mesh] = document.getRoot().listMeshes();
    const up = document
      .createAccessor()
      .setType('VEC3')
      .setArray(new Float32Array(12).map((_, i) => (i % 3 === 1 ? 2 : 0)))
      .setBuffer(document.getRoot().listBuffers()[0]!);
    mesh!.listPrimitives()[0]!.addTarget(document.createPrimitiveTarget().setAttribute('POSITION', up));
    mesh!.setWeights([0.5]);
    await apply(document, { type: 'strip', kinds: ['morphTargets'] });
    expect(boundsOf(document).min[1]).toBe(1);
    expect(mesh!.listPrimitives()[0]!.listTargets()).toEqual([]);
    expect(mesh!.getWeights()).toEqual([]);
  });

  it('of points and lines keeps triangles', async () => {
    const document = documentOf(plate(1, 1), plate(1, 2), plate(1, 1));
    const [, points, lines] = document
      .getRoot()
      .listMeshes()
      .map((mesh) => mesh.listPrimitives()[0]!);
    points!.setMode(Primitive.Mode.POINTS);
    lines!.setMode(Primitive.Mode.LINES);
    await apply(document, { type: 'strip', kinds: ['points', 'lines'] });
    expect(document.getRoot().listMeshes().length).toBe(1);
  });
});

describe('strip of skins', () => {
  it('leaves meshes where their joints hold them', async () => {
    const document = documentOf(plate(1, 2));
    const node = document.getRoot().listNodes()[0]!;
    const primitive = node.getMesh()!.listPrimitives()[0]!;
    const count = primitive.getAttribute('POSITION')!.getCount();
    const buffer = document.getRoot().listBuffers()[0]!;
    const accessor = (type: 'VEC3' | 'VEC4', array: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>) =>
      document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
    primitive
      .setAttribute(
        'NORMAL',
        accessor(
          'VEC3',
          Float32Array.from({ length: count * 3 }, (_, i) => (i % 3 === 1 ? 1 : 0)),
        ),
      )
      .setAttribute('JOINTS_0', accessor('VEC4', new Uint8Array(count * 4)))
      .setAttribute(
        'WEIGHTS_0',
        accessor(
          'VEC4',
          Float32Array.from({ length: count * 4 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
        ),
      );
    // A quarter turn about z, and twice as large: what was x is y, what was up points to -x.
    const joint = document
      .createNode('joint')
      .setRotation([0, 0, Math.SQRT1_2, Math.SQRT1_2])
      .setScale([2, 2, 2])
      .setTranslation([5, 0, 0]);
    document.getRoot().getDefaultScene()!.addChild(joint);
    node.setSkin(document.createSkin().addJoint(joint)).setTranslation([100, 0, 0]);
    const before = boundsOf(document);
    await apply(document, { type: 'strip', kinds: ['skins'] });
    const after = boundsOf(document);
    for (let axis = 0; axis < 3; axis++) {
      expect(after.min[axis]!).toBeCloseTo(before.min[axis]!, 5);
      expect(after.max[axis]!).toBeCloseTo(before.max[axis]!, 5);
    }
    expect(after.max[1]! - after.min[1]!).toBeCloseTo(2, 5);
    expect(document.getRoot().listSkins()).toEqual([]);
    const [made] = document
      .getRoot()
      .listMeshes()
      .flatMap((mesh) => mesh.listPrimitives())
      .filter((item) => item.getAttribute('NORMAL'));
    expect(
      [...made!.getAttribute('NORMAL')!.getArray()!.slice(0, 3)].map((value) => Math.round(value * 1e5) / 1e5 + 0),
    ).toEqual([-1, 0, 0]);
    expect(made!.listSemantics().sort()).toEqual(['NORMAL', 'POSITION']);
  });
});

describe('rename', () => {
  it('replaces, adds and numbers', async () => {
    const document = documentOf(plate(1, 1), plate(1, 1), plate(1, 1));
    const nodes = document.getRoot().listNodes();
    nodes[0]!.setName('Old Bolt');
    nodes[1]!.setName('Old Bolt');
    await apply(document, { type: 'rename', kinds: ['nodes'], find: 'Old ', replace: '', prefix: 'M_', unique: true });
    expect(nodes.map((node) => node.getName())).toEqual(['M_Bolt', 'M_Bolt_2', 'M_node']);
  });
});

describe('instance', () => {
  it('makes one node of many, where it may', async () => {
    const make = () => {
      const document = documentOf(sphere(1, 1));
      const [mesh] = document.getRoot().listMeshes();
      for (let i = 1; i < 8; i++) {
        document
          .getRoot()
          .getDefaultScene()!
          .addChild(
            document
              .createNode()
              .setMesh(mesh!)
              .setTranslation([i * 3, 0, 0]),
          );
      }
      return document;
    };
    const document = make();
    await apply(document, { type: 'instance' });
    expect(measureCost(document, 0)).toMatchObject({ triangles: 8 * 32, drawCalls: 1 });
    expect(
      document
        .getRoot()
        .listExtensionsRequired()
        .map(({ extensionName }) => extensionName),
    ).toEqual(['EXT_mesh_gpu_instancing']);
    const named = make();
    named.getRoot().listNodes()[3]!.setExtras({ part: 7 });
    expect(await apply(named, { type: 'instance' })).toEqual([expect.stringContaining('custom properties')]);
    expect(measureCost(named, 0).drawCalls).toBe(8);
  });
});

describe('split', () => {
  it('gives each part a node below the one that had the whole', async () => {
    const far = sphere(1, 2);
    const [a, b] = [
      sphere(1, 3),
      { ...far, positions: far.positions.map((value, i) => (i % 3 === 0 ? value + 5 : value)) },
    ];
    const offset = a.positions.length / 3;
    const both = {
      positions: [...a.positions, ...b.positions],
      indices: [...b.indices.map((vertex) => vertex + offset), ...a.indices],
    };
    const document = documentOf(both);
    const [node] = document.getRoot().listNodes();
    node!.setName('bolts').setTranslation([0, 7, 0]).getMesh()!.setName('bolts');
    const before = boundsOf(document);
    expect(await apply(document, { type: 'split', by: 'part' })).toEqual(['Cut 1 mesh into 2 parts.']);
    expect(node!.getMesh()).toBeNull();
    const parts = node!.listChildren();
    expect(parts.map((part) => part.getName())).toEqual(['bolts_1', 'bolts_2']);
    // The largest first.
    const counts = parts.map((part) => part.getMesh()!.listPrimitives()[0]!.getIndices()!.getCount() / 3);
    expect(counts).toEqual([512, 128]);
    expect(parts.map((part) => part.getMesh()!.listPrimitives()[0]!.getAttribute('POSITION')!.getCount())).toEqual([
      258, 66,
    ]);
    expect(boundsOf(document)).toEqual(before);
    expect(document.getRoot().listMeshes().length).toBe(2);
  });

  it('keeps small parts together, and whole meshes whole', async () => {
    const soup = documentOf({
      positions: Array.from({ length: 90 }, (_, i) => Math.floor(i / 9) * 3 + ((i * 7) % 5) / 5),
      indices: Array.from({ length: 30 }, (_, i) => i),
    });
    expect(await apply(soup, { type: 'split', by: 'part', maxParts: 4 })).toEqual(['Cut 1 mesh into 4 parts.']);
    expect(measureCost(soup, 0).triangles).toBe(10);
    expect(await apply(documentOf(sphere(1, 2)), { type: 'split', by: 'part' })).toEqual(['There is nothing to cut.']);
    expect(await apply(documentOf(sphere(1, 2)), { type: 'split' })).toEqual(['There is nothing to cut.']);
  });
});

describe('lod', () => {
  it('lists coarser nodes, which survive writing, reading and pruning', async () => {
    const document = documentOf(sphere(1, 4), plate(1, 1));
    await apply(document, { type: 'lod' });
    await apply(document, { type: 'rename', kinds: ['nodes'], unique: true });
    const bytes = await writeGlb(document);
    const again = (await readModel([{ name: 'lod.glb', bytes }], LIMITS)).document;
    await apply(again, { type: 'prune' });
    const written = await writeGlb(again);
    const json = JSON.parse(
      new TextDecoder().decode(written.subarray(20, 20 + new DataView(written.buffer).getUint32(12, true))),
    );
    const base = json.nodes.find((node: { extensions?: object }) => node.extensions);
    const counts = base.extensions.MSFT_lod.ids.map((id: number) => {
      const [primitive] = json.meshes[json.nodes[id].mesh].primitives;
      return json.accessors[primitive.indices].count / 3;
    });
    expect(counts.length).toBe(3);
    for (const [level, ratio] of [0.5, 0.2, 0.05].entries()) expect(counts[level] / (2048 * ratio)).toBeCloseTo(1, 1);
    expect(base.extras.MSFT_screencoverage).toEqual([0.5, 0.25, 0.06, 0]);
    expect((await validateModel([{ name: 'lod.glb', bytes: written }], LIMITS)).validation.errors).toBe(0);
    expect(measureCost(again, 0).triangles).toBe(2050);
  });
});

describe.skipIf(!hasCorpus)('extensions that are carried along', () => {
  it('keep what they refer to through dedupe and prune', async () => {
    const files = await readModelFiles(`${CORPUS}/gltf/24_animation_pointer/24_animation_pointer.gltf`);
    const { glb } = await optimizeFiles(files, {
      operations: [{ type: 'dedupe' }, { type: 'prune' }, { type: 'weld' }],
    });
    const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    const { animations } = (await processModel(files, LIMITS)).report;
    expect(report.animations.map(({ channels }) => channels)).toEqual(animations.map(({ channels }) => channels));
    expect(report.extensionsUsed).toContain('KHR_animation_pointer');
  });
});
