import { MeshoptSimplifier, type SimplifierFlags } from 'meshoptimizer/simplifier';
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
 */
export function reduceMerged(merged: MergedMesh, limits: SimplifyLimits, specks: number): SimplifiedTriangles {
  const all = merged.indices.length / 3;
  let made = simplifyMerged(merged, limits);
  // Parts that become flat vanish, and with few triangles that may be all of them.
  for (let triangles = limits.triangles; made.indices.length === 0 && triangles < all; ) {
    triangles = Math.max(4, triangles * 2);
    made = simplifyMerged(merged, { ...limits, triangles });
  }
  if (limits.triangles === 0 || made.indices.length / 3 <= limits.triangles) return made;
  const kept = MeshoptSimplifier.simplifyPrune(made.indices, merged.positions, 3, relativeTo(merged, specks));
  return kept.length > 0 ? { indices: kept as Uint32Array<ArrayBuffer>, error: Math.max(made.error, specks) } : made;
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
