/** Polygons with more corners are cut as a fan: ear clipping takes time that grows with the square. */
const MAX_EARS = 1000;

/**
 * Cuts a polygon into triangles by ear clipping (Meisters 1975) in the plane of its Newell normal, concave ones
 * included. Calls `emit` with corner numbers relative to the polygon, `count - 2` times.
 *
 * @param corners vertex numbers of the polygon
 * @returns false where the polygon crosses itself or is too large, so that a fan had to do
 */
export function triangulate(
  positions: Float64Array,
  corners: readonly number[],
  emit: (a: number, b: number, c: number) => void,
): boolean {
  const count = corners.length;
  if (count === 3) {
    emit(0, 1, 2);
    return true;
  }
  const points = count <= MAX_EARS ? project(positions, corners) : null;
  if (!points) {
    for (let i = 1; i + 1 < count; i++) emit(0, i, i + 1);
    return count <= MAX_EARS;
  }
  if (count === 4) return quad(points, emit);
  return clipEars(points, emit);
}

/** Splits along a diagonal that lies inside; of two such the shorter one, which gives the better triangles. */
function quad(p: Float64Array, emit: (a: number, b: number, c: number) => void): boolean {
  const inside02 = area(p, 0, 1, 2) >= 0 && area(p, 0, 2, 3) >= 0;
  const inside13 = area(p, 1, 2, 3) >= 0 && area(p, 1, 3, 0) >= 0;
  const length02 = (p[4]! - p[0]!) ** 2 + (p[5]! - p[1]!) ** 2;
  const length13 = (p[6]! - p[2]!) ** 2 + (p[7]! - p[3]!) ** 2;
  // A margin, so that rounding does not decide for squares.
  if (inside13 && (!inside02 || length13 < length02 * 0.999)) {
    emit(0, 1, 3);
    emit(1, 2, 3);
  } else {
    emit(0, 1, 2);
    emit(0, 2, 3);
  }
  return inside02 || inside13;
}

function clipEars(p: Float64Array, emit: (a: number, b: number, c: number) => void): boolean {
  const count = p.length / 2;
  const next = Int32Array.from({ length: count }, (_, i) => (i + 1) % count);
  const previous = Int32Array.from({ length: count }, (_, i) => (i + count - 1) % count);
  let left = count;
  let at = 0;
  let misses = 0;
  let simple = true;
  while (left > 3) {
    const a = previous[at]!;
    const c = next[at]!;
    // A polygon that crosses itself has no ear at some point; from there on any corner will do.
    if (misses >= left) simple = false;
    if (simple && !isEarAt(p, next, a, at, c)) {
      at = c;
      misses++;
      continue;
    }
    emit(a, at, c);
    next[a] = c;
    previous[c] = a;
    left--;
    misses = 0;
    at = next[c]!;
  }
  emit(previous[at]!, at, next[at]!);
  return simple;
}

function isEarAt(p: Float64Array, next: Int32Array, a: number, b: number, c: number): boolean {
  const size = area(p, a, b, c);
  if (size < 0) return false;
  if (size === 0) return true;
  for (let i = next[c]!; i !== a; i = next[i]!) {
    if (same(p, i, a) || same(p, i, b) || same(p, i, c)) continue;
    if (area(p, a, b, i) >= 0 && area(p, b, c, i) >= 0 && area(p, c, a, i) >= 0) return false;
  }
  return true;
}

/** Twice the signed area of a triangle; positive when it runs anticlockwise. */
function area(p: Float64Array, a: number, b: number, c: number): number {
  const ax = p[a * 2]!;
  const ay = p[a * 2 + 1]!;
  return (p[b * 2]! - ax) * (p[c * 2 + 1]! - ay) - (p[b * 2 + 1]! - ay) * (p[c * 2]! - ax);
}

function same(p: Float64Array, a: number, b: number): boolean {
  return p[a * 2] === p[b * 2] && p[a * 2 + 1] === p[b * 2 + 1];
}

/** The polygon in its own plane, running anticlockwise; null where it has no area. */
function project(positions: Float64Array, corners: readonly number[]): Float64Array | null {
  const [nx, ny, nz] = newellNormal(positions, corners);
  const ax = Math.abs(nx);
  const ay = Math.abs(ny);
  const az = Math.abs(nz);
  if (!(ax + ay + az > 0)) return null;
  const out = new Float64Array(corners.length * 2);
  for (const [i, corner] of corners.entries()) {
    const x = positions[corner * 3]!;
    const y = positions[corner * 3 + 1]!;
    const z = positions[corner * 3 + 2]!;
    // Drop the largest component; the sign keeps the order anticlockwise.
    if (az >= ax && az >= ay) {
      out[i * 2] = x;
      out[i * 2 + 1] = nz > 0 ? y : -y;
    } else if (ax >= ay) {
      out[i * 2] = y;
      out[i * 2 + 1] = nx > 0 ? z : -z;
    } else {
      out[i * 2] = z;
      out[i * 2 + 1] = ny > 0 ? x : -x;
    }
  }
  return out;
}

/** The normal of a polygon, not of unit length but of twice its area (Newell's method). */
export function newellNormal(positions: Float64Array, corners: readonly number[]): [number, number, number] {
  let nx = 0;
  let ny = 0;
  let nz = 0;
  const origin = corners[0]! * 3;
  const ox = positions[origin]!;
  const oy = positions[origin + 1]!;
  const oz = positions[origin + 2]!;
  let last = corners[corners.length - 1]! * 3;
  for (const corner of corners) {
    const at = corner * 3;
    const x0 = positions[last]! - ox;
    const y0 = positions[last + 1]! - oy;
    const z0 = positions[last + 2]! - oz;
    const x1 = positions[at]! - ox;
    const y1 = positions[at + 1]! - oy;
    const z1 = positions[at + 2]! - oz;
    nx += (y0 - y1) * (z0 + z1);
    ny += (z0 - z1) * (x0 + x1);
    nz += (x0 - x1) * (y0 + y1);
    last = at;
  }
  return [nx, ny, nz];
}
