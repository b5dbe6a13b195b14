// Triangles of a binary STL file: 50 bytes each, a normal, three corners and 16 bits that may hold a colour.

import { hasRoom, vertexAt } from './weld';

const TRIANGLE: usize = 50;

let contradicting: u32 = 0;
let attributes: u32 = 0;

/** Begins with a file. */
export function openStl(): void {
  contradicting = 0;
  attributes = 0;
}

/** All that stands in the last 16 bits of triangles so far, together. */
export function stlAttributes(): u32 {
  return attributes;
}

/** Triangles so far whose normal points against the order of their corners. */
export function countContradicting(): u32 {
  return contradicting;
}

/**
 * Numbers the corners of `count` triangles at `at`, behind which two more bytes are read, and writes three numbers each
 * to `indices`. Returns how many triangles it took before there was no room for three more positions.
 */
export function weldStl(at: usize, count: u32, indices: usize): u32 {
  for (let i: u32 = 0; i < count; i++) {
    if (!hasRoom(3)) return i;
    store<u32>(indices, vertexAt(v128.load(at, 12)));
    store<u32>(indices, vertexAt(v128.load(at, 24)), 4);
    store<u32>(indices, vertexAt(v128.load(at, 36)), 8);
    if (contradicts(at)) contradicting++;
    attributes |= load<u16>(at, 48);
    at += TRIANGLE;
    indices += 12;
  }
  return count;
}

/** Whether a stored normal points to the other side than the corners say; the same as in `stl-data.ts`. */
// @ts-ignore: decorator
@inline
function contradicts(at: usize): bool {
  const nx = <f64>load<f32>(at), ny = <f64>load<f32>(at, 4), nz = <f64>load<f32>(at, 8);
  const px = <f64>load<f32>(at, 12), py = <f64>load<f32>(at, 16), pz = <f64>load<f32>(at, 20);
  const ux = <f64>load<f32>(at, 24) - px, uy = <f64>load<f32>(at, 28) - py, uz = <f64>load<f32>(at, 32) - pz;
  const vx = <f64>load<f32>(at, 36) - px, vy = <f64>load<f32>(at, 40) - py, vz = <f64>load<f32>(at, 44) - pz;
  const x = uy * vz - uz * vy, y = uz * vx - ux * vz, z = ux * vy - uy * vx;
  const dot = nx * x + ny * y + nz * z;
  // Nearly all point to the same side, for which the root need not be taken.
  if (!(dot < 0)) return false;
  return dot < -0.5 * sqrt((x * x + y * y + z * z) * (nx * nx + ny * ny + nz * nz));
}
