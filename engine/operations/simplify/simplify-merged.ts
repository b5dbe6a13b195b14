import { MeshoptSimplifier, type SimplifierFlags } from 'meshoptimizer/simplifier';
import { TriangleTree } from '../../measure/triangle-tree.ts';
import type { MergedMesh } from './merged-mesh.ts';

/** How far to go and what to keep. */
export interface SimplifyLimits {
  /** Triangles to come down to. */
  triangles: number;
  /** How far the surface may move, in the units of the mesh. */
  error: number;
  lockBorder: boolean;
  keepCreases: boolean;
}

/** Parts that are joined to nothing and smaller than this share of the model may go where triangles are to be few. */
export const SPECK = 0.01;

/** Triangles of a merged mesh after collapsing edges. */
export interface SimplifiedTriangles {
  indices: Uint32Array<ArrayBuffer>;
  /** An estimate of how far the surface moved, in the units of the mesh. */
  error: number;
}

/**
 * Simplifies a merged mesh, and where borders and seams leave more triangles than wanted, removes parts that are
 * smaller than `specks`. Never leaves nothing: rather more triangles than wanted.
 *
 * @param specks in the units of the mesh
 * @param from the mesh with some of its triangles gone already, to go on from where no error limits how far
 */
export function reduceMerged(
  merged: MergedMesh,
  limits: SimplifyLimits,
  specks: number,
  from: SimplifiedTriangles | null = null,
): SimplifiedTriangles {
  const all = merged.indices.length / 3;
  let made = limits.error < Infinity ? simplifyWithin(merged, limits) : simplifyMerged(merged, limits, from?.indices);
  // Parts that become flat vanish, and with few triangles that may be all of them.
  for (let triangles = limits.triangles; made.indices.length === 0 && triangles < all; ) {
    triangles = Math.max(4, triangles * 2);
    made = simplifyMerged(merged, { ...limits, triangles });
  }
  if (limits.triangles === 0 || made.indices.length / 3 <= limits.triangles) return made;
  const kept = MeshoptSimplifier.simplifyPrune(made.indices, merged.positions, 3, relativeTo(merged, specks));
  return kept.length > 0 ? { indices: kept as Uint32Array<ArrayBuffer>, error: Math.max(made.error, specks) } : made;
}

/** How much further than asked for a vertex may be from the simplified surface. */
const TOLERANCE = 2;
/** Barycentric coordinates of the points of a triangle whose distance is looked at. */
const MIDDLES = [
  [0.5, 0.5, 0],
  [0, 0.5, 0.5],
  [0.5, 0, 0.5],
  [1 / 3, 1 / 3, 1 / 3],
] as const;
/** Vertices, and triangles, whose distance is looked at. */
const MOST_CHECKED = 30_000;

/**
 * Simplifies within an error that holds: the quadric error estimates a distance, and where it estimates far too little
 * (folds, flaps, thin plates) the mesh is simplified again, more carefully, and in the end not at all.
 */
function simplifyWithin(merged: MergedMesh, limits: SimplifyLimits): SimplifiedTriangles {
  const attempts = [
    limits,
    ...(limits.keepCreases ? [] : [{ ...limits, keepCreases: true }]),
    { ...limits, keepCreases: true, error: limits.error / 8 },
  ];
  for (const attempt of attempts) {
    const made = simplifyMerged(merged, attempt);
    if (made.indices.length > 0 && isWithin(merged, made.indices, TOLERANCE * limits.error)) return made;
  }
  return { indices: merged.indices, error: 0 };
}

/**
 * Whether no vertex of the mesh that is looked at is further from what is left than `distance`, and no triangle of it
 * from the mesh; up to `MOST_CHECKED` of each are looked at.
 */
function isWithin({ positions: p, indices }: MergedMesh, left: Uint32Array, distance: number): boolean {
  if (left.length === indices.length) return true;
  const limit = distance * distance;
  const made = new TriangleTree({ positions: p, indices: left });
  const nearest = { triangle: 0 };
  for (let i = 0; i < indices.length; i += Math.max(1, Math.ceil(indices.length / MOST_CHECKED))) {
    const at = indices[i]! * 3;
    if (made.squaredDistance(p[at]!, p[at + 1]!, p[at + 2]!, nearest.triangle, nearest) > limit) return false;
  }
  const source = new TriangleTree({ positions: p, indices });
  nearest.triangle = 0;
  const isNear = (x: number, y: number, z: number) =>
    source.squaredDistance(x, y, z, nearest.triangle, nearest) <= limit;
  for (let i = 0; i < left.length; i += 3 * Math.max(1, Math.ceil(left.length / 3 / MOST_CHECKED))) {
    const [a, b, c] = [left[i]! * 3, left[i + 1]! * 3, left[i + 2]! * 3];
    // The middles of the edges and of the triangle: its corners are corners of the mesh.
    for (const [u, v, w] of MIDDLES) {
      const x = u * p[a]! + v * p[b]! + w * p[c]!;
      const y = u * p[a + 1]! + v * p[b + 1]! + w * p[c + 1]!;
      const z = u * p[a + 2]! + v * p[b + 2]! + w * p[c + 2]!;
      if (!isNear(x, y, z)) return false;
    }
  }
  return true;
}

function relativeTo({ positions }: MergedMesh, length: number): number {
  const scale = MeshoptSimplifier.getScale(positions, 3);
  return scale > 0 ? length / scale : 0;
}

/**
 * Collapses edges until a limit is met: quadric error with attributes (Garland and Heckbert 1997; Hoppe 1999), as
 * meshoptimizer does it. Vertices stay where they are; only which of them are used changes.
 *
 * Wait for `MeshoptSimplifier.ready` first.
 */
export function simplifyMerged(
  merged: MergedMesh,
  limits: SimplifyLimits,
  from: Uint32Array<ArrayBuffer> = merged.indices,
): SimplifiedTriangles {
  const flags: SimplifierFlags[] = ['ErrorAbsolute'];
  if (limits.lockBorder) flags.push('LockBorder');
  if (from !== merged.indices) flags.push('Sparse');
  if (!limits.keepCreases) {
    const made = collapse(merged, limits, from, [...flags, 'Permissive']);
    if (!hasMixed(merged, made.indices)) return made;
  }
  return collapse(merged, limits, from, flags);
}

function collapse(
  { positions, attributes, weights, locks }: MergedMesh,
  { triangles, error }: SimplifyLimits,
  from: Uint32Array<ArrayBuffer>,
  flags: SimplifierFlags[],
): SimplifiedTriangles {
  const target = Math.min(from.length, Math.max(0, Math.floor(triangles)) * 3);
  const [indices, reached] = MeshoptSimplifier.simplifyWithAttributes(
    from,
    positions,
    3,
    attributes,
    weights.length,
    weights,
    locks,
    target,
    error,
    flags,
  );
  return { indices: indices as Uint32Array<ArrayBuffer>, error: reached };
}

/** Whether a triangle has corners of several primitives, which no primitive could draw. */
function hasMixed({ parts }: MergedMesh, indices: Uint32Array): boolean {
  if (parts.length === 1) return false;
  for (let i = 0; i < indices.length; i += 3) {
    const part = parts.find(({ first, count }) => indices[i]! < first + count)!;
    for (let k = 1; k < 3; k++) {
      const vertex = indices[i + k]!;
      if (vertex < part.first || vertex >= part.first + part.count) return true;
    }
  }
  return false;
}
