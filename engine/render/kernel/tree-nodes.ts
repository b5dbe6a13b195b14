// What a tree is written as: nodes of four boxes, and blocks of four triangles or round things.

import { CHILD_HIGH, CHILD_LOW, childAt, refs } from './bvh-split';
import {
  BLOCK_BYTES, BLOCK_IDS, ID_CULL, ID_POROUS, ID_ROUND, M_FLAGS, MESH_POSITIONS, MESH_ROUND, MESH_VERTEX_FIRST,
  MF_BLEND, MF_DOUBLE_SIDED, MF_INSIDE, MF_MASK, MF_TRANSMISSION, NODE_CHILDREN, REF_BYTES, REF_LEAF, REF_ROUND,
  V_RADIUS,
} from './layout';
import { blockAt, materialAt, nodeAt, triangleAt, vertexAt } from './records';

/** Writes the boxes of the children being made into a node; returns its address. */
export function writeNode(index: i32, kids: i32): usize {
  const node = nodeAt(index);
  for (let k = 0; k < 4; k++) {
    const lane = node + (<usize>k << 2);
    const c = childAt(k);
    for (let axis: usize = 0; axis < 3; axis++) {
      // An empty lane is an inverted box that no ray enters.
      store<f32>(lane + (axis << 4), k < kids ? load<f32>(c + (axis << 2), CHILD_LOW) : Infinity);
      store<f32>(lane + (axis << 4), k < kids ? load<f32>(c + (axis << 2), CHILD_HIGH) : -Infinity, 48);
    }
    store<u32>(lane, 0, NODE_CHILDREN);
  }
  return node;
}

/** Writes the block over up to four triangles of a mesh; returns its reference. */
export function writeBlock(mesh: usize, first: i32, count: i32, index: i32): u32 {
  const block = blockAt(index);
  memory.fill(block, 0, BLOCK_BYTES);
  const round = load<i32>(mesh, MESH_ROUND) != 0;
  for (let k = 0; k < count; k++) {
    const id = load<u32>(refs + <usize>(first + k) * REF_BYTES, 12);
    const t = triangleAt(id);
    const flags = load<u32>(materialAt(load<u32>(t, 12)), M_FLAGS);
    let bits = round ? id | ID_ROUND : id;
    if (!(flags & (MF_DOUBLE_SIDED | MF_INSIDE))) bits |= ID_CULL;
    if (flags & (MF_MASK | MF_BLEND | MF_TRANSMISSION)) bits |= ID_POROUS;
    store<u32>(block + (<usize>k << 2), bits, BLOCK_IDS);
    if (round) placeRound(block + (<usize>k << 2), t, mesh);
    else placeTriangle(block + (<usize>k << 2), t, mesh);
  }
  return <u32>REF_LEAF | (round ? <u32>REF_ROUND : 0) | <u32>index;
}

/** Writes the segment and the radius of the round thing at `t` into the lane of a block. */
export function placeRound(lane: usize, t: usize, owner: usize): void {
  const positions = <usize>load<u32>(owner, MESH_POSITIONS), vertexFirst = load<i32>(owner, MESH_VERTEX_FIRST);
  const a = positions + <usize>(load<i32>(t) - vertexFirst) * 12, b = positions + <usize>(load<i32>(t, 4) - vertexFirst) * 12;
  for (let axis: usize = 0; axis < 3; axis++) {
    const o = axis << 2, p0 = load<f32>(a + o);
    store<f32>(lane + (axis << 4), p0);
    store<f32>(lane + (axis << 4), load<f32>(b + o) - p0, 48);
  }
  store<f32>(lane, load<f32>(vertexAt(load<u32>(t)), V_RADIUS), 96);
}

/** Writes the corners of the triangle at `t` into the lane of a block. */
// @ts-ignore: decorator
@inline
export function placeTriangle(lane: usize, t: usize, owner: usize): void {
  const positions = <usize>load<u32>(owner, MESH_POSITIONS), vertexFirst = load<i32>(owner, MESH_VERTEX_FIRST);
  const a = positions + <usize>(load<i32>(t) - vertexFirst) * 12;
  const b = positions + <usize>(load<i32>(t, 4) - vertexFirst) * 12;
  const c = positions + <usize>(load<i32>(t, 8) - vertexFirst) * 12;
  for (let axis: usize = 0; axis < 3; axis++) {
    const o = axis << 2, p0 = load<f32>(a + o);
    store<f32>(lane + (axis << 4), p0);
    store<f32>(lane + (axis << 4), load<f32>(b + o) - p0, 48);
    store<f32>(lane + (axis << 4), load<f32>(c + o) - p0, 96);
  }
}
