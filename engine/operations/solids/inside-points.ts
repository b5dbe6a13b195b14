import type { Surface } from '../../measure/surface.ts';
import { type Lattice, latticeIndex } from './lattice.ts';
import { forEachCrossing } from './ray-crossings.ts';

/** What is inside of a surface, by three looks at it. */
export interface InsidePoints {
  /** 1 for each point of the lattice that is inside. */
  inside: Uint8Array;
  /** Share of the rows that do not come out as often as they go in, which means that the surface is open. */
  broken: number;
}

/** Votes of rows that are not to be trusted count when there are no others. */
const SURE = 16;

/**
 * Which points of a lattice are inside of a surface: where the rows through a point along the three axes have gone in
 * more often than out (or the other way round: inside-out parts count too). Where the surface has holes, the rows
 * through these do not add up: they have no say unless all three do not, and then most of them decide (after Nooruddin
 * and Turk, "Simplification and repair of polygonal models using volumetric techniques", 2003).
 */
export function insidePoints(surface: Pick<Surface, 'positions' | 'indices'>, lattice: Lattice): InsidePoints {
  const { size } = lattice;
  const total = size[0] * size[1] * size[2];
  /** High four bits: sure votes for inside and sure votes; low ones: all votes for inside. */
  const votes = new Uint8Array(total);
  let rows = 0;
  let unbalanced = 0;
  for (const axis of [0, 1, 2] as const) {
    const [nu, nv, nw] = [size[(axis + 1) % 3]!, size[(axis + 2) % 3]!, size[axis]!];
    const changes = new Int32Array(nu * nv * (nw + 1));
    const crossed = new Uint8Array(nu * nv);
    forEachCrossing(surface, lattice, axis, (u, v, place, sign) => {
      const row = v * nu + u;
      crossed[row] = 1;
      changes[row * (nw + 1) + Math.min(nw, Math.max(0, Math.ceil(place)))]! += sign;
    });
    for (let v = 0; v < nv; v++) {
      for (let u = 0; u < nu; u++) {
        const row = v * nu + u;
        if (!crossed[row]) {
          markRow(lattice, axis, u, v, votes, () => SURE);
          continue;
        }
        rows++;
        const from = row * (nw + 1);
        let sum = 0;
        for (let w = 0; w <= nw; w++) sum += changes[from + w]!;
        const sure = sum === 0;
        if (!sure) unbalanced++;
        let winding = 0;
        markRow(lattice, axis, u, v, votes, (w) => {
          winding += changes[from + w]!;
          return (winding !== 0 ? (sure ? SURE * 4 + 1 : 1) : 0) + (sure ? SURE : 0);
        });
      }
    }
  }
  for (let i = 0; i < total; i++) votes[i] = isInside(votes[i]!) ? 1 : 0;
  return { inside: votes, broken: rows > 0 ? unbalanced / rows : 0 };
}

function markRow(
  lattice: Lattice,
  axis: 0 | 1 | 2,
  u: number,
  v: number,
  votes: Uint8Array,
  voteAt: (w: number) => number,
): void {
  const point: [number, number, number] = [0, 0, 0];
  point[(axis + 1) % 3] = u;
  point[(axis + 2) % 3] = v;
  const first = latticeIndex(lattice, ...point);
  const stride = axis === 0 ? 1 : axis === 1 ? lattice.size[0] : lattice.size[0] * lattice.size[1];
  for (let w = 0; w < lattice.size[axis]; w++) votes[first + w * stride]! += voteAt(w);
}

function isInside(vote: number): boolean {
  const sureInside = vote >> 6;
  const sure = (vote >> 4) & 3;
  const all = vote & 15;
  return sure > 0 ? sureInside * 2 > sure : all >= 2;
}
