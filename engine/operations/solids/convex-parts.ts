import type { Manifold } from 'manifold-3d';
import { concaveEdges } from './concave-edges.ts';
import { convexHull, type TriangleSolid, trianglesOf } from './convex-hull.ts';
import type { Solids } from './manifold-library.ts';

/** How far a body is taken apart. */
export interface PartLimits {
  maxParts: number;
  maxVertices: number;
  /** Share of the volume by which all hulls together may exceed the body. */
  error: number;
}

/** The convex parts of a body. */
export interface ConvexParts {
  hulls: TriangleSolid[];
  /** Share of the volume by which the hulls exceed the body. */
  error: number;
}

/** A piece of the body while it is being cut. */
interface Piece {
  solid: Manifold;
  volume: number;
  hullVolume: number;
  /** Whether no cut makes its hulls smaller. */
  done: boolean;
}

/** Places along each axis where cuts are tried, beside those at edges that point inwards. */
const EVEN_CUTS = 3;
/** A cut that saves less than this share of a piece's hull is no better than halves. */
const LEAST_GAIN = 1e-3;
/** Pieces smaller than this share of the whole are left out. */
const SLIVER = 1e-7;

/**
 * Takes a body apart into pieces whose hulls together cover it and exceed it little. The piece whose hull exceeds it
 * most is cut in two by the plane across an axis after which the hulls of both sides are smallest; planes through edges
 * that point inwards are tried first of all, so that what is made of convex blocks comes apart into these. Unlike
 * voxel-based methods (V-HACD, Mamou 2016), the cuts are exact and the hulls cover the body by construction.
 */
export function convexParts(solids: Solids, body: Manifold, { maxParts, maxVertices, error }: PartLimits): ConvexParts {
  const whole = body.volume();
  let pieces = body.decompose().map((solid) => pieceOf(solid));
  while (pieces.length < maxParts && excess(pieces) > error * whole) {
    const worst = pieces
      .filter(({ done }) => !done)
      .reduce<Piece | null>((most, piece) => (!most || concavity(piece) > concavity(most) ? piece : most), null);
    if (!worst) break;
    const cut = bestCut(worst, whole);
    if (!cut) {
      worst.done = true;
      continue;
    }
    worst.solid.delete();
    pieces = pieces.flatMap((piece) => (piece === worst ? cut : [piece]));
  }
  const hulls = pieces.flatMap(({ solid }) => convexHull(solids, [trianglesOf(solid).positions], maxVertices) ?? []);
  const made = excess(pieces) / whole;
  for (const { solid } of pieces) solid.delete();
  return { hulls, error: made };
}

function pieceOf(solid: Manifold): Piece {
  const hull = solid.hull();
  const piece = { solid, volume: solid.volume(), hullVolume: hull.volume(), done: false };
  hull.delete();
  return piece;
}

function concavity({ volume, hullVolume }: Piece): number {
  return hullVolume - volume;
}

function excess(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + concavity(piece), 0);
}

/** The pieces after the best cut; null where none leaves two bodies. */
function bestCut({ solid, hullVolume }: Piece, whole: number): Piece[] | null {
  let best: Piece[] | null = null;
  let least = hullVolume * (1 - LEAST_GAIN);
  for (const { axis, place } of candidates(solid)) {
    const pieces = cutAt(solid, axis, place, whole);
    const sum = pieces.reduce((total, piece) => total + piece.hullVolume, 0);
    if (pieces.length < 2 || sum >= least) {
      deletePieces(pieces);
      continue;
    }
    // The next has to be better by more than rounding: exact cuts come first.
    least = sum * (1 - 1e-6);
    deletePieces(best ?? []);
    best = pieces;
  }
  if (best) return best;
  const { axis, place } = middleCut(solid);
  const halves = cutAt(solid, axis, place, whole);
  if (halves.length > 1) return halves;
  deletePieces(halves);
  return null;
}

/** Both sides of a cut in parts that hang together; of a cut along a face, the library leaves flaps without volume. */
function cutAt(solid: Manifold, axis: number, place: number, whole: number): Piece[] {
  const sides = solid.splitByPlane(unitVector(axis), place);
  const parts = sides.flatMap((side) => side.decompose());
  const kept = parts.filter((part) => part.volume() >= SLIVER * whole);
  for (const made of [...sides, ...parts]) if (!kept.includes(made)) made.delete();
  return kept.map((part) => pieceOf(part));
}

function deletePieces(pieces: readonly Piece[]): void {
  for (const { solid } of pieces) solid.delete();
}

/** Where no single cut makes the hulls smaller, as of a bowl, halves are what can be cut further. */
function middleCut(solid: Manifold): { axis: number; place: number } {
  const { min, max } = solid.boundingBox();
  const sides = [0, 1, 2].map((axis) => max[axis]! - min[axis]!);
  const axis = sides.indexOf(Math.max(...sides));
  return { axis, place: min[axis]! + sides[axis]! / 2 };
}

function unitVector(axis: number): [number, number, number] {
  return [axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0];
}

function candidates(solid: Manifold): { axis: number; place: number }[] {
  const { min, max } = solid.boundingBox();
  const inwards = concaveEdges(trianglesOf(solid));
  return [0, 1, 2].flatMap((axis) => {
    const [low, high] = [min[axis]!, max[axis]!];
    const even = Array.from({ length: EVEN_CUTS }, (_, i) => low + ((i + 1) / (EVEN_CUTS + 1)) * (high - low));
    const margin = (high - low) * 1e-6;
    return [...inwards[axis]!, ...even]
      .filter((place) => place > low + margin && place < high - margin)
      .map((place) => ({ axis, place }));
  });
}
