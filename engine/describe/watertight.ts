import type { Mesh } from '@gltf-transform/core';
import { triangleIndices } from './triangle-indices.ts';

/** Edges in the table at a time; larger meshes are counted in several passes to bound the memory (about 100 MB). */
const EDGES_PER_PASS = 4_000_000;

/**
 * Whether every edge of the mesh borders exactly two triangles, after vertices at exactly the same position count as
 * one (normals and texture seams split them). All primitives together: materials split a surface, too. Triangles
 * that have no area because two corners coincide are left out. Null for a mesh without triangles.
 */
export function isWatertight(mesh: Mesh): boolean | null {
  const triangles = weldedTriangles(mesh);
  if (triangles.length === 0) return null;
  const edges = triangles.length;
  const passes = Math.ceil(edges / EDGES_PER_PASS);
  for (let pass = 0; pass < passes; pass++) {
    if (!everyEdgeTwice(triangles, pass, passes)) return false;
  }
  return true;
}

function weldedTriangles(mesh: Mesh): Uint32Array {
  let corners = 0;
  let vertices = 0;
  const parts = [];
  for (const primitive of mesh.listPrimitives()) {
    const position = primitive.getAttribute('POSITION');
    const indices = triangleIndices(primitive);
    if (!position || !indices) continue;
    parts.push({ position, indices });
    corners += indices.length;
    vertices += position.getCount();
  }
  const welder = new PositionTable(vertices);
  const out = new Uint32Array(corners);
  let length = 0;
  const element: number[] = [];
  for (const { position, indices } of parts) {
    const ids = new Uint32Array(position.getCount());
    const array = position.getArray();
    const plain = array instanceof Float32Array;
    for (let i = 0; i < ids.length; i++) {
      if (plain) ids[i] = welder.add(array[i * 3]!, array[i * 3 + 1]!, array[i * 3 + 2]!);
      else {
        position.getElement(i, element);
        ids[i] = welder.add(element[0]!, element[1]!, element[2]!);
      }
    }
    for (let i = 0; i + 2 < indices.length; i += 3) {
      const a = ids[indices[i]!]!;
      const b = ids[indices[i + 1]!]!;
      const c = ids[indices[i + 2]!]!;
      if (a === b || b === c || c === a) continue;
      out[length++] = a;
      out[length++] = b;
      out[length++] = c;
    }
  }
  return out.subarray(0, length);
}

function everyEdgeTwice(triangles: Uint32Array, pass: number, passes: number): boolean {
  let size = 1024;
  while (size < (triangles.length / passes) * 1.5) size *= 2;
  const mask = size - 1;
  const low = new Uint32Array(size);
  const high = new Uint32Array(size);
  const count = new Uint8Array(size);
  let open = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      const u = triangles[i + k]!;
      const v = triangles[i + ((k + 1) % 3)]!;
      const a = Math.min(u, v);
      const b = Math.max(u, v);
      if (passes > 1 && (a + b) % passes !== pass) continue;
      let slot = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)) & mask;
      while (count[slot] !== 0 && (low[slot] !== a || high[slot] !== b)) slot = (slot + 1) & mask;
      low[slot] = a;
      high[slot] = b;
      const seen = ++count[slot]!;
      if (seen === 1) open++;
      else if (seen === 2) open--;
      else return false;
    }
  }
  return open === 0;
}

/** Gives equal positions equal numbers. Open addressing over the bit patterns. */
class PositionTable {
  private readonly keys: Float32Array;
  private readonly ids: Int32Array;
  private readonly mask: number;
  private readonly bits = new Int32Array(3);
  private readonly floats = new Float32Array(this.bits.buffer);
  private next = 0;

  constructor(capacity: number) {
    let size = 1024;
    while (size < capacity * 1.5) size *= 2;
    this.mask = size - 1;
    this.keys = new Float32Array(size * 3);
    this.ids = new Int32Array(size).fill(-1);
  }

  add(x: number, y: number, z: number): number {
    this.floats[0] = x + 0; // -0 becomes 0
    this.floats[1] = y + 0;
    this.floats[2] = z + 0;
    const [a, b, c] = this.floats as unknown as [number, number, number];
    const hash =
      Math.imul(this.bits[0]!, 0x9e3779b1) ^
      Math.imul(this.bits[1]!, 0x85ebca6b) ^
      Math.imul(this.bits[2]!, 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 15)) & this.mask;
    for (; this.ids[slot] !== -1; slot = (slot + 1) & this.mask) {
      if (this.keys[slot * 3] === a && this.keys[slot * 3 + 1] === b && this.keys[slot * 3 + 2] === c)
        return this.ids[slot]!;
    }
    this.ids[slot] = this.next;
    this.keys[slot * 3] = a;
    this.keys[slot * 3 + 1] = b;
    this.keys[slot * 3 + 2] = c;
    return this.next++;
  }
}
