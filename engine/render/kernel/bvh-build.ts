// Builds four-wide bounding volume hierarchies: wide nodes are filled directly, the child of greatest surface is split until
// there are four.
//
// Large sets are split one node at a time and what remains is put back for any thread; smaller ones are built whole.

import {
  CHILD_COUNT, CHILD_HIGH, CHILD_LOW, childAt, measureChild, refs, split, SPLIT_SCRATCH, splitIn,
} from './bvh-split';
import {
  H_CANCEL, H_TOP_REFS, HEADER, MESH_BLOCKS_USED, MESH_NODES_USED, MESH_REFS, NODE_CHILDREN, REF_BYTES, REF_INSTANCE,
  SET_MIN,
} from './layout';
import { stackOf } from './scratch';
import {
  pushSet, setBlock, setBlockCapacity, setCell, setCount, setDepth, setFirst, setMesh, setNode,
} from './set-queue';
import { writeBlock, writeNode } from './tree-nodes';
import { halfArea } from './vec';

/** Beyond this depth sets are halved by count, which bounds the depth of the tree and of traversal stacks. */
const DEPTH_SAH: i32 = 28;
/** Sets of more references than this are split by one node at a time, for several threads to share. */
const SHARED_MIN: i32 = 4096;

/** Scratch: the stack of pending sets, of first, count, address of the reference to fill, depth. Three a level at most. */
const STACK: usize = SPLIT_SCRATCH;
const PENDING_BYTES: usize = 16;
/** Children of a shared set that the thread builds itself: count, first, reference to fill, node, block, room. */
const SMALL: usize = 6144;
const SMALL_BYTES: usize = 24;

let scratch: usize = 0;

/** Blocks that a set takes at least: splits by median reach it, since their left sides fill whole blocks. */
// @ts-ignore: decorator
@inline
function blocksOf(count: i32): i32 {
  return (count + 3) >> 2;
}

/** Nodes that a tree of so many leaves takes at most: nodes with fewer than four children have none but leaves. */
// @ts-ignore: decorator
@inline
function nodesOf(leaves: i32): i32 {
  return leaves < 2 ? 1 : (2 * leaves - 1) / 3;
}

// What the set being split belongs to.
let mesh: usize = 0;
let leafSize: i32 = 4;
/** Blocks that may still be spent on splits that leave small leaves. */
let slack: i32 = 0;

/** Splits a set into the up to four children of a node; returns how many. */
function splitFour(first: i32, count: i32, depth: i32): i32 {
  let kids = 1;
  measureChild(childAt(0), first, count);
  while (kids < 4) {
    let pick: usize = 0;
    let area: f32 = -1;
    for (let k = 0; k < kids; k++) {
      const c = childAt(k);
      if (load<i32>(c, CHILD_COUNT) <= leafSize) continue;
      const s = halfArea(v128.load(c, CHILD_LOW), v128.load(c, CHILD_HIGH));
      if (s > area || pick == 0) {
        area = s;
        pick = c;
      }
    }
    if (pick == 0) break;
    const all = load<i32>(pick, CHILD_COUNT), other = childAt(kids);
    // Leaves of the upper level take no blocks.
    split(pick, other, leafSize, depth > DEPTH_SAH || (slack <= 0 && leafSize > 1));
    if (leafSize > 1) slack -= blocksOf(load<i32>(pick, CHILD_COUNT)) + blocksOf(load<i32>(other, CHILD_COUNT)) - blocksOf(all);
    kids++;
  }
  return kids;
}

/** Writes the leaf over a set: a block of up to four triangles, or an instance. Returns its reference. */
function writeLeaf(first: i32, count: i32, index: i32): u32 {
  return leafSize == 1 ? <u32>REF_INSTANCE | load<u32>(refs + <usize>first * REF_BYTES, 12) : writeBlock(mesh, first, count, index);
}

