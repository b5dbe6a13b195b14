import { DEFAULT_CREASE_ANGLE, leastCosine, type ShadedMesh, type ShadeOptions } from './shade-options.ts';

/** Around a vertex with more faces than this, shared edges are found by a map instead of by comparing all pairs. */
const MAX_PAIRS = 32;

/**
 * What `shadeMesh` does, in JavaScript: for few triangles, for what does not fit into the kernel's memory, and for
 * positions in double precision.
 */
export function shadeInScript(
  positions: Float32Array | Float64Array,
  triangles: Uint32Array,
  options: ShadeOptions,
): ShadedMesh {
  return new Shader(positions, triangles, options).run();
}

class Shader {
  private readonly positions: Float32Array | Float64Array;
  private readonly triangles: Uint32Array;
  private readonly smoothing: Uint32Array | null;
  private readonly parts: Uint32Array | null;
  private readonly cosine: number;
  private readonly faceNormals: Float32Array;
  private readonly indices: Uint32Array;
  /** Of the corners at the vertex that is looked at: number, triangle, and the vertices ahead and behind. */
  private ring = new Uint32Array(64);
  private faces = new Uint32Array(64);
  private ahead = new Uint32Array(64);
  private behind = new Uint32Array(64);
  private parent = new Int32Array(64);
  private sums = new Float64Array(64 * 3);
  private source: Uint32Array;
  private normals: Float32Array;
  private partition: Uint32Array | null;
  private count = 0;

  constructor(positions: Float32Array | Float64Array, triangles: Uint32Array, options: ShadeOptions) {
    this.positions = positions;
    this.triangles = triangles;
    this.smoothing = options.smoothing ?? null;
    this.parts = options.partition ?? null;
    this.cosine = leastCosine(options.creaseAngle ?? DEFAULT_CREASE_ANGLE);
    this.faceNormals = unitFaceNormals(positions, triangles);
    this.indices = new Uint32Array(triangles.length);
    const expected = Math.max(64, Math.ceil((positions.length / 3) * 1.25));
    this.source = new Uint32Array(expected);
    this.normals = new Float32Array(expected * 3);
    this.partition = this.parts && new Uint32Array(expected);
  }

  run(): ShadedMesh {
    const { first, list } = cornersByVertex(this.triangles, this.positions.length / 3);
    for (let vertex = 0; vertex + 1 < first.length; vertex++) {
      const from = first[vertex]!;
      const to = first[vertex + 1]!;
      if (to > from) this.shadeVertex(vertex, list, from, to - from);
    }
    return {
      source: this.source.slice(0, this.count),
      normals: this.normals.slice(0, this.count * 3),
      indices: this.indices,
      partition: this.partition?.slice(0, this.count) ?? null,
    };
  }

  private shadeVertex(vertex: number, list: Uint32Array, from: number, size: number): void {
    this.gatherRing(list, from, size);
    const many = size > MAX_PAIRS;
    if (many) this.joinByEdge(size);
    else this.joinPairs(size);
    this.joinFlat(size);
    if (!this.parts && this.isOneGroup(size)) this.makeSmooth(vertex, size);
    else this.makeGroups(vertex, size, many);
  }

  /** The corners at one vertex, with what is asked of them again and again. */
  private gatherRing(list: Uint32Array, from: number, size: number): void {
    if (size > this.ring.length) {
      this.ring = new Uint32Array(size * 2);
      this.faces = new Uint32Array(size * 2);
      this.ahead = new Uint32Array(size * 2);
      this.behind = new Uint32Array(size * 2);
      this.parent = new Int32Array(size * 2);
      this.sums = new Float64Array(size * 6);
    }
    const { ring, faces, ahead, behind, parent, triangles } = this;
    for (let i = 0; i < size; i++) {
      const corner = list[from + i]!;
      const face = Math.floor(corner / 3);
      const start = face * 3;
      ring[i] = corner;
      faces[i] = face;
      ahead[i] = triangles[corner === start + 2 ? start : corner + 1]!;
      behind[i] = triangles[corner === start ? start + 2 : corner - 1]!;
      parent[i] = i;
    }
  }

  private isOneGroup(size: number): boolean {
    for (let i = 1; i < size; i++) if (this.find(i) !== 0) return false;
    return true;
  }

