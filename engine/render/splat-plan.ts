import * as L from './kernel/layout.ts';

/** Coefficients of harmonics up to a degree. */
export function coefficientCount(degree: number): number {
  return (degree + 1) ** 2;
}

/** Where splats lie in the kernel's memory. */
export interface SplatPlan {
  count: number;
  splats: number;
  groups: number;
  harmonics: number;
  view: number;
  pairs: number;
}

/** Lays out what clouds of splats take. */
export function planSplats(
  clouds: readonly { count: number; degree: number }[],
  take: (name: string, bytes: number) => number,
): SplatPlan {
  const count = clouds.reduce((sum, cloud) => sum + cloud.count, 0);
  const numbers = clouds.reduce((sum, cloud) => sum + cloud.count * coefficientCount(cloud.degree) * 3, 0);
  return {
    count,
    splats: take('splats', count * L.SPLAT_BYTES),
    groups: take('splats', clouds.length * L.SPLAT_GROUP_BYTES),
    harmonics: take('splats', numbers * 4),
    view: take('splats', count * L.SPLAT_VIEW_BYTES),
    pairs: take('splats', count * 16),
  };
}
