import type { Deviation, GateResult, ModelCost, PictureDifference } from '#contracts/operations/optimize-report.ts';
import type { Gates } from '#contracts/operations/recipe.ts';

/** What gates are held against. */
export interface GatedResult {
  cost: ModelCost;
  deviation: Deviation | null;
  picture: PictureDifference | null;
  /** Longest side of any texture, in pixels. */
  textureSize: number;
}

const VALUES: Record<keyof Gates, (result: GatedResult) => number | null> = {
  maxDeviation: ({ deviation }) => deviation?.max ?? null,
  maxRelativeDeviation: ({ deviation }) => deviation?.relativeMax ?? null,
  maxBytes: ({ cost }) => cost.bytes,
  maxTriangles: ({ cost }) => cost.triangles,
  maxVertices: ({ cost }) => cost.vertices,
  maxDrawCalls: ({ cost }) => cost.drawCalls,
  maxGpuBytes: ({ cost }) => cost.gpuBytes,
  maxTextureSize: ({ textureSize }) => textureSize,
  minSsim: ({ picture }) => picture?.ssim.min ?? null,
};

/** Gates that are kept from above. */
const LEAST: ReadonlySet<keyof Gates> = new Set(['minSsim']);

/** Holds a result against every given gate. What could not be measured has not passed. */
export function checkGates(gates: Gates, result: GatedResult): GateResult[] {
  return (Object.keys(VALUES) as (keyof Gates)[]).flatMap((gate) => {
    const limit = gates[gate];
    if (limit === undefined) return [];
    const value = VALUES[gate](result);
    return [{ gate, limit, value, passed: value !== null && (LEAST.has(gate) ? value >= limit : value <= limit) }];
  });
}
