import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { addMesh, draw, testHost } from '#test/render/scenes.ts';
import type { InlineThreads, KernelExports } from './inline-threads.ts';
import * as L from './kernel/layout.ts';
import { planMemory } from './memory-plan.ts';
import { planScene } from './scene.ts';
import { sizeOf } from './scene-size.ts';

/** The kernel after a small picture of a model, and its memory. */
async function kernelOf(document: Document): Promise<Tree> {
  const host = testHost();
  await draw(document, { width: 16, height: 16 }, host);
  return new Tree(host.threads);
}

/** Reads the tree of the first mesh. */
class Tree {
  readonly exports: KernelExports;
  readonly view: DataView;
  readonly mesh: number;

  constructor({ last }: InlineThreads) {
    this.exports = last!.exports;
    this.view = new DataView(last!.memory.buffer);
    this.mesh = this.header(L.H_MESHES);
  }

  header(field: number): number {
    return this.view.getUint32(L.HEADER + field, true);
  }

  of(field: number): number {
    return this.view.getUint32(this.mesh + field, true);
  }

  /** Runs a task as a session does. */
  run(task: number): void {
    for (const field of [L.H_NEXT, L.H_DONE]) this.view.setUint32(L.HEADER + field, 0, true);
    this.exports.run(task, 0);
  }

  /** Nodes, blocks and depth, found by going through the tree; every triangle must be in it once. */
  walk(): { nodes: number; blocks: number; depth: number; triangles: number } {
    const found = { nodes: 0, blocks: 0, depth: 0, triangles: 0 };
    const seen = new Set<number>();
    const pending = [{ ref: this.of(L.MESH_ROOT), depth: 1 }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { ref, depth } = next;
      if (ref & L.REF_LEAF) {
        found.blocks++;
        const block = this.header(L.H_BLOCKS) + (ref & L.REF_INDEX) * L.BLOCK_BYTES;
        for (let k = 0; k < 4; k++) {
          const edges = [48, 64, 80, 96, 112, 128].some((at) => this.view.getUint32(block + at + k * 4, true) !== 0);
          if (!edges) continue;
          seen.add(this.view.getUint32(block + L.BLOCK_IDS + k * 4, true) & L.ID_INDEX);
          found.triangles++;
        }
        continue;
      }
      found.nodes++;
      found.depth = Math.max(found.depth, depth);
      const node = this.header(L.H_NODES) + ref * L.NODE_BYTES;
      for (let k = 0; k < 4; k++) {
        const [lo, hi] = [0, 48].map((at) => this.view.getFloat32(node + at + k * 4, true)) as [number, number];
        if (lo <= hi)
          pending.push({ ref: this.view.getUint32(node + L.NODE_CHILDREN + k * 4, true), depth: depth + 1 });
      }
    }
    expect(seen.size).toBe(found.triangles);
    return found;
  }

  /** Distance and triangle that rays from all around meet. */
  hits(seed: number, rays: number): string[] {
    const random = seededRandom(seed);
    const unit = () => {
      const z = random() * 2 - 1;
      const a = random() * 2 * Math.PI;
      const r = Math.sqrt(1 - z * z);
      return [r * Math.cos(a), r * Math.sin(a), z] as const;
    };
    return Array.from({ length: rays }, () => {
      const o = unit();
      const d = unit();
      return this.exports.traceClosest(o[0], o[1], o[2], d[0], d[1], d[2], 0, 1e30)
        ? `${this.exports.testHitT()} ${this.exports.testHitId()}`
        : 'nothing';
    });
  }
}

/** Triangles strewn through space, of sizes over two orders of magnitude. */
function soup(count: number, seed: number): number[] {
  const random = seededRandom(seed);
  const positions: number[] = [];
  for (let i = 0; i < count; i++) {
    const center = [random(), random(), random()];
    const size = 0.2 * 10 ** (-random() * 2);
    for (let k = 0; k < 9; k++) positions.push(center[k % 3]! + (random() - 0.5) * size);
  }
  return positions;
}

function model(positions: number[]): Document {
  const document = new Document();
  addMesh(document, { positions }, document.createMaterial().setDoubleSided(true));
  return document;
}

