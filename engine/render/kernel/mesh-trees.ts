// The trees of all meshes, built by all threads: first the references of ranges of triangles, then, mesh by mesh as its
// last range is done, the sets that they make.

import {
  H_MESH_COUNT, HEADER, MESH_BLOCK_CAPACITY, MESH_BLOCK_FIRST, MESH_BLOCKS_USED, MESH_COST_BUILT, MESH_NODE_FIRST,
  MESH_NODES_USED, MESH_POSITIONS, MESH_RANGES_OPEN, MESH_REFS, MESH_ROOT, MESH_ROUND, MESH_TRIANGLE_COUNT,
  MESH_TRIANGLE_FIRST, MESH_TRIANGLES_USED, MESH_VERTEX_COUNT, MESH_VERTEX_FIRST, RANGE_REFS, REF_BYTES, V_RADIUS,
} from './layout';
import { meshAt, triangleAt, vertexAt } from './records';
import { pushSet } from './set-queue';
import { load3 } from './vec';

/** Corners beyond this do not count as finite: their squares overflow. */
const FINITE: f32 = 1e15;

/** In the unused last lane of a range's last reference: the range lost none. */
const FULL: u32 = 0xffffffff;

/** Bounds of the last triangle that `loadTriangle` found good. */
export let triangleLo: v128 = f32x4.splat(0);
export let triangleHi: v128 = f32x4.splat(0);

// @ts-ignore: decorator
@inline
export function rangesOf(mesh: usize): i32 {
  return max((load<i32>(mesh, MESH_TRIANGLE_COUNT) + RANGE_REFS - 1) / RANGE_REFS, 1);
}

/** Items of work that the references of all meshes are. */
export function rangesOfAll(): i32 {
  const count = load<i32>(HEADER + H_MESH_COUNT);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += rangesOf(meshAt(i));
  return sum;
}

/** Whether triangle `t` of a mesh can be hit: indices in range, corners finite and no two the same. Loads its bounds. */
export function loadTriangle(mesh: usize, t: usize): bool {
  const vertexFirst = load<u32>(mesh, MESH_VERTEX_FIRST), vertexCount = load<u32>(mesh, MESH_VERTEX_COUNT);
  const ia = load<u32>(t) - vertexFirst, ib = load<u32>(t, 4) - vertexFirst, ic = load<u32>(t, 8) - vertexFirst;
  if (ia >= vertexCount || ib >= vertexCount || ic >= vertexCount) return false;
  const positions = <usize>load<u32>(mesh, MESH_POSITIONS);
  const pa = positions + <usize>ia * 12, pb = positions + <usize>ib * 12, pc = positions + <usize>ic * 12;
  const a = load3(pa), b = load3(pb), c = load3(pc);
  const limit = f32x4.splat(FINITE);
  // Also false for NaN.
  const finite = v128.and(
    f32x4.lt(f32x4.abs(a), limit),
    v128.and(f32x4.lt(f32x4.abs(b), limit), f32x4.lt(f32x4.abs(c), limit)),
  );
  if (!i32x4.all_true(finite)) return false;
  if (load<i32>(mesh, MESH_ROUND)) {
    const r = load<f32>(vertexAt(load<u32>(t)), V_RADIUS);
    if (!(r > 0)) return false;
    // A little larger, so that rounding loses no hit.
    const reach = f32x4.splat(r * <f32>1.00001 + <f32>1e-7);
    triangleLo = f32x4.sub(f32x4.pmin(a, b), reach);
    triangleHi = f32x4.add(f32x4.pmax(a, b), reach);
    return true;
  }
  if (!v128.any_true(f32x4.ne(a, b)) || !v128.any_true(f32x4.ne(b, c)) || !v128.any_true(f32x4.ne(a, c))) return false;
  triangleLo = f32x4.pmin(f32x4.pmin(a, b), c);
  triangleHi = f32x4.pmax(f32x4.pmax(a, b), c);
  return true;
}