  /** Nearly all vertices: one normal for all corners. */
  private makeSmooth(vertex: number, size: number): void {
    const { ring, faces, faceNormals, indices } = this;
    const index = this.newVertex(vertex, 0);
    let x = 0;
    let y = 0;
    let z = 0;
    for (let i = 0; i < size; i++) {
      indices[ring[i]!] = index;
      const face = faces[i]! * 3;
      const weight = this.angleAt(vertex, i);
      x += weight * faceNormals[face]!;
      y += weight * faceNormals[face + 1]!;
      z += weight * faceNormals[face + 2]!;
    }
    this.setNormal(index, x, y, z, faces[size - 1]!);
    // Where the faces cancel each other out, the last that has a direction decides.
    for (let i = size - 2; i >= 0 && this.isFlat(faces[i + 1]!); i--) this.setNormal(index, x, y, z, faces[i]!);
  }

  /** The normal belongs to the smooth group: all its parts get the same. */
  private makeGroups(vertex: number, size: number, many: boolean): void {
    const { ring, faces, faceNormals, sums } = this;
    const made = many ? new Map<number, number>() : null;
    for (let i = 0; i < size; i++) {
      const root = this.find(i);
      const part = this.parts ? this.parts[faces[i]!]! : 0;
      const key = root * 0x1_0000_0000 + part;
      let index = -1;
      if (made) index = made.get(key) ?? -1;
      else {
        for (let k = 0; k < i && index < 0; k++) {
          if (this.find(k) !== root) continue;
          const candidate = this.indices[ring[k]!]!;
          if (!this.partition || this.partition[candidate] === part) index = candidate;
        }
      }
      if (index < 0) {
        index = this.newVertex(vertex, part);
        made?.set(key, index);
      }
      this.indices[ring[i]!] = index;
    }
    sums.fill(0, 0, size * 3);
    for (let i = 0; i < size; i++) {
      const weight = this.angleAt(vertex, i);
      const root = this.find(i) * 3;
      for (let k = 0; k < 3; k++) sums[root + k]! += weight * faceNormals[faces[i]! * 3 + k]!;
    }
    for (let i = 0; i < size; i++) {
      const root = this.find(i) * 3;
      this.setNormal(this.indices[ring[i]!]!, sums[root]!, sums[root + 1]!, sums[root + 2]!, faces[i]!);
    }
  }

  /** A sum of normals as that of a vertex; where it has no direction, that of `face` if it has one. */
  private setNormal(index: number, x: number, y: number, z: number, face: number): void {
    const { normals, faceNormals } = this;
    const length = Math.sqrt(x * x + y * y + z * z);
    const at = index * 3;
    if (length > 1e-9) {
      normals[at] = x / length;
      normals[at + 1] = y / length;
      normals[at + 2] = z / length;
    } else if (!this.isFlat(face)) {
      for (let k = 0; k < 3; k++) normals[at + k] = faceNormals[face * 3 + k]!;
    }
  }

  private newVertex(vertex: number, part: number): number {
    if (this.count === this.source.length) {
      const size = Math.ceil(this.source.length * 1.5);
      this.source = grow(this.source, size);
      if (this.partition) this.partition = grow(this.partition, size);
      const normals = new Float32Array(size * 3);
      normals.set(this.normals);
      this.normals = normals;
    }
    this.source[this.count] = vertex;
    this.normals[this.count * 3 + 1] = 1;
    if (this.partition) this.partition[this.count] = part;
    return this.count++;
  }

  private joinPairs(size: number): void {
    const { ahead, behind, faces } = this;
    for (let i = 1; i < size; i++) {
      const aNext = ahead[i]!;
      const aLast = behind[i]!;
      for (let j = 0; j < i; j++) {
        const bNext = ahead[j]!;
        const bLast = behind[j]!;
        const shared = aNext === bLast || aLast === bNext || aNext === bNext || aLast === bLast;
        if (shared && this.isSmooth(faces[i]!, faces[j]!)) this.union(i, j);
      }
    }
  }

  private joinByEdge(size: number): void {
    const { ahead, behind, faces } = this;
    const byNeighbour = new Map<number, number>();
    for (let i = 0; i < size; i++) {
      for (const other of [ahead[i]!, behind[i]!]) {
        const known = byNeighbour.get(other);
        if (known !== undefined && this.isSmooth(faces[i]!, faces[known]!)) this.union(i, known);
        byNeighbour.set(other, i);
      }
    }
  }

