import type { Surface } from '../../measure/surface.ts';
import type { Lattice } from './lattice.ts';

/**
 * Where the rows of a lattice along one axis cross the triangles of a surface. Rows that meet an edge or a vertex
 * exactly meet just one of the triangles around it: which side of an edge a row is on is decided by numbers that do not
 * depend on the triangle, and as if rows lay an infinitesimal step aside (simulation of simplicity, Edelsbrunner and
 * Mücke 1990). So of a closed surface, every row crosses in as often as out.
 *
 * @param axis 0, 1 or 2; the two others follow in turn
 * @param use called with the row's numbers along the next two axes, where on the axis it crosses (in steps from the
 * first point), 1 where it goes in and -1 where it comes out, and the triangle
 */
export function forEachCrossing(
  { positions: p, indices }: Pick<Surface, 'positions' | 'indices'>,
  { size, start, step }: Lattice,
  axis: 0 | 1 | 2,
  use: (u: number, v: number, place: number, sign: number, triangle: number) => void,
): void {
  const first = (axis + 1) % 3;
  const second = (axis + 2) % 3;
  const inSteps = (vertex: number, k: number) => (p[vertex * 3 + k]! - start[k]!) / step;
  for (let triangle = 0; triangle < indices.length / 3; triangle++) {
    const [a, b, c] = [indices[triangle * 3]!, indices[triangle * 3 + 1]!, indices[triangle * 3 + 2]!];
    const [au, bu, cu] = [inSteps(a, first), inSteps(b, first), inSteps(c, first)];
    const [av, bv, cv] = [inSteps(a, second), inSteps(b, second), inSteps(c, second)];
    const double = (bu - au) * (cv - av) - (bv - av) * (cu - au);
    if (double === 0) continue;
    const [aw, bw, cw] = [inSteps(a, axis), inSteps(b, axis), inSteps(c, axis)];
    const [fromU, toU] = [
      Math.max(0, Math.ceil(Math.min(au, bu, cu))),
      Math.min(size[first]! - 1, Math.floor(Math.max(au, bu, cu))),
    ];
    const [fromV, toV] = [
      Math.max(0, Math.ceil(Math.min(av, bv, cv))),
      Math.min(size[second]! - 1, Math.floor(Math.max(av, bv, cv))),
    ];
    const [least, most] = [Math.min(aw, bw, cw), Math.max(aw, bw, cw)];
    for (let v = fromV; v <= toV; v++) {
      for (let u = fromU; u <= toU; u++) {
        const side = isLeft(au, av, bu, bv, u, v);
        if (isLeft(bu, bv, cu, cv, u, v) !== side || isLeft(cu, cv, au, av, u, v) !== side) continue;
        const wb = ((u - au) * (cv - av) - (v - av) * (cu - au)) / double;
        const wc = ((bu - au) * (v - av) - (bv - av) * (u - au)) / double;
        const place = aw + wb * (bw - aw) + wc * (cw - aw);
        // Facing along the axis is the way out.
        use(u, v, Math.min(most, Math.max(least, place)), double > 0 ? -1 : 1, triangle);
      }
    }
  }
}

/** Whether a point lies to the left of a line; on it, of the direction that goes up. */
function isLeft(au: number, av: number, bu: number, bv: number, u: number, v: number): boolean {
  if (au > bu || (au === bu && av > bv)) return !isLeftOfRising(bu, bv, au, av, u, v);
  return isLeftOfRising(au, av, bu, bv, u, v);
}

function isLeftOfRising(au: number, av: number, bu: number, bv: number, u: number, v: number): boolean {
  return (bu - au) * (v - av) - (bv - av) * (u - au) >= 0;
}
