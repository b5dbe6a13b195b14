import { MeshoptSimplifier, type SimplifierFlags } from 'meshoptimizer/simplifier';
import { TriangleTree } from '../../measure/triangle-tree.ts';
import { type CollapseTask, collapseEdges, type EdgeCollapser, type SimplifiedTriangles } from './collapse-edges.ts';
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

/** A merged mesh, how far to simplify it, and from where. */
export interface SimplifyRequest {
  merged: MergedMesh;
  limits: SimplifyLimits;
  /** The mesh with some of its triangles gone already; null for the mesh itself. */
  from: SimplifiedTriangles | null;
}

/**
 * Simplifies a merged mesh, and where borders and seams leave more triangles than wanted, removes parts that are
 * smaller than `specks`. Never leaves nothing: rather more triangles than wanted.
 *
 * @param specks in the units of the mesh
 * @param simplified what `simplifyAll` made of it by the same limits, where no error limits how far
 */
export function reduceMerged(
  merged: MergedMesh,
  limits: SimplifyLimits,
  specks: number,
  simplified?: SimplifiedTriangles,
): SimplifiedTriangles {
  const all = merged.indices.length / 3;
  let made = simplified ?? (limits.error < Infinity ? simplifyWithin : simplifyMerged)(merged, limits);
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
 * Collapses edges until a limit is met, in such a way that each triangle stays with one primitive.
 *
 * Wait for `MeshoptSimplifier.ready` first.
 */
function simplifyMerged(merged: MergedMesh, limits: SimplifyLimits): SimplifiedTriangles {
  const [first, careful] = attemptsAt({ merged, limits, from: null });
  const made = collapseEdges(first);
  return careful && hasMixed(merged, made.indices) ? collapseEdges(careful) : made;
}

/**
 * The same for several meshes at once.
 *
 * @returns what is left of each, in their order
 */
export async function simplifyAll(
  requests: readonly SimplifyRequest[],
  collapser: EdgeCollapser,
): Promise<SimplifiedTriangles[]> {
  const attempts = requests.map(attemptsAt);
  const made = await collapser.collapse(attempts.map(([first]) => first));
  const again = [...attempts.entries()].flatMap(([index, [, careful]]) =>
    careful && hasMixed(requests[index]!.merged, made[index]!.indices) ? [{ index, careful }] : [],
  );
  const better = await collapser.collapse(again.map(({ careful }) => careful));
  for (const [at, { index }] of again.entries()) made[index] = better[at]!;
  return made;
}

/** How to collapse the edges of a mesh, and how more carefully where that mixes primitives. */
function attemptsAt({ merged, limits, from }: SimplifyRequest): [CollapseTask, CollapseTask?] {
  const { positions, attributes, weights, locks } = merged;
  const indices = from?.indices ?? merged.indices;
  const flags: SimplifierFlags[] = ['ErrorAbsolute'];
  if (limits.lockBorder) flags.push('LockBorder');
  if (indices !== merged.indices) flags.push('Sparse');
  const careful: CollapseTask = {
    positions,
    attributes,
    weights,
    locks,
    indices,
    target: Math.min(indices.length, Math.max(0, Math.floor(limits.triangles)) * 3),
    error: limits.error,
    flags,
  };
  return limits.keepCreases ? [careful] : [{ ...careful, flags: [...flags, 'Permissive'] }, careful];
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