/** Builds the whole tree over a set, whose root is written to `cell`. */
function buildSet(first: i32, count: i32, cell: usize, depth: i32, nodeFirst: i32, blockFirst: i32): void {
  let nodes = nodeFirst, blocks = blockFirst;
  let sp = scratch + STACK;
  store<i32>(sp, first);
  store<i32>(sp, count, 4);
  store<usize>(sp, cell, 8);
  store<i32>(sp, depth, 12);
  sp += PENDING_BYTES;
  while (sp > scratch + STACK) {
    if (atomic.load<i32>(HEADER + H_CANCEL)) return;
    sp -= PENDING_BYTES;
    const at = load<i32>(sp, 12);
    const target = load<usize>(sp, 8);
    const kids = splitFour(load<i32>(sp), load<i32>(sp, 4), at);
    const node = writeNode(nodes, kids);
    store<u32>(target, nodes++);
    for (let k = kids - 1; k >= 0; k--) {
      const c = childAt(k), f = load<i32>(c), m = load<i32>(c, CHILD_COUNT);
      const child = node + (<usize>k << 2) + NODE_CHILDREN;
      if (m <= leafSize) store<u32>(child, writeLeaf(f, m, blocks++));
      else {
        store<i32>(sp, f);
        store<i32>(sp, m, 4);
        store<usize>(sp, child, 8);
        store<i32>(sp, at + 1, 12);
        sp += PENDING_BYTES;
      }
    }
  }
  countUsed(nodes - nodeFirst, blocks - blockFirst);
}

function countUsed(nodes: i32, blocks: i32): void {
  if (!mesh) return;
  atomic.add<i32>(mesh + MESH_NODES_USED, nodes);
  atomic.add<i32>(mesh + MESH_BLOCKS_USED, blocks);
}

/** Makes the topmost node of a set, and puts what remains of its children back for any thread. */
function shareSet(first: i32, count: i32, cell: usize, depth: i32, nodeFirst: i32, blockFirst: i32): void {
  const kids = splitFour(first, count, depth);
  const node = writeNode(nodeFirst, kids);
  store<u32>(cell, nodeFirst);
  // Every child gets the blocks it needs and its share of those to spare, in the order of the children.
  const spare = slack;
  let nodes = nodeFirst + 1, blocks = blockFirst, own = 0;
  for (let k = 0; k < kids; k++) {
    const c = childAt(k), f = load<i32>(c), m = load<i32>(c, CHILD_COUNT);
    const child = node + (<usize>k << 2) + NODE_CHILDREN;
    const kept = scratch + SMALL + <usize>k * SMALL_BYTES;
    store<i32>(kept, 0);
    if (m <= leafSize) {
      store<u32>(child, writeLeaf(f, m, blocks++));
      own++;
      continue;
    }
    const room = leafSize > 1 ? blocksOf(m) + <i32>((<i64>spare * m) / count) : m;
    if (m > SET_MIN) pushSet(mesh, f, m, child, depth + 1, nodes, blocks, room);
    else {
      // Building would overwrite the records of the other children.
      store<i32>(kept, m);
      store<i32>(kept, f, 4);
      store<usize>(kept, child, 8);
      store<i32>(kept, nodes, 12);
      store<i32>(kept, blocks, 16);
      store<i32>(kept, room, 20);
    }
    nodes += nodesOf(room);
    blocks += room;
  }
  countUsed(1, own);
  for (let k = 0; k < kids; k++) {
    const kept = scratch + SMALL + <usize>k * SMALL_BYTES, m = load<i32>(kept);
    if (m == 0) continue;
    slack = load<i32>(kept, 20) - blocksOf(m);
    buildSet(load<i32>(kept, 4), m, load<usize>(kept, 8), depth + 1, load<i32>(kept, 12), load<i32>(kept, 16));
  }
}

/** Builds the set that was taken last, or its topmost node where it is large. */
export function buildTaken(thread: i32): void {
  scratch = stackOf(thread);
  mesh = setMesh;
  leafSize = mesh ? 4 : 1;
  splitIn(scratch, mesh ? load<u32>(mesh, MESH_REFS) : load<u32>(HEADER + H_TOP_REFS));
  slack = setBlockCapacity - blocksOf(setCount);
  if (setCount > SHARED_MIN) shareSet(setFirst, setCount, setCell, setDepth, setNode, setBlock);
  else buildSet(setFirst, setCount, setCell, setDepth, setNode, setBlock);
}
