import { addTriangle, addVertex, cross, emptyMesh, type MeshData, unit, type Vector } from './mesh-data.ts';

/** A corner of a profile: distance from the axis, height, and the radius that rounds it. */
export type ProfileCorner = [r: number, y: number, rounding?: number];

interface ProfilePoint {
  r: number;
  y: number;
  /** Outward normal in the plane of the profile. */
  nr: number;
  ny: number;
  /** Length along the profile from 0 to 1. */
  v: number;
}

/**
 * A surface of revolution about Y. The profile runs so that the surface lies to its left: upwards on the outside.
 * Rounded corners are smooth, others sharp.
 */
export function lathe(corners: ProfileCorner[], segments: number): MeshData {
  const mesh = emptyMesh();
  const strips = profileStrips(corners);
  for (const strip of strips) {
    const rows = strip.map((point) => {
      const row: number[] = [];
      for (let i = 0; i <= segments; i++) {
        const angle = (i / segments) * Math.PI * 2;
        const [c, s] = [Math.cos(angle), -Math.sin(angle)];
        // u grows anticlockwise seen from above, v grows downwards in the picture: hence 1 - v.
        row.push(
          addVertex(
            mesh,
            [point.r * c, point.y, point.r * s],
            [point.nr * c, point.ny, point.nr * s],
            [i / segments, 1 - point.v],
            [s, 0, -c].map((x) => (x === 0 ? 0 : x)) as Vector,
            1,
          ),
        );
      }
      return row;
    });
    for (let j = 0; j + 1 < rows.length; j++) {
      for (let i = 0; i < segments; i++) {
        const [a, b, c, d] = [rows[j]![i]!, rows[j]![i + 1]!, rows[j + 1]![i + 1]!, rows[j + 1]![i]!];
        addTriangle(mesh, a, b, c);
        addTriangle(mesh, a, c, d);
      }
    }
  }
  return fixTangents(mesh);
}

/** Straight parts between the roundings; a sharp corner ends a strip, so that its vertices are doubled. */
function profileStrips(corners: ProfileCorner[]): ProfilePoint[][] {
  const strips: ProfilePoint[][] = [];
  let strip: ProfilePoint[] = [];
  const normalOf = (a: ProfileCorner, b: ProfileCorner): [number, number] => {
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    return [(b[1] - a[1]) / length, -(b[0] - a[0]) / length];
  };
  for (let i = 0; i < corners.length; i++) {
    const [r, y, rounding = 0] = corners[i]!;
    const before = corners[i - 1];
    const after = corners[i + 1];
    if (before && after && rounding > 0) {
      strip.push(
        ...arc(before, corners[i]!, after, rounding, normalOf(before, corners[i]!), normalOf(corners[i]!, after)),
      );
      continue;
    }
    if (before) {
      const [nr, ny] = normalOf(before, corners[i]!);
      strip.push({ r, y, nr, ny, v: 0 });
      strips.push(strip);
      strip = [];
    }
    if (after) {
      const [nr, ny] = normalOf(corners[i]!, after);
      strip.push({ r, y, nr, ny, v: 0 });
    }
  }
  let length = 0;
  let last: ProfilePoint | null = null;
  for (const point of strips.flat()) {
    if (last) length += Math.hypot(point.r - last.r, point.y - last.y);
    point.v = length;
    last = point;
  }
  for (const point of strips.flat()) point.v /= length || 1;
  return strips;
}

function arc(
  before: ProfileCorner,
  corner: ProfileCorner,
  after: ProfileCorner,
  rounding: number,
  from: [number, number],
  to: [number, number],
): ProfilePoint[] {
  const turn = Math.atan2(from[0] * to[1] - from[1] * to[0], from[0] * to[0] + from[1] * to[1]);
  const reach = Math.abs(Math.tan(turn / 2)) * rounding;
  const toBefore = Math.hypot(before[0] - corner[0], before[1] - corner[1]);
  const toAfter = Math.hypot(after[0] - corner[0], after[1] - corner[1]);
  const fit = Math.min(1, (toBefore * 0.499) / reach, (toAfter * 0.499) / reach);
  const radius = rounding * fit;
  const start: [number, number] = [
    corner[0] + ((before[0] - corner[0]) / toBefore) * reach * fit,
    corner[1] + ((before[1] - corner[1]) / toBefore) * reach * fit,
  ];
  const side = turn > 0 ? 1 : -1;
  const center: [number, number] = [start[0] - from[0] * radius * side, start[1] - from[1] * radius * side];
  const steps = Math.max(2, Math.ceil(Math.abs(turn) / (Math.PI / 16)));
  const points: ProfilePoint[] = [];
  for (let k = 0; k <= steps; k++) {
    const angle = (turn * k) / steps;
    const nr = from[0] * Math.cos(angle) - from[1] * Math.sin(angle);
    const ny = from[0] * Math.sin(angle) + from[1] * Math.cos(angle);
    points.push({ r: center[0] + nr * radius * side, y: center[1] + ny * radius * side, nr, ny, v: 0 });
  }
  return points;
}

