// The upper level of the tree: boxes of the instances, and the tree over them.

import {
  H_DONE, H_HAS_TOP, H_INSTANCE_COUNT, H_ROOT, H_TOP_NODE, H_TOP_RANGES_OPEN, H_TOP_REFS, HEADER, INSTANCE_MESH,
  INSTANCE_ROOT, INSTANCE_TO_WORLD, MESH_ROOT, MESH_TRIANGLES_USED, RANGE_REFS, REF_BYTES,
} from './layout';
import { closeRange, joinRanges } from './mesh-trees';
import { instanceAt, meshAt, nodeAt } from './records';
import { pushSet } from './set-queue';
import { workOnTrees } from './tree-work';
import { next } from './work';

// @ts-ignore: decorator
@inline
function lowest(p: usize): f32 {
  return min<f32>(min<f32>(load<f32>(p), load<f32>(p, 4)), min<f32>(load<f32>(p, 8), load<f32>(p, 12)));
}
// @ts-ignore: decorator
@inline
function highest(p: usize): f32 {
  return max<f32>(max<f32>(load<f32>(p), load<f32>(p, 4)), max<f32>(load<f32>(p, 8), load<f32>(p, 12)));
}

/** Writes the reference of an instance whose mesh has the tree at `root`. */
function writeReference(r: usize, index: i32, instance: usize, root: u32): void {
  const node = nodeAt(root);
  // Bounds of the mesh: of the up to four boxes in its root.
  const lx = lowest(node), ly = lowest(node + 16), lz = lowest(node + 32);
  const hx = highest(node + 48), hy = highest(node + 64), hz = highest(node + 80);
  // Box of the transformed box, axis by axis (Arvo 1990), a little larger so that rounding loses no hit.
  for (let axis: usize = 0; axis < 3; axis++) {
    const m = instance + INSTANCE_TO_WORLD + (axis << 4);
    const x = load<f32>(m), y = load<f32>(m, 4), z = load<f32>(m, 8), w = load<f32>(m, 12);
    const a = w + min<f32>(x * lx, x * hx) + min<f32>(y * ly, y * hy) + min<f32>(z * lz, z * hz);
    const b = w + max<f32>(x * lx, x * hx) + max<f32>(y * ly, y * hy) + max<f32>(z * lz, z * hz);
    const pad = (b - a) * <f32>1e-5 + <f32>1e-6;
    store<f32>(r + (axis << 2), a - pad);
    store<f32>(r + (axis << 2), b + pad, 16);
  }
  store<i32>(r, index, 12);
  store<i32>(r, 0, 28);
}

/** Writes the references of a range of instances, those left out whose meshes are empty. */
function writeRange(range: i32): void {
  const first = range * RANGE_REFS, end = min(first + RANGE_REFS, load<i32>(HEADER + H_INSTANCE_COUNT));
  const refs = <usize>load<u32>(HEADER + H_TOP_REFS);
  let r = refs + <usize>first * REF_BYTES;
  for (let i = first; i < end; i++) {
    const instance = instanceAt(i);
    const mesh = meshAt(load<i32>(instance, INSTANCE_MESH));
    const root = load<u32>(mesh, MESH_ROOT);
    store<u32>(instance, root, INSTANCE_ROOT);
    if (load<i32>(mesh, MESH_TRIANGLES_USED) == 0) continue;
    writeReference(r, i, instance, root);
    r += REF_BYTES;
  }
  closeRange(refs, first, end, r);
}

/** Builds the tree over the instances, whose meshes have theirs. Where there is but one mesh its root is the root. */
export function buildTopLevel(thread: i32): void {
  if (!load<i32>(HEADER + H_HAS_TOP)) {
    if (next() == 0) store<u32>(HEADER + H_ROOT, load<u32>(meshAt(0), MESH_ROOT));
    return;
  }
  const count = load<i32>(HEADER + H_INSTANCE_COUNT), refs = <usize>load<u32>(HEADER + H_TOP_REFS);
  const ranges = (count + RANGE_REFS - 1) / RANGE_REFS;
  for (let i = next(); i < ranges; i = next()) {
    writeRange(i);
    if (atomic.sub<i32>(HEADER + H_TOP_RANGES_OPEN, 1) == 1) {
      const used = joinRanges(refs, count);
      atomic.store<i32>(HEADER + H_TOP_RANGES_OPEN, ranges);
      pushSet(0, 0, used, HEADER + H_ROOT, 0, load<i32>(HEADER + H_TOP_NODE), 0, used);
    }
    atomic.add<i32>(HEADER + H_DONE, 1);
  }
  workOnTrees(ranges, thread);
}