  /** Triangles without area have no direction of their own and follow the first that has one. */
  private joinFlat(size: number): void {
    const { faces } = this;
    let solid = -1;
    for (let i = 0; i < size && solid < 0; i++) if (!this.isFlat(faces[i]!)) solid = i;
    for (let i = 0; i < size; i++) {
      if (this.isFlat(faces[i]!)) this.union(i, Math.max(solid, 0));
    }
  }

  private isSmooth(f: number, g: number): boolean {
    if (this.isFlat(f) || this.isFlat(g)) return false;
    if (this.smoothing) return (this.smoothing[f]! & this.smoothing[g]!) !== 0;
    const n = this.faceNormals;
    return n[f * 3]! * n[g * 3]! + n[f * 3 + 1]! * n[g * 3 + 1]! + n[f * 3 + 2]! * n[g * 3 + 2]! >= this.cosine;
  }

  private isFlat(face: number): boolean {
    const n = this.faceNormals;
    return n[face * 3] === 0 && n[face * 3 + 1] === 0 && n[face * 3 + 2] === 0;
  }

  /** The angle of a corner of the ring, in radians. */
  private angleAt(vertex: number, i: number): number {
    const p = this.positions;
    const o = vertex * 3;
    const a = this.ahead[i]! * 3;
    const b = this.behind[i]! * 3;
    const ax = p[a]! - p[o]!;
    const ay = p[a + 1]! - p[o + 1]!;
    const az = p[a + 2]! - p[o + 2]!;
    const bx = p[b]! - p[o]!;
    const by = p[b + 1]! - p[o + 1]!;
    const bz = p[b + 2]! - p[o + 2]!;
    const cosine =
      (ax * bx + ay * by + az * bz) / Math.sqrt((ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz));
    return cosine > -1 && cosine < 1 ? Math.acos(cosine) : 0;
  }

  private find(i: number): number {
    let at = i;
    while (this.parent[at] !== at) {
      this.parent[at] = this.parent[this.parent[at]!]!;
      at = this.parent[at]!;
    }
    return at;
  }

  private union(a: number, b: number): void {
    const x = this.find(a);
    const y = this.find(b);
    if (x < y) this.parent[y] = x;
    else this.parent[x] = y;
  }
}

function grow(array: Uint32Array, size: number): Uint32Array {
  const out = new Uint32Array(size);
  out.set(array);
  return out;
}

/** Zero for triangles without area. */
function unitFaceNormals(p: Float32Array | Float64Array, triangles: Uint32Array): Float32Array {
  const out = new Float32Array(triangles.length);
  for (let i = 0; i + 2 < triangles.length; i += 3) {
    const a = triangles[i]! * 3;
    const b = triangles[i + 1]! * 3;
    const c = triangles[i + 2]! * 3;
    const ux = p[b]! - p[a]!;
    const uy = p[b + 1]! - p[a + 1]!;
    const uz = p[b + 2]! - p[a + 2]!;
    const vx = p[c]! - p[a]!;
    const vy = p[c + 1]! - p[a + 1]!;
    const vz = p[c + 2]! - p[a + 2]!;
    const x = uy * vz - uz * vy;
    const y = uz * vx - ux * vz;
    const z = ux * vy - uy * vx;
    const length = Math.sqrt(x * x + y * y + z * z);
    if (!(length > 0) || length === Infinity) continue;
    out[i] = x / length;
    out[i + 1] = y / length;
    out[i + 2] = z / length;
  }
  return out;
}

/** The corners at each vertex, as one list with the start of each vertex in it. */
function cornersByVertex(triangles: Uint32Array, vertices: number): { first: Uint32Array; list: Uint32Array } {
  const first = new Uint32Array(vertices + 1);
  for (let i = 0; i < triangles.length; i++) first[triangles[i]! + 1]!++;
  for (let i = 1; i < first.length; i++) first[i]! += first[i - 1]!;
  const list = new Uint32Array(triangles.length);
  const fill = first.slice();
  for (let i = 0; i < triangles.length; i++) list[fill[triangles[i]!]!++] = i;
  return { first, list };
}
