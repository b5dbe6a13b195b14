/** Faces that meet at less than this angle are shaded as one surface, where a file says nothing about it. */
export const DEFAULT_CREASE_ANGLE = (40 * Math.PI) / 180;

/** Around a vertex with more faces than this, shared edges are found by a map instead of by comparing all pairs. */
const MAX_PAIRS = 32;

export interface ShadeOptions {
  /** Radians, default 40 degrees. Not looked at where `smoothing` is given. */
  creaseAngle?: number;
  /** For each triangle a set of smoothing groups as bits: neighbours are smooth where they have one in common. */
  smoothing?: Uint32Array;
  /** For each triangle a number; triangles of different numbers never share a vertex (but may share the normal). */
  partition?: Uint32Array;
}

/** An indexed mesh whose vertices were split where the shading has an edge. */
export interface ShadedMesh {
  /** The vertex of the input that each vertex came from. */
  source: Uint32Array;
  /** Three for each vertex, of unit length. */
  normals: Float32Array;
  indices: Uint32Array;
  /** The number of `partition` that each vertex belongs to; null where none was given. */
  partition: Uint32Array | null;
}

/**
 * Computes vertex normals of an indexed mesh. Around each vertex, triangles that share an edge and meet at less than
 * the crease angle form one smooth group; a vertex is split once for each group. Triangles count by their angle at
 * the vertex (Thürmer and Wüthrich 1998), so that the normal does not depend on how a flat face was triangulated.
 *
 * @param positions three for each vertex
 * @param triangles three vertices each, all in range
 */
export function shadeMesh(
  positions: Float32Array | Float64Array,
  triangles: Uint32Array,
  options: ShadeOptions = {},
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
    this.cosine = Math.cos(options.creaseAngle ?? DEFAULT_CREASE_ANGLE) - 1e-6;
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
      if (to > from) this.shadeVertex(vertex, list.subarray(from, to));
    }
    return {
      source: this.source.slice(0, this.count),
      normals: this.normals.slice(0, this.count * 3),
      indices: this.indices,
      partition: this.partition?.slice(0, this.count) ?? null,
    };
  }

  private shadeVertex(vertex: number, corners: Uint32Array): void {
    const many = corners.length > MAX_PAIRS;
    if (many) this.joinByEdge(corners);
    else this.joinPairs(corners);
    this.joinFlat(corners);
    const made = many ? new Map<number, number>() : null;
    for (let i = 0; i < corners.length; i++) {
      const root = this.find(i);
      const part = this.parts ? this.parts[Math.floor(corners[i]! / 3)]! : 0;
      const key = root * 0x1_0000_0000 + part;
      let index = -1;
      if (made) index = made.get(key) ?? -1;
      else {
        for (let k = 0; k < i && index < 0; k++) {
          if (this.find(k) !== root) continue;
          const candidate = this.indices[corners[k]!]!;
          if (!this.partition || this.partition[candidate] === part) index = candidate;
        }
      }
      if (index < 0) {
        index = this.newVertex(vertex, part);
        made?.set(key, index);
      }
      this.indices[corners[i]!] = index;
    }
    this.sumNormals(corners);
  }

  /** The normal belongs to the smooth group: all its parts get the same. */
  private sumNormals(corners: Uint32Array): void {
    const { normals, faceNormals, sums } = this;
    sums.fill(0, 0, corners.length * 3);
    for (let i = 0; i < corners.length; i++) {
      const face = Math.floor(corners[i]! / 3) * 3;
      const weight = this.angleAt(corners[i]!);
      const root = this.find(i) * 3;
      for (let k = 0; k < 3; k++) sums[root + k]! += weight * faceNormals[face + k]!;
    }
    for (let i = 0; i < corners.length; i++) {
      const index = this.indices[corners[i]!]! * 3;
      const root = this.find(i) * 3;
      const length = Math.hypot(sums[root]!, sums[root + 1]!, sums[root + 2]!);
      // Where the faces of a group cancel each other out, the last of them decides.
      const face = Math.floor(corners[i]! / 3) * 3;
      if (length > 1e-9) for (let k = 0; k < 3; k++) normals[index + k] = sums[root + k]! / length;
      else if (!this.isFlat(corners[i]!)) normals.set(faceNormals.subarray(face, face + 3), index);
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

  private joinPairs(corners: Uint32Array): void {
    const { triangles } = this;
    this.reset(corners.length);
    for (let i = 1; i < corners.length; i++) {
      const a = corners[i]!;
      const aNext = triangles[next(a)]!;
      const aLast = triangles[previous(a)]!;
      for (let j = 0; j < i; j++) {
        const b = corners[j]!;
        const bNext = triangles[next(b)]!;
        const bLast = triangles[previous(b)]!;
        const shared = aNext === bLast || aLast === bNext || aNext === bNext || aLast === bLast;
        if (shared && this.isSmooth(a, b)) this.union(i, j);
      }
    }
  }

  private joinByEdge(corners: Uint32Array): void {
    this.reset(corners.length);
    const byNeighbour = new Map<number, number>();
    for (let i = 0; i < corners.length; i++) {
      for (const other of [this.triangles[next(corners[i]!)]!, this.triangles[previous(corners[i]!)]!]) {
        const known = byNeighbour.get(other);
        if (known !== undefined && this.isSmooth(corners[i]!, corners[known]!)) this.union(i, known);
        byNeighbour.set(other, i);
      }
    }
  }

  /** Triangles without area have no direction of their own and follow the first that has one. */
  private joinFlat(corners: Uint32Array): void {
    let solid = -1;
    for (let i = 0; i < corners.length && solid < 0; i++) if (!this.isFlat(corners[i]!)) solid = i;
    for (let i = 0; i < corners.length; i++) {
      if (this.isFlat(corners[i]!)) this.union(i, Math.max(solid, 0));
    }
  }

  private isSmooth(a: number, b: number): boolean {
    if (this.isFlat(a) || this.isFlat(b)) return false;
    const f = Math.floor(a / 3);
    const g = Math.floor(b / 3);
    if (this.smoothing) return (this.smoothing[f]! & this.smoothing[g]!) !== 0;
    const n = this.faceNormals;
    return n[f * 3]! * n[g * 3]! + n[f * 3 + 1]! * n[g * 3 + 1]! + n[f * 3 + 2]! * n[g * 3 + 2]! >= this.cosine;
  }

  private isFlat(corner: number): boolean {
    const face = Math.floor(corner / 3) * 3;
    const n = this.faceNormals;
    return n[face] === 0 && n[face + 1] === 0 && n[face + 2] === 0;
  }

  private angleAt(corner: number): number {
    const p = this.positions;
    const o = this.triangles[corner]! * 3;
    const a = this.triangles[next(corner)]! * 3;
    const b = this.triangles[previous(corner)]! * 3;
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

  private reset(count: number): void {
    if (count > this.parent.length) {
      this.parent = new Int32Array(count * 2);
      this.sums = new Float64Array(count * 6);
    }
    for (let i = 0; i < count; i++) this.parent[i] = i;
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

function next(corner: number): number {
  return corner % 3 === 2 ? corner - 2 : corner + 1;
}

function previous(corner: number): number {
  return corner % 3 === 0 ? corner + 2 : corner - 1;
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
    const length = Math.hypot(x, y, z);
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
