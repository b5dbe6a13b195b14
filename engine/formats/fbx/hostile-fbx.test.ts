import { describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { seededRandom } from '#engine/measure/random.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { cpuTime } from '#test/cpu-time.ts';
import { DecodeBudget } from './decode-budget.ts';
import { isBinaryFbx, parseBinaryFbx } from './parse-binary.ts';
import { parseTextFbx } from './parse-text.ts';
import { importBytes, khronosErrors } from './testing/import-bytes.ts';
import { mutateTree, toWritable } from './testing/mutate-tree.ts';
import { gridFbx, writeBinaryFbx, writeTextFbx } from './testing/write-fbx.ts';

/** Either a code, or the number of triangles that justly come out. */
const FILES: Record<string, string | number> = {
  'corrupt/fbx-fuzz/fuzz_0000.fbx': 'model_malformed',
  'corrupt/fbx-fuzz/fuzz_0001.fbx': 'model_empty', // a light and no mesh
  'corrupt/fbx-fuzz/fuzz_0002.fbx': 12,
  'corrupt/fbx-fuzz/fuzz_0003.fbx': 12,
  'corrupt/fbx-fuzz/fuzz_0004.fbx': 12,
  'corrupt/fbx-fuzz/fuzz_0005.fbx': 12,
  'corrupt/fbx-fuzz/fuzz_0006.fbx': 12,
  'corrupt/fbx-fuzz/fuzz_0007.fbx': 'model_malformed',
  'corrupt/fbx-fuzz/fuzz_0008.fbx': 'model_malformed',
  'corrupt/fbx-fuzz/fuzz_0009.fbx': 'model_malformed',
  'corrupt/trunc/blender_293_barbarian_7400_binary_t50.fbx': 'model_malformed',
  'corrupt/trunc/blender_293_barbarian_7400_binary_flip.fbx': 'model_malformed',
  'fbx/synthetic_id_collision_7500_ascii.fbx': 'model_malformed', // a chain of 10,000 nodes
  'fbx/synthetic_recursive_connections_7700_ascii.fbx': 36,
  'fbx/synthetic_unsafe_cube_7500_binary.fbx': 12,
};

const TIME_LIMIT = 5000;

describe.skipIf(!hasCorpus)('importFbx on hostile files', () => {
  it.each(Object.entries(FILES))('%s', async (path, expected) => {
    const bytes = await corpusFile(path);
    const start = cpuTime();
    const outcome = await run(bytes);
    expect(cpuTime() - start).toBeLessThan(TIME_LIMIT);
    expect(outcome).toBe(expected);
  });

  it.each([
    'fbx/maya_cube_6100_binary.fbx',
    'fbx/maya_blend_shape_cube_7700_binary.fbx',
    'fbx/maya_game_sausage_7500_binary_wiggle.fbx',
    'fbx/max_pbr_metal_rough_material_7700_ascii.fbx',
    'fbx/max_physical_material_textures_7500_binary.fbx',
    'fbx/maya_null_pivots_7700_binary.fbx',
  ])('%s, mutated, is refused for a reason or becomes valid glTF', async (path) => {
    await mutateAndImport(await corpusFile(path), 25, path);
  });
});

describe.skipIf(!hasCorpus)('importFbx on well-formed trees with mad content', () => {
  it.each([
    'fbx/maya_blend_shape_cube_7700_binary.fbx',
    'fbx/maya_game_sausage_7500_binary_wiggle.fbx',
    'fbx/maya_game_sausage_6100_ascii_combined.fbx',
    'fbx/max_physical_material_textures_7500_binary.fbx',
    'fbx/maya_null_pivots_7700_binary.fbx',
    'fbx/max2009_blob_5800_binary.fbx',
  ])('%s', async (path) => {
    const bytes = await corpusFile(path);
    for (let seed = 1; seed <= 30; seed++) {
      const budget = new DecodeBudget(path, 1e9);
      const tree = isBinaryFbx(bytes) ? parseBinaryFbx(bytes, path, budget) : parseTextFbx(bytes, path, budget);
      const roots = tree.nodes.map(toWritable);
      mutateTree(roots, seededRandom(seed));
      const start = cpuTime();
      const outcome = await run(writeBinaryFbx(roots, { version: tree.version, compress: false }));
      expect(cpuTime() - start, `${path}, seed ${seed}`).toBeLessThan(TIME_LIMIT);
      if (typeof outcome === 'string') expect(outcome).toMatch(/^model_(malformed|empty|invalid|too_large)$/);
    }
  });
});

describe('importFbx on mutations of a written file', () => {
  it.each([
    ['binary', writeBinaryFbx(gridFbx({ side: 4 }), { compress: false })],
    ['wide binary', writeBinaryFbx(gridFbx({ side: 4 }), { version: 7500 })],
    ['text', writeTextFbx(gridFbx({ side: 4 }))],
  ])('%s', async (name, bytes) => {
    await mutateAndImport(bytes, 60, name);
  });
});

async function mutateAndImport(source: Uint8Array, count: number, name: string): Promise<void> {
  for (let seed = 1; seed <= count; seed++) {
    const bytes = mutate(source, seed);
    const start = cpuTime();
    const outcome = await run(bytes);
    const where = `${name}, seed ${seed}`;
    expect(cpuTime() - start, where).toBeLessThan(TIME_LIMIT);
    if (typeof outcome === 'string') expect(outcome, where).toMatch(/^model_(malformed|empty|invalid|too_large)$/);
  }
}

/** The code of the refusal, or the triangles of what came out, which the Khronos validator must accept. */
async function run(bytes: Uint8Array): Promise<string | number> {
  try {
    const { document } = await importBytes(bytes);
    expect(await khronosErrors(document)).toEqual([]);
    let triangles = 0;
    for (const node of document.getRoot().listNodes()) {
      for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
        triangles += primitive.getIndices()!.getCount() / 3;
      }
    }
    return triangles;
  } catch (error) {
    if (!(error instanceof MaquetteError)) throw error;
    expect(error.message).not.toBe('');
    expect(error.where).toContain('model.fbx');
    return error.code;
  }
}

/** Flips bits, cuts off, removes and repeats pieces; structure-aware in that texts and counts are hit more often. */
function mutate(source: Uint8Array, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const at = (length: number): number => Math.floor(random() * length);
  const bytes = Uint8Array.from(source);
  const kind = random();
  if (kind < 0.15) return bytes.slice(0, at(bytes.length));
  if (kind < 0.3) {
    const start = at(bytes.length);
    return Uint8Array.from([...bytes.subarray(0, start), ...bytes.subarray(start + 1 + at(40))]);
  }
  if (kind < 0.4) {
    const to = at(bytes.length);
    bytes.copyWithin(to, at(bytes.length), Math.min(bytes.length, to + at(200)));
    return bytes;
  }
  for (let i = 1 + at(6); i > 0; i--) {
    const position = at(bytes.length);
    const how = random();
    if (how < 0.4) bytes[position] = bytes[position]! ^ (1 << at(8));
    else if (how < 0.6) bytes[position] = 0xff;
    else if (how < 0.8) bytes[position] = 0;
    else if (position + 4 <= bytes.length) new DataView(bytes.buffer).setInt32(position, at(2) === 0 ? -1 : 0x7fffffff);
  }
  return bytes;
}