/** At the axis the vertices of a ring share a place; their tangents there need not be anything in particular. */
function fixTangents(mesh: MeshData): MeshData {
  for (let i = 0; i < mesh.tangents.length / 4; i++) {
    const t = mesh.tangents.slice(i * 4, i * 4 + 3) as Vector;
    if (Math.abs(Math.hypot(...t) - 1) < 1e-4) continue;
    const n = mesh.normals.slice(i * 3, i * 3 + 3) as Vector;
    const other: Vector = Math.abs(n[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0];
    const fixed = unit(cross(other, n));
    for (let k = 0; k < 3; k++) mesh.tangents[i * 4 + k] = fixed[k]!;
  }
  return mesh;
}

/** A box around the origin with all edges rounded. Each side has texture coordinates from 0 to 1. */
export function roundedBox(size: Vector, rounding: number, steps = 4): MeshData {
  const mesh = emptyMesh();
  const inner = size.map((length) => length / 2 - rounding) as Vector;
  const line: { at: number; sign: number }[] = [];
  for (let i = 0; i <= steps; i++) line.push({ at: -1 + i / steps, sign: -1 });
  for (let i = 0; i <= steps; i++) line.push({ at: i / steps, sign: 1 });
  const sides: { normal: Vector; right: Vector }[] = [
    { normal: [0, 0, 1], right: [1, 0, 0] },
    { normal: [0, 0, -1], right: [-1, 0, 0] },
    { normal: [1, 0, 0], right: [0, 0, -1] },
    { normal: [-1, 0, 0], right: [0, 0, 1] },
    { normal: [0, 1, 0], right: [1, 0, 0] },
    { normal: [0, -1, 0], right: [1, 0, 0] },
  ];
  for (const { normal, right } of sides) {
    const up = cross(normal, right);
    const rows = line.map((row) =>
      line.map((column) => {
        // Equal angles instead of equal steps on the cube make an even rounding.
        const x = Math.tan((column.at * Math.PI) / 4);
        const y = Math.tan((row.at * Math.PI) / 4);
        const direction = unit([0, 1, 2].map((k) => normal[k]! + right[k]! * x + up[k]! * y) as Vector);
        const signs = [0, 1, 2].map((k) => normal[k]! + right[k]! * column.sign + up[k]! * row.sign);
        const position = [0, 1, 2].map((k) => signs[k]! * inner[k]! + direction[k]! * rounding) as Vector;
        const along = (axis: Vector): number =>
          [0, 1, 2].reduce((sum, k) => sum + (axis[k]! * position[k]!) / (size[k]! / 2), 0);
        return addVertex(mesh, position, direction, [0.5 + along(right) / 2, 0.5 - along(up) / 2], right, 1);
      }),
    );
    for (let j = 0; j + 1 < rows.length; j++) {
      for (let i = 0; i + 1 < line.length; i++) {
        addTriangle(mesh, rows[j]![i]!, rows[j]![i + 1]!, rows[j + 1]![i + 1]!);
        addTriangle(mesh, rows[j]![i]!, rows[j + 1]![i + 1]!, rows[j + 1]![i]!);
      }
    }
  }
  return mesh;
}

/** A surface from a function of u and v in 0..1; normals point along dP/du × dP/dv. */
export function surface(point: (u: number, v: number) => Vector, columns: number, rows: number): MeshData {
  const mesh = emptyMesh();
  const h = 1e-4;
  const slope = (f: (t: number) => Vector, t: number): Vector => {
    const a = f(Math.max(0, t - h));
    const b = f(Math.min(1, t + h));
    return [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  };
  for (let j = 0; j <= rows; j++) {
    for (let i = 0; i <= columns; i++) {
      const u = i / columns;
      const v = j / rows;
      // Where an edge shrinks to a point the derivative vanishes; a little beside it is as good.
      const du = slope((t) => point(t, Math.min(1 - 1e-3, Math.max(1e-3, v))), u);
      const dv = slope((t) => point(Math.min(1 - 1e-3, Math.max(1e-3, u)), t), v);
      addVertex(mesh, point(u, v), cross(du, dv), [u, 1 - v], du, 1);
    }
  }
  const at = (i: number, j: number): number => j * (columns + 1) + i;
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      addTriangle(mesh, at(i, j), at(i + 1, j), at(i + 1, j + 1));
      addTriangle(mesh, at(i, j), at(i + 1, j + 1), at(i, j + 1));
    }
  }
  return fixTangents(mesh);
}