const repeated = (count: number, corners: (i: number) => number[]) =>
  Array.from({ length: count }, (_, i) => corners(i)).flat();

test.each([
  ['strewn triangles', soup(12_000, 1)],
  ['few', soup(5, 2)],
  ['one', soup(1, 3)],
  ['twenty thousand at the same place', repeated(20_000, () => [0, 0, 0, 1, 0, 0, 0, 1, 0])],
  ['flat slivers in a row', repeated(9000, (i) => [i, 0, 0, i + 1, 0, 0, i, 1e-6, 0])],
  // The surface-area heuristic splits one after another off such a row: without a limit the tree is as deep as it is long.
  [
    'each half as large as the one before, and the same mirrored',
    repeated(1600, (i) =>
      [0, 1, 2].flatMap((k) => [0, 1, 2].map((axis) => (axis === k ? 1 : 0.9) * (i % 2 ? -1 : 1) * 2 ** -(i >> 4))),
    ),
  ],
  [
    'crossing in one point',
    repeated(3000, (i) => [-1, Math.sin(i), Math.cos(i), 1, -Math.sin(i), 0, 0, 0, -Math.cos(i)]),
  ],
])('the tree stays within its bounds: %s', async (_, positions) => {
  const tree = await kernelOf(model(positions));
  const { nodes, blocks, depth, triangles } = tree.walk();
  expect(triangles).toBe(positions.length / 9);
  expect(tree.of(L.MESH_NODES_USED)).toBe(nodes);
  expect(tree.of(L.MESH_BLOCKS_USED)).toBe(blocks);
  expect(blocks).toBeLessThanOrEqual(tree.of(L.MESH_BLOCK_CAPACITY));
  expect(nodes).toBeLessThanOrEqual(Math.max(1, (2 * tree.of(L.MESH_BLOCK_CAPACITY) - 1) / 3));
  // Three entries of eight bytes a node, behind 48 bytes, in a stack of 2,048.
  expect(depth).toBeLessThanOrEqual(57);
});

test('of triangles at the same place the first is met, from wherever', async () => {
  const square = [-1, -1, 0, 1, -1, 0, 1, 1, 0];
  const tree = await kernelOf(model([...repeated(5000, () => square), ...soup(5000, 4)]));
  const random = seededRandom(5);
  let met = 0;
  for (let i = 0; i < 500; i++) {
    const x = random() * 0.4;
    const d = [(random() - 0.5) * 0.1, (random() - 0.5) * 0.1, -1] as const;
    if (!tree.exports.traceClosest(x, x * random(), 0.5, ...d, 0, 1e30)) continue;
    const id = tree.exports.testHitId() & L.ID_INDEX;
    if (id >= 5000) continue;
    expect(id).toBe(0);
    met++;
  }
  expect(met).toBeGreaterThan(20);
});

test.each([
  ['a little', 0.002, 0],
  ['a lot', 0.7, 1],
])('vertices that move %s: a refitted tree is met as one built anew', async (_, distance, rebuilds) => {
  const tree = await kernelOf(model(soup(8000, 6)));
  const random = seededRandom(7);
  const still = tree.hits(8, 3000);
  const positions = new Float32Array(tree.view.buffer, tree.of(L.MESH_POSITIONS), tree.of(L.MESH_VERTEX_COUNT) * 3);
  for (let i = 0; i < positions.length; i++) positions[i]! += (random() - 0.5) * distance;
  tree.view.setUint32(tree.mesh + L.MESH_DEFORMS, 1, true);
  tree.run(L.TASK_REFIT);
  tree.run(L.TASK_TOP_LEVEL);
  expect(tree.of(L.MESH_REBUILDS)).toBe(rebuilds);
  expect(tree.walk().triangles).toBe(8000);
  const refitted = tree.hits(8, 3000);
  const cost = tree.view.getFloat32(tree.mesh + L.MESH_COST, true);
  const built = tree.view.getFloat32(tree.mesh + L.MESH_COST_BUILT, true);
  if (rebuilds === 0) expect(cost).toBeLessThan(built * 1.25);
  tree.run(L.TASK_REBUILD);
  tree.run(L.TASK_TOP_LEVEL);
  expect(refitted).toEqual(tree.hits(8, 3000));
  expect(refitted).not.toEqual(still);
});

