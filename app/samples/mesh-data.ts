/** Triangles with everything that a normal-mapped material needs. */
export interface MeshData {
  positions: number[];
  normals: number[];
  uvs: number[];
  /** Tangent xyz and the sign of the bitangent. */
  tangents: number[];
  indices: number[];
}

export type Vector = [x: number, y: number, z: number];

export function emptyMesh(): MeshData {
  return { positions: [], normals: [], uvs: [], tangents: [], indices: [] };
}

/** Adds a vertex and returns its number. */
export function addVertex(
  mesh: MeshData,
  position: Vector,
  normal: Vector,
  uv: [number, number],
  tangent: Vector,
  sign = 1,
): number {
  const n = unit(normal);
  // The tangent is made perpendicular to the normal (Gram-Schmidt).
  const along = dot(tangent, n);
  const t = unit([tangent[0] - n[0] * along, tangent[1] - n[1] * along, tangent[2] - n[2] * along]);
  mesh.positions.push(...position);
  mesh.normals.push(...n);
  mesh.uvs.push(...uv);
  mesh.tangents.push(...t, sign);
  return mesh.positions.length / 3 - 1;
}

/** Adds a triangle, unless it has no area. */
export function addTriangle(mesh: MeshData, a: number, b: number, c: number): void {
  const p = (i: number): Vector => [mesh.positions[i * 3]!, mesh.positions[i * 3 + 1]!, mesh.positions[i * 3 + 2]!];
  const normal = cross(subtract(p(b), p(a)), subtract(p(c), p(a)));
  if (Math.hypot(...normal) > 1e-14) mesh.indices.push(a, b, c);
}

/** One mesh of several; vertices stay separate. */
export function merge(...meshes: MeshData[]): MeshData {
  const out = emptyMesh();
  for (const mesh of meshes) {
    const base = out.positions.length / 3;
    for (const value of mesh.positions) out.positions.push(value);
    for (const value of mesh.normals) out.normals.push(value);
    for (const value of mesh.uvs) out.uvs.push(value);
    for (const value of mesh.tangents) out.tangents.push(value);
    for (const index of mesh.indices) out.indices.push(base + index);
  }
  return out;
}

/** Moves every vertex; normals follow through the cofactors of the map's derivative, taken numerically. */
export function deform(mesh: MeshData, map: (p: Vector) => Vector): MeshData {
  const out: MeshData = { ...mesh, positions: [], normals: [], tangents: [] };
  const h = 1e-5;
  for (let i = 0; i < mesh.positions.length / 3; i++) {
    const p: Vector = [mesh.positions[i * 3]!, mesh.positions[i * 3 + 1]!, mesh.positions[i * 3 + 2]!];
    const n: Vector = [mesh.normals[i * 3]!, mesh.normals[i * 3 + 1]!, mesh.normals[i * 3 + 2]!];
    const t: Vector = [mesh.tangents[i * 4]!, mesh.tangents[i * 4 + 1]!, mesh.tangents[i * 4 + 2]!];
    const derivative = (axis: Vector): Vector => {
      const plus = map([p[0] + axis[0] * h, p[1] + axis[1] * h, p[2] + axis[2] * h]);
      const minus = map([p[0] - axis[0] * h, p[1] - axis[1] * h, p[2] - axis[2] * h]);
      return [(plus[0] - minus[0]) / (2 * h), (plus[1] - minus[1]) / (2 * h), (plus[2] - minus[2]) / (2 * h)];
    };
    // Two directions in the surface span its tangent plane, before and after.
    const side = cross(n, t);
    const normal = unit(cross(derivative(t), derivative(side)));
    const tangent = derivative(t);
    const along = dot(tangent, normal);
    out.positions.push(...map(p));
    out.normals.push(...normal);
    out.tangents.push(
      ...unit([tangent[0] - normal[0] * along, tangent[1] - normal[1] * along, tangent[2] - normal[2] * along]),
      mesh.tangents[i * 4 + 3]!,
    );
  }
  return out;
}

/** The mesh turned about X, Y, then Z (radians), then moved. */
export function transform(mesh: MeshData, move: Vector, turn: Vector = [0, 0, 0]): MeshData {
  const rotate = (v: Vector): Vector => {
    let [x, y, z] = v;
    const [sx, cx] = [Math.sin(turn[0]), Math.cos(turn[0])];
    [y, z] = [y * cx - z * sx, y * sx + z * cx];
    const [sy, cy] = [Math.sin(turn[1]), Math.cos(turn[1])];
    [x, z] = [x * cy + z * sy, -x * sy + z * cy];
    const [sz, cz] = [Math.sin(turn[2]), Math.cos(turn[2])];
    [x, y] = [x * cz - y * sz, x * sz + y * cz];
    return [x, y, z];
  };
  const out: MeshData = { ...mesh, positions: [], normals: [], tangents: [] };
  for (let i = 0; i < mesh.positions.length / 3; i++) {
    const [x, y, z] = rotate(mesh.positions.slice(i * 3, i * 3 + 3) as Vector);
    out.positions.push(x + move[0], y + move[1], z + move[2]);
    out.normals.push(...rotate(mesh.normals.slice(i * 3, i * 3 + 3) as Vector));
    out.tangents.push(...rotate(mesh.tangents.slice(i * 4, i * 4 + 3) as Vector), mesh.tangents[i * 4 + 3]!);
  }
  return out;
}

export function unit(v: Vector): Vector {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function subtract(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
