// The smooth groups of the corners at one vertex: those that share an edge and meet at less than the crease angle, and
// what such ones are joined with.

import { newVertex, setCorner, setNormal } from './new-vertices';
import { openPairs, pairValue, setPairValue, slotOfPair } from './pair-map';
import {
  cosineBetween, isFlat, neighboursOf, ringAhead, ringAngles, ringBehind, ringCorners, ringNormals, ringParents, ringSums, ringVertices,
} from './ring';

/** Around a vertex with more corners than this, shared edges are found by a map instead of by comparing all pairs. */
export const MAX_PAIRS: u32 = 32;

let cosine: f64 = 0;
/** For each triangle a set of smoothing groups, or 0 where the angle decides. */
let smoothing: usize = 0;
/** For each triangle the part it belongs to, or 0 where there are none. */
let parts: usize = 0;
let pairs: usize = 0;

export function openGroups(leastCosine: f64, smoothingAt: usize, partsAt: usize, pairsAt: usize): void {
  cosine = leastCosine;
  smoothing = smoothingAt;
  parts = partsAt;
  pairs = pairsAt;
}

// @ts-ignore: decorator
@inline
function faceWord(table: usize, i: u32): u32 {
  return load<u32>(table + (<usize>(load<u32>(ringCorners + (<usize>i << 2)) / 3) << 2));
}

function isSmooth(i: u32, j: u32): bool {
  if (isFlat(i) || isFlat(j)) return false;
  if (smoothing) return (faceWord(smoothing, i) & faceWord(smoothing, j)) != 0;
  return cosineBetween(i, j) >= cosine;
}

// @ts-ignore: decorator
@inline
function parentOf(i: u32): usize {
  return ringParents + (<usize>i << 2);
}

/** The first corner of the group that a corner belongs to. */
function find(i: u32): u32 {
  let at = i;
  while (true) {
    const parent = load<u32>(parentOf(at));
    if (parent == at) return at;
    const next = load<u32>(parentOf(parent));
    store<u32>(parentOf(at), next);
    at = next;
  }
}

function join(i: u32, j: u32): void {
  const a = find(i), b = find(j);
  if (a < b) store<u32>(parentOf(b), a);
  else store<u32>(parentOf(a), b);
}

/** Joins what belongs together. Returns whether that is all corners. */
export function joinCorners(count: u32): bool {
  for (let i: u32 = 0; i < count; i++) store<u32>(parentOf(i), i);
  if (count > MAX_PAIRS) joinByEdge(count);
  else joinPairs(count);
  joinFlat(count);
  for (let i: u32 = 1; i < count; i++) if (find(i) != 0) return false;
  return true;
}

function joinPairs(count: u32): void {
  for (let i: u32 = 1; i < count; i++) {
    for (let bits = neighboursOf(i, count) & ((1 << i) - 1); bits != 0; bits &= bits - 1) {
      const j = ctz(bits);
      if (isSmooth(i, j)) join(i, j);
    }
  }
}

function joinByEdge(count: u32): void {
  openPairs(pairs, count * 2);
  for (let i: u32 = 0; i < count; i++) {
    joinOver(load<u32>(ringAhead + (<usize>i << 2)), i);
    joinOver(load<u32>(ringBehind + (<usize>i << 2)), i);
  }
}

/** Joins a corner with the last one that had the edge to the same vertex. */
function joinOver(vertex: u32, i: u32): void {
  const slot = slotOfPair(vertex, 0);
  const known = pairValue(slot);
  if (known >= 0 && isSmooth(i, known)) join(i, known);
  setPairValue(slot, i);
}

/** Triangles without area have no direction of their own and follow the first that has one. */
function joinFlat(count: u32): void {
  let solid: u32 = 0;
  while (solid < count && isFlat(solid)) solid++;
  if (solid == count) solid = 0;
  for (let i: u32 = 0; i < count; i++) if (isFlat(i)) join(i, solid);
}

/** Makes a vertex for each group, or for each part of each group; all parts of a group get its normal. */
export function makeGroups(vertex: u32, count: u32): void {
  const many = count > MAX_PAIRS;
  if (many) openPairs(pairs, count);
  memory.fill(ringSums, 0, <usize>count * 24);
  for (let i: u32 = 0; i < count; i++) {
    const root = find(i);
    const part = parts ? faceWord(parts, i) : 0;
    const known = many ? vertexOfPair(vertex, root, part) : vertexOfGroup(i, vertex, root, part);
    store<u32>(ringVertices + (<usize>i << 2), known);
    setCorner(load<u32>(ringCorners + (<usize>i << 2)), known);
    const sum = ringSums + <usize>root * 24, normal = ringNormals + (<usize>i << 4);
    const angle = load<f64>(ringAngles + (<usize>i << 3));
    store<f64>(sum, load<f64>(sum) + angle * <f64>load<f32>(normal));
    store<f64>(sum, load<f64>(sum, 8) + angle * <f64>load<f32>(normal, 4), 8);
    store<f64>(sum, load<f64>(sum, 16) + angle * <f64>load<f32>(normal, 8), 16);
  }
  for (let i: u32 = 0; i < count; i++) {
    const sum = ringSums + <usize>find(i) * 24;
    setSum(load<u32>(ringVertices + (<usize>i << 2)), load<f64>(sum), load<f64>(sum, 8), load<f64>(sum, 16), i);
  }
}

function vertexOfPair(vertex: u32, root: u32, part: u32): u32 {
  const slot = slotOfPair(root, part);
  if (pairValue(slot) < 0) setPairValue(slot, newVertex(vertex, part));
  return pairValue(slot);
}

function vertexOfGroup(i: u32, vertex: u32, root: u32, part: u32): u32 {
  for (let k: u32 = 0; k < i; k++) {
    if (find(k) == root && (!parts || faceWord(parts, k) == part)) return load<u32>(ringVertices + (<usize>k << 2));
  }
  return newVertex(vertex, part);
}

/** Gives a vertex a sum of normals; where it has no direction, that of the triangle of a corner if it has one. */
// @ts-ignore: decorator
@inline
export function setSum(vertex: u32, x: f64, y: f64, z: f64, i: u32): void {
  const length = sqrt(x * x + y * y + z * z);
  if (length > 1e-9) setNormal(vertex, <f32>(x / length), <f32>(y / length), <f32>(z / length));
  else if (!isFlat(i)) {
    const normal = ringNormals + (<usize>i << 4);
    setNormal(vertex, load<f32>(normal), load<f32>(normal, 4), load<f32>(normal, 8));
  }
}

/** Whether any two triangles at a vertex would be smooth, as all have a smoothing group in common. */
export function shareSmoothing(count: u32): bool {
  let common: u32 = -1;
  for (let i: u32 = 0; i < count; i++) common &= faceWord(smoothing, i);
  return common != 0;
}
