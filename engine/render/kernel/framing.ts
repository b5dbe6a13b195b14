// Finds what the camera has to frame: extremes of all corners of all triangles that can be hit.
//
// Maxima do not depend on order, so the trees serve to leave out what lies inside: a box that reaches beyond no extreme
// found so far holds no corner that does.

import {
  BLOCK_IDS, H_EXTREMES, H_FRAME_FORWARD, H_FRAME_RIGHT, H_FRAME_TANGENTS, H_FRAME_UP, H_ROOT, HEADER,
  INSTANCE_IDENTITY, INSTANCE_KIND, INSTANCE_MESH, INSTANCE_ROOT, INSTANCE_TO_WORLD, MESH_POSITIONS, MESH_VERTEX_FIRST,
  NODE_CHILDREN, REF_INDEX, REF_INSTANCE,
} from './layout';
import { blockAt, instanceAt, isEmptyLane, meshAt, nodeAt, triangleAt } from './records';
import { stackOf } from './scratch';
import { dot, load3, loadLane, vec3 } from './vec';

/** How much boxes are taken larger than they are, for rounding: share of the value, and in render space. */
const MARGIN: f32 = 1e-5;

let right: v128 = f32x4.splat(0);
let up: v128 = f32x4.splat(0);
let forward: v128 = f32x4.splat(0);
let kx: f32 = 0;
let ky: f32 = 0;
/** Right, left, up, down; and the nearest depth. */
let sides: v128 = f32x4.splat(0);
let near: f32 = 0;

// The instance that the walk is in.
let inside: usize = 0;
let moved: bool = false;
let m0: v128 = f32x4.splat(0);
let m1: v128 = f32x4.splat(0);
let m2: v128 = f32x4.splat(0);
let origin: v128 = f32x4.splat(0);

// @ts-ignore: decorator
@inline
function place(p: v128): v128 {
  return moved ? f32x4.add(vec3(dot(m0, p), dot(m1, p), dot(m2, p)), origin) : p;
}

// @ts-ignore: decorator
@inline
function sidesOf(a: f32, b: f32, c: f32): v128 {
  return f32x4.replace_lane(vec3(a - kx * c, -a - kx * c, b - ky * c), 3, -b - ky * c);
}

function enter(instance: i32): usize {
  inside = instanceAt(instance);
  moved = load<i32>(inside, INSTANCE_KIND) != INSTANCE_IDENTITY;
  const m = inside + INSTANCE_TO_WORLD;
  m0 = load3(m);
  m1 = load3(m + 16);
  m2 = load3(m + 32);
  origin = loadLane(m + 12);
  return inside;
}

/** Whether child `k` of a node, whose box is in the space that the walk is in, may hold an extreme. */
function mayExtend(node: usize, k: usize): bool {
  const n = node + (k << 2);
  const lo = loadLane(n), hi = loadLane(n + 48);
  // An empty lane.
  if (!(load<f32>(n) <= load<f32>(n, 48))) return false;
  let most = f32x4.splat(-Infinity), least: f32 = Infinity;
  for (let corner = 0; corner < 8; corner++) {
    let p = lo;
    if (corner & 1) p = f32x4.replace_lane(p, 0, f32x4.extract_lane(hi, 0));
    if (corner & 2) p = f32x4.replace_lane(p, 1, f32x4.extract_lane(hi, 1));
    if (corner & 4) p = f32x4.replace_lane(p, 2, f32x4.extract_lane(hi, 2));
    p = place(p);
    const c = dot(forward, p);
    most = f32x4.pmax(most, sidesOf(dot(right, p), dot(up, p), c));
    least = min<f32>(least, c);
  }
  const margin = f32x4.splat(MARGIN);
  const reach = f32x4.add(most, f32x4.add(margin, f32x4.mul(f32x4.abs(most), margin)));
  return least - MARGIN - abs<f32>(least) * MARGIN < near || v128.any_true(f32x4.gt(reach, sides));
}

/** Includes the corners of a block's triangles. */
function includeBlock(block: usize): void {
  const mesh = meshAt(load<i32>(inside, INSTANCE_MESH));
  const positions = <usize>load<u32>(mesh, MESH_POSITIONS), first = load<i32>(mesh, MESH_VERTEX_FIRST);
  for (let k: usize = 0; k < 4; k++) {
    const lane = block + (k << 2);
    if (isEmptyLane(lane)) continue;
    const triangle = triangleAt(load<u32>(lane, BLOCK_IDS));
    for (let corner: usize = 0; corner < 3; corner++) {
      const p = place(load3(positions + <usize>(load<i32>(triangle + (corner << 2)) - first) * 12));
      const c = dot(forward, p);
      sides = f32x4.pmax(sides, sidesOf(dot(right, p), dot(up, p), c));
      near = c < near ? c : near;
    }
  }
}

/** Goes through the tree at `root`, down to blocks or to instances. */
function walk(root: u32, stack: usize): void {
  let sp = stack;
  store<u32>(sp, root);
  sp += 4;
  while (sp > stack) {
    sp -= 4;
    const ref = load<u32>(sp);
    if (<i32>ref >= 0) {
      const node = nodeAt(ref);
      for (let k: usize = 0; k < 4; k++) {
        if (!mayExtend(node, k)) continue;
        store<u32>(sp, load<u32>(node + (k << 2), NODE_CHILDREN));
        sp += 4;
      }
    } else if (ref < REF_INSTANCE) {
      includeBlock(blockAt(ref));
    } else {
      walk(load<u32>(enter(ref & REF_INDEX), INSTANCE_ROOT), sp);
      // Back in render space.
      moved = false;
    }
  }
}

/** Writes `H_EXTREMES`. Only triangles that can be hit count, so that a stray vertex does not shrink the picture. */
export function findExtremes(thread: i32): void {
  right = load3(HEADER + H_FRAME_RIGHT);
  up = load3(HEADER + H_FRAME_UP);
  forward = load3(HEADER + H_FRAME_FORWARD);
  kx = load<f32>(HEADER + H_FRAME_TANGENTS);
  ky = load<f32>(HEADER + H_FRAME_TANGENTS, 4);
  sides = f32x4.splat(-Infinity);
  near = Infinity;
  enter(0);
  moved = false;
  walk(load<u32>(HEADER + H_ROOT), stackOf(thread));
  v128.store(HEADER + H_EXTREMES, sides);
  store<f32>(HEADER + H_EXTREMES, near, 16);
}