/** Writes the references of a range, without gaps from the range's own place on. */
function writeRange(mesh: usize, range: i32): void {
  const first = range * RANGE_REFS, end = min(first + RANGE_REFS, load<i32>(mesh, MESH_TRIANGLE_COUNT));
  const base = load<i32>(mesh, MESH_TRIANGLE_FIRST);
  let r = <usize>load<u32>(mesh, MESH_REFS) + <usize>first * REF_BYTES;
  for (let i = first; i < end; i++) {
    if (!loadTriangle(mesh, triangleAt(base + i))) continue;
    // The fourth lane holds the index: bits of a denormal number, never NaN, harmless in minima and maxima.
    v128.store(r, triangleLo);
    v128.store(r, triangleHi, 16);
    store<i32>(r, base + i, 12);
    r += REF_BYTES;
  }
  closeRange(<usize>load<u32>(mesh, MESH_REFS), first, end, r);
}

/**
 * Remembers how many references a range has, of which the last ends at `r`: in the range's last place, which is free
 * where any is missing.
 */
export function closeRange(refs: usize, first: i32, end: i32, r: usize): void {
  const last = refs + <usize>end * REF_BYTES - 4;
  if (first < end) store<u32>(last, r < last ? <u32>((r - refs) / REF_BYTES) - first : FULL);
}

/** Closes the gaps between the ranges of `count` references; returns how many are left. */
export function joinRanges(refs: usize, count: i32): i32 {
  let used = 0;
  for (let first = 0; first < count; first += RANGE_REFS) {
    const end = min(first + RANGE_REFS, count);
    const mark = load<u32>(refs + <usize>end * REF_BYTES - 4);
    const kept = mark == FULL ? end - first : <i32>mark;
    if (used != first) memory.copy(refs + <usize>used * REF_BYTES, refs + <usize>first * REF_BYTES, <usize>kept * REF_BYTES);
    used += kept;
  }
  return used;
}

/** Writes a range of a mesh's references; whoever does the last one makes the set that the tree is built over. */
export function addRange(mesh: usize, range: i32): void {
  writeRange(mesh, range);
  if (atomic.sub<i32>(mesh + MESH_RANGES_OPEN, 1) == 1) startTree(mesh);
}

function startTree(mesh: usize): void {
  const used = joinRanges(load<u32>(mesh, MESH_REFS), load<i32>(mesh, MESH_TRIANGLE_COUNT));
  // Ready for the next time that the tree is built.
  store<i32>(mesh, rangesOf(mesh), MESH_RANGES_OPEN);
  store<i32>(mesh, used, MESH_TRIANGLES_USED);
  store<i32>(mesh, 0, MESH_NODES_USED);
  store<i32>(mesh, 0, MESH_BLOCKS_USED);
  store<f32>(mesh, 0, MESH_COST_BUILT);
  // A node even over nothing: traversal always begins at one.
  pushSet(
    mesh, 0, used, mesh + MESH_ROOT, 0,
    load<i32>(mesh, MESH_NODE_FIRST), load<i32>(mesh, MESH_BLOCK_FIRST), load<i32>(mesh, MESH_BLOCK_CAPACITY),
  );
}

// Where `meshOfRange` stands: items are handed out in rising order, so the search goes on from there.
let cursorMesh: i32 = 0;
let cursorFirst: i32 = 0;
/** Which of the mesh's ranges `meshOfRange` found. */
export let rangeInMesh: i32 = 0;

/** Mesh that a range belongs to, of those of all meshes one after another. */
export function meshOfRange(item: i32): usize {
  if (item < cursorFirst) {
    cursorMesh = 0;
    cursorFirst = 0;
  }
  let mesh = meshAt(cursorMesh), ranges = rangesOf(mesh);
  while (item >= cursorFirst + ranges) {
    cursorFirst += ranges;
    mesh = meshAt(++cursorMesh);
    ranges = rangesOf(mesh);
  }
  rangeInMesh = item - cursorFirst;
  return mesh;
}
