// The vertices of the shaded mesh. As long as none is split, each has the number of the one it came from, and nothing
// but its normal is written; from the first that is split, indices are replaced and it is kept where vertices came from.

import { NEW } from './corners';

let indices: usize = 0;
/** Three f32 for each. */
let normals: usize = 0;
/** For each from `splitFrom` on the vertex it came from. */
let sources: usize = 0;
/** For each the part it belongs to; 0 where there are no parts. */
let parts: usize = 0;
let count: u32 = 0;
/** The first whose number may be another than that of the vertex it came from. */
let splitFrom: u32 = NEW;

export function openNewVertices(indicesAt: usize, normalsAt: usize, sourcesAt: usize, partsAt: usize): void {
  indices = indicesAt;
  normals = normalsAt;
  sources = sourcesAt;
  parts = partsAt;
  count = 0;
  splitFrom = NEW;
}

export function countNewVertices(): u32 {
  return count;
}

/** As many vertices as there are when none was split. */
export function firstSplit(): u32 {
  return splitFrom;
}

/** The vertex of the given mesh that stands at a corner. */
// @ts-ignore: decorator
@inline
export function vertexOfCorner(corner: u32): u32 {
  const vertex = load<u32>(indices + (<usize>corner << 2));
  return vertex < NEW ? vertex : sourceOf(vertex & ~NEW);
}

function sourceOf(vertex: u32): u32 {
  return load<u32>(sources + (<usize>(vertex - splitFrom) << 2));
}

/** Makes the only vertex of one of the mesh, whose corners are listed. */
// @ts-ignore: decorator
@inline
export function keepVertex(vertex: u32, listAt: usize, listEnd: usize): u32 {
  if (splitFrom == NEW && count == vertex) {
    clearNormal(count);
    return count++;
  }
  const made = newVertex(vertex, 0);
  for (let at = listAt; at < listEnd; at += 4) setCorner(load<u32>(at), made);
  return made;
}

/** Makes one of several vertices; its corners are to be told. */
export function newVertex(vertex: u32, part: u32): u32 {
  if (splitFrom == NEW) splitFrom = count;
  store<u32>(sources + (<usize>(count - splitFrom) << 2), vertex);
  if (parts) store<u32>(parts + (<usize>count << 2), part);
  clearNormal(count);
  return count++;
}

// @ts-ignore: decorator
@inline
export function setCorner(corner: u32, vertex: u32): void {
  store<u32>(indices + (<usize>corner << 2), vertex | NEW);
}

/** Upwards, until something better is known. */
// @ts-ignore: decorator
@inline
function clearNormal(vertex: u32): void {
  setNormal(vertex, 0, 1, 0);
}

// @ts-ignore: decorator
@inline
export function setNormal(vertex: u32, x: f32, y: f32, z: f32): void {
  const at = normals + <usize>vertex * 12;
  store<f32>(at, x);
  store<f32>(at, y, 4);
  store<f32>(at, z, 8);
}

/** Makes plain indices of those of new vertices. */
export function finishIndices(from: u32, to: u32): void {
  const end = indices + (<usize>to << 2);
  for (let at = indices + (<usize>from << 2); at < end; at += 4) store<u32>(at, load<u32>(at) & ~NEW);
}
