import type { Manifold } from 'manifold-3d';
import { remeshSurface } from '../remesh.ts';
import type { Solids } from './manifold-library.ts';
import { solidOfSurface } from './solid-of-surface.ts';
import type { WorldSurface } from './world-surface.ts';

/** Cells along the longest side where an open surface is closed. */
const RESOLUTION = 64;
/** Bodies with more triangles are simplified before they are cut. */
const FEW_TRIANGLES = 3000;
/** By how much at most, as a share of the size. */
const TOLERANCES = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016];

/** A body for cutting, and what became of the surface on the way. */
export interface ClosedBody {
  body: Manifold;
  /** Whether the surface was open and made anew out of cells. */
  remeshed: boolean;
  /** How far the simplified body may be from the surface, in metres. */
  tolerance: number;
}

/** A closed body of few triangles of any surface; null where it encloses nothing. */
export async function closedBody(solids: Solids, surface: WorldSurface): Promise<ClosedBody | null> {
  const given = solidOfSurface(solids, surface, { width: 0, values: new Float32Array() });
  let body = typeof given === 'string' ? null : given.solid;
  const remeshed = body === null;
  if (!body) {
    const made = await remeshSurface(surface, { method: 'solid', fit: false, resolution: RESOLUTION });
    if (made.indices.length === 0) return null;
    const closed = { ...surface, positions: made.positions, indices: made.indices };
    const again = solidOfSurface(
      solids,
      { ...closed, pieces: [{ ...surface.pieces[0]!, firstTriangle: 0 }] },
      { width: 0, values: new Float32Array() },
    );
    if (typeof again === 'string') return null;
    body = again.solid;
  }
  let tolerance = 0;
  for (const share of TOLERANCES) {
    if (body.numTri() <= FEW_TRIANGLES) break;
    tolerance = share * surface.diagonal;
    body = solids.keep(body.simplify(tolerance));
  }
  return body.volume() > 0 ? { body, remeshed, tolerance } : null;
}
