import type { ObjData } from './parse-obj.ts';
import { newellNormal } from './triangulate.ts';

/** Without smoothing groups, faces that meet at less than this angle are shaded as one surface. */
const CREASE_COSINE = Math.cos((40 * Math.PI) / 180);

/** Around a vertex with more faces than this all of them are averaged: comparing each with each takes the square. */
const MAX_COMPARED = 64;

/**
 * Computes normals for the corners of faces that have none, as the smoothing groups ask: off gives facets, a group is
 * smooth in itself, and where the file never mentions smoothing, edges sharper than 40 degrees stay sharp. Faces
 * count by their area. Gives the corners in `data.corners` new numbers, with their new normals.
 *
 * @returns all normals, those of the file first; the same array where nothing was missing
 */
export function generateNormals(data: ObjData): { normals: Float32Array<ArrayBuffer>; generated: number } {
  const { corners, elements, positions, table } = data;
  const missing = countMissing(data);
  if (missing === 0) return { normals: data.normals, generated: 0 };
  const faceNormals = new Float32Array(elements.length * 3);
  const smoothing = new Int32Array(elements.length);
  const faceOf = new Int32Array(corners.length).fill(-1);
  for (const range of data.ranges) {
    if (range.kind !== 'face') continue;
    for (let face = range.start; face < range.end; face++) {
      smoothing[face] = range.smoothing;
      const start = elements.startOf(face);
      const end = elements.startOf(face + 1);
      const polygon: number[] = [];
      for (let corner = start; corner < end; corner++) {
        polygon.push(table.positionOf(corners[corner]!));
        faceOf[corner] = face;
      }
      faceNormals.set(newellNormal(positions, polygon), face * 3);
    }
  }
  const { first, list } = cornersByVertex(data, faceOf);
  const out = new Float32Array(data.normals.length + missing * 3);
  out.set(data.normals);
  let next = data.normals.length / 3;
  for (let vertex = 0; vertex + 1 < first.length; vertex++) {
    const from = first[vertex]!;
    const to = first[vertex + 1]!;
    const firstOfVertex = next;
    for (let i = from; i < to; i++) {
      const corner = list[i]!;
      const plain = corners[corner]!;
      if (table.normalOf(plain) >= 0) continue;
      addNormal(out, next, faceOf[corner]!, list, from, to, faceOf, faceNormals, smoothing);
      const normal = reuse(out, firstOfVertex, next);
      corners[corner] = table.add(vertex, table.texcoordOf(plain), normal);
      if (normal === next) next++;
    }
  }
  return { normals: out.subarray(0, next * 3), generated: missing };
}

function countMissing({ ranges, elements, corners, table }: ObjData): number {
  let missing = 0;
  for (const range of ranges) {
    if (range.kind !== 'face') continue;
    const end = elements.startOf(range.end);
    for (let corner = elements.startOf(range.start); corner < end; corner++) {
      if (table.normalOf(corners[corner]!) < 0) missing++;
    }
  }
  return missing;
}

/** The corners of faces at each vertex, as one list with the start of each vertex in it. */
function cornersByVertex(
  { corners, positions, table }: ObjData,
  faceOf: Int32Array,
): { first: Uint32Array; list: Uint32Array } {
  const first = new Uint32Array(positions.length / 3 + 1);
  for (let corner = 0; corner < faceOf.length; corner++) {
    if (faceOf[corner]! < 0) continue;
    const slot = table.positionOf(corners[corner]!) + 1;
    first[slot] = first[slot]! + 1;
  }
  for (let i = 1; i < first.length; i++) first[i] = first[i]! + first[i - 1]!;
  const list = new Uint32Array(first[first.length - 1]!);
  const fill = first.slice();
  for (let corner = 0; corner < faceOf.length; corner++) {
    if (faceOf[corner]! < 0) continue;
    const vertex = table.positionOf(corners[corner]!);
    list[fill[vertex]!] = corner;
    fill[vertex] = fill[vertex]! + 1;
  }
  return { first, list };
}

function addNormal(
  out: Float32Array,
  index: number,
  face: number,
  list: Uint32Array,
  from: number,
  to: number,
  faceOf: Int32Array,
  faceNormals: Float32Array,
  smoothing: Int32Array,
): void {
  const fx = faceNormals[face * 3]!;
  const fy = faceNormals[face * 3 + 1]!;
  const fz = faceNormals[face * 3 + 2]!;
  const size = Math.hypot(fx, fy, fz);
  const group = smoothing[face]!;
  let x = fx;
  let y = fy;
  let z = fz;
  if (group !== 0) {
    const compare = group < 0 && to - from <= MAX_COMPARED && size > 0;
    // Very many faces around one vertex (the tip of a fan) are sampled, for the same reason.
    const step = Math.max(1, Math.floor((to - from) / (MAX_COMPARED * 4)));
    for (let i = from; i < to; i += step) {
      const other = faceOf[list[i]!]!;
      if (other === face || smoothing[other] !== group) continue;
      const ox = faceNormals[other * 3]!;
      const oy = faceNormals[other * 3 + 1]!;
      const oz = faceNormals[other * 3 + 2]!;
      if (compare && fx * ox + fy * oy + fz * oz < CREASE_COSINE * size * Math.hypot(ox, oy, oz)) continue;
      x += ox;
      y += oy;
      z += oz;
    }
  }
  const length = Math.hypot(x, y, z);
  const at = index * 3;
  out[at] = length > 0 ? x / length : 0;
  out[at + 1] = length > 0 ? y / length : 1;
  out[at + 2] = length > 0 ? z / length : 0;
}

/** The number of an equal normal among those that the vertex already has, or else of the new one. */
function reuse(out: Float32Array, first: number, index: number): number {
  for (let i = Math.max(first, index - MAX_COMPARED); i < index; i++) {
    const dot =
      out[i * 3]! * out[index * 3]! + out[i * 3 + 1]! * out[index * 3 + 1]! + out[i * 3 + 2]! * out[index * 3 + 2]!;
    if (dot > 0.999999) return i;
  }
  return index;
}
