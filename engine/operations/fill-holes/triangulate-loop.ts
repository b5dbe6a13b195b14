/**
 * Triangles that fill a closed loop of points with the least area, by dynamic programming over all of its chords
 * (Barequet and Sharir, "Filling gaps in the boundary of a polyhedron", 1995). Of a flat loop this is a triangulation
 * without overlaps, of whatever shape.
 *
 * @param points three numbers for each point, in order
 * @returns three numbers of points for each of the `n - 2` triangles, running round as the loop does
 */
export function triangulateLoop(points: ArrayLike<number>): number[] {
  const count = points.length / 3;
  const areas = new Float64Array(count * count);
  const best = new Int32Array(count * count);
  for (let span = 2; span < count; span++) {
    for (let i = 0; i + span < count; i++) {
      const k = i + span;
      let least = Infinity;
      for (let j = i + 1; j < k; j++) {
        const area = areas[i * count + j]! + areas[j * count + k]! + doubleArea(points, i, j, k);
        if (area < least) {
          least = area;
          best[i * count + k] = j;
        }
      }
      areas[i * count + k] = least;
    }
  }
  const triangles: number[] = [];
  const open: [number, number][] = [[0, count - 1]];
  for (let chord = open.pop(); chord; chord = open.pop()) {
    const [i, k] = chord;
    if (k - i < 2) continue;
    const j = best[i * count + k]!;
    triangles.push(i, j, k);
    open.push([i, j], [j, k]);
  }
  return triangles;
}

function doubleArea(p: ArrayLike<number>, i: number, j: number, k: number): number {
  const [a, b, c] = [i * 3, j * 3, k * 3];
  const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
  const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  return Math.sqrt(x * x + y * y + z * z);
}
