import type { MergedMesh } from './merged-mesh.ts';
import { type SimplifyLimits, simplifyMerged } from './simplify-merged.ts';

/** A mesh with what it counts in the scene. */
export interface WeighedMesh {
  merged: MergedMesh;
  /** How often it is drawn. */
  uses: number;
  /** Local units times this are metres. */
  scale: number;
}

/** How many triangles a mesh has when its surface may move so far. */
interface Curve {
  uses: number;
  /** From all triangles and no error to few triangles and much error. */
  points: { triangles: number; error: number }[];
}

/** A mesh is not looked at below this many triangles. */
const FEWEST = 8;

/**
 * Divides a number of triangles among meshes so that the error is the same on all: where most can be taken without
 * being seen, most is taken. Each mesh is halved again and again to learn what it loses by that, and the error is
 * searched at which the sum fits.
 *
 * @param total triangles as drawn, all meshes together
 * @returns triangles for each mesh
 */
export function shareLoss(
  meshes: readonly WeighedMesh[],
  total: number,
  limits: Pick<SimplifyLimits, 'lockBorder' | 'keepCreases'>,
): number[] {
  const all = meshes.reduce((sum, { merged, uses }) => sum + (merged.indices.length / 3) * uses, 0);
  if (meshes.length === 1 || total >= all) {
    return meshes.map(({ merged }) => (merged.indices.length / 3) * Math.min(1, total / all));
  }
  const curves = meshes.map((mesh) => measureCurve(mesh, (total / all) * 0.25, limits));
  const sumAt = (error: number) => curves.reduce((sum, curve) => sum + trianglesAt(curve, error) * curve.uses, 0);
  let low = 0;
  let high = Math.max(...curves.map(({ points }) => points.at(-1)!.error));
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (sumAt(middle) > total) low = middle;
    else high = middle;
  }
  const counts = curves.map((curve) => trianglesAt(curve, high));
  // Where even the end of the curves is too much, all give by the same factor.
  const excess = sumAt(high) / total;
  return excess > 1 ? counts.map((count) => count / excess) : counts;
}

function measureCurve(
  { merged, uses, scale }: WeighedMesh,
  least: number,
  limits: Pick<SimplifyLimits, 'lockBorder' | 'keepCreases'>,
): Curve {
  let triangles = merged.indices.length / 3;
  const end = Math.max(FEWEST, triangles * least);
  const points = [{ triangles, error: 0 }];
  let indices = merged.indices;
  let error = 0;
  while (triangles > end) {
    const made = simplifyMerged(merged, { ...limits, triangles: triangles / 2, error: Infinity }, indices);
    const count = made.indices.length / 3;
    if (count === 0 || count > triangles * 0.9) break;
    error += made.error * scale;
    points.push({ triangles: count, error });
    indices = made.indices;
    triangles = count;
  }
  return { uses, points };
}

/** Between two points of a curve, triangles fall as a power of the error, which is what they do on smooth surfaces. */
function trianglesAt({ points }: Curve, error: number): number {
  const next = points.findIndex((point) => point.error >= error);
  if (next < 0) return points.at(-1)!.triangles;
  if (next === 0) return points[0]!.triangles;
  const [a, b] = [points[next - 1]!, points[next]!];
  const span = b.error - a.error;
  const share = span > 0 ? (error - a.error) / span : 1;
  return a.triangles * (b.triangles / a.triangles) ** share;
}