test('triangles that vanish and come back while vertices move make a new tree', async () => {
  const tree = await kernelOf(model(soup(3000, 9)));
  const positions = new Float32Array(tree.view.buffer, tree.of(L.MESH_POSITIONS), tree.of(L.MESH_VERTEX_COUNT) * 3);
  const before = tree.hits(10, 1000);
  const kept = positions.slice(0, 9);
  tree.view.setUint32(tree.mesh + L.MESH_DEFORMS, 1, true);
  for (const [k, value] of [Number.NaN, 0].entries()) {
    positions.fill(value, 0, 9);
    tree.run(L.TASK_REFIT);
    // From not finite to without area: it is out of the tree already.
    expect(tree.of(L.MESH_REBUILDS)).toBe(1);
    expect(tree.of(L.MESH_TRIANGLES_USED)).toBe(2999);
    expect(tree.walk().triangles, `${k}`).toBe(2999);
  }
  positions.set(kept);
  tree.run(L.TASK_REFIT);
  tree.run(L.TASK_TOP_LEVEL);
  expect(tree.of(L.MESH_REBUILDS)).toBe(2);
  expect(tree.walk().triangles).toBe(3000);
  expect(tree.hits(10, 1000)).toEqual(before);
});

test('five million triangles fit into the default memory limit, vertices shared or not', () => {
  const share = (indexed: boolean) => {
    const document = new Document();
    const count = 30_000;
    const corners = indexed ? (count / 2) * 3 : count * 9;
    const indices = indexed ? Array.from({ length: count * 3 }, (_, i) => i % (count / 2)) : undefined;
    addMesh(document, { positions: new Array(corners).fill(0), ...(indices && { indices }) });
    const plan = planMemory(sizeOf(planScene(document)), [], 0);
    const empty = planMemory(sizeOf(planScene(model(soup(1, 1)))), [], 0);
    return (plan.buildEnd - empty.buildEnd) / count;
  };
  expect(share(true) * 5e6).toBeLessThan(0.5 * 2 ** 31);
  expect(share(false) * 5e6).toBeLessThan(0.8 * 2 ** 31);
});

test.each(['perspective', 'orthographic'] as const)(
  'rays of tiles meet what they meet from the root: %s',
  async (projection) => {
    const host = testHost();
    const [width, height] = [100, 76];
    await draw(model(soup(6000, 11)), { width, height, projection }, host);
    const tree = new Tree(host.threads);
    const three = (field: number) => [0, 4, 8].map((at) => tree.view.getFloat32(L.HEADER + field + at, true));
    const [origin, corner, right, down, forward] = [
      L.H_CAMERA_ORIGIN,
      L.H_CAMERA_CORNER,
      L.H_CAMERA_RIGHT,
      L.H_CAMERA_DOWN,
      L.H_CAMERA_FORWARD,
    ].map(three) as [number[], number[], number[], number[], number[]];
    const seen = { hits: 0, misses: 0, differ: 0 };
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const plane = corner.map((c, i) => c + right[i]! * (x + 0.5) + down[i]! * (y + 0.5));
        const flat = projection === 'orthographic';
        const o = (flat ? origin.map((c, i) => c + plane[i]!) : origin) as [number, number, number];
        const d = (flat ? forward : plane) as [number, number, number];
        const found = tree.exports.traceClosest(...o, ...d, 0, 1e30) ? tree.exports.testHitT() : Infinity;
        const depth = tree.view.getFloat32(tree.header(L.H_GBUFFER) + (y * width + x) * L.G_BYTES, true);
        seen[depth < Infinity ? 'hits' : 'misses']++;
        if (depth !== found && !(Math.abs(depth - found) < 1e-4)) seen.differ++;
      }
    }
    expect(seen.hits).toBeGreaterThan(1500);
    expect(seen.misses).toBeGreaterThan(1500);
    // Directions are rounded differently here, which edges notice.
    expect(seen.differ).toBeLessThan(15);
  },
);