/** A tube along a curve; the ends are open. */
export function tube(
  curve: (t: number) => Vector,
  radius: (t: number) => number,
  segments: number,
  rings: number,
): MeshData {
  const frames: { at: Vector; side: Vector; up: Vector }[] = [];
  let side: Vector = [1, 0, 0];
  for (let j = 0; j <= rings; j++) {
    const t = j / rings;
    const a = curve(Math.max(0, t - 1e-3));
    const b = curve(Math.min(1, t + 1e-3));
    const forward = unit([b[0] - a[0], b[1] - a[1], b[2] - a[2]]);
    if (Math.abs(forward[0]) > 0.95 && j === 0) side = [0, 0, 1];
    // The frame is carried along instead of computed anew, so that it does not twist.
    const up = unit(cross(forward, side));
    side = unit(cross(up, forward));
    frames.push({ at: curve(t), side, up });
  }
  const mesh = emptyMesh();
  for (const [j, { at, side: s, up }] of frames.entries()) {
    for (let i = 0; i <= segments; i++) {
      const angle = (i / segments) * Math.PI * 2;
      const normal = [0, 1, 2].map((k) => s[k]! * Math.cos(angle) + up[k]! * Math.sin(angle)) as Vector;
      const around = [0, 1, 2].map((k) => -s[k]! * Math.sin(angle) + up[k]! * Math.cos(angle)) as Vector;
      const r = radius(j / rings);
      addVertex(
        mesh,
        [0, 1, 2].map((k) => at[k]! + normal[k]! * r) as Vector,
        normal,
        [i / segments, 1 - j / rings],
        around,
        1,
      );
    }
  }
  const id = (i: number, j: number): number => j * (segments + 1) + i;
  for (let j = 0; j < rings; j++) {
    for (let i = 0; i < segments; i++) {
      addTriangle(mesh, id(i, j), id(i + 1, j), id(i + 1, j + 1));
      addTriangle(mesh, id(i, j), id(i + 1, j + 1), id(i, j + 1));
    }
  }
  return orientOutwards(mesh);
}

/** Turns all triangles around if they run against their normals. */
export function orientOutwards(mesh: MeshData): MeshData {
  let agree = 0;
  for (let i = 0; i < mesh.indices.length; i += 3) {
    const [a, b, c] = [mesh.indices[i]!, mesh.indices[i + 1]!, mesh.indices[i + 2]!];
    const p = (k: number): Vector => mesh.positions.slice(k * 3, k * 3 + 3) as Vector;
    const [pa, pb, pc] = [p(a), p(b), p(c)];
    const face = cross([pb[0] - pa[0], pb[1] - pa[1], pb[2] - pa[2]], [pc[0] - pa[0], pc[1] - pa[1], pc[2] - pa[2]]);
    const n = mesh.normals.slice(a * 3, a * 3 + 3) as Vector;
    agree += face[0] * n[0] + face[1] * n[1] + face[2] * n[2] > 0 ? 1 : -1;
  }
  if (agree >= 0) return mesh;
  const indices = mesh.indices.slice();
  for (let i = 0; i < indices.length; i += 3) [indices[i + 1], indices[i + 2]] = [indices[i + 2]!, indices[i + 1]!];
  return { ...mesh, indices };
}
