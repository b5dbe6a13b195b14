import type { Deviation, GateResult, ModelCost, PictureDifference } from '#contracts/operations/optimize-report.ts';
import type { Gates } from '#contracts/operations/recipe.ts';
import type { ProfileVerdict } from '#contracts/profiles/verdict.ts';
import { brokenRules } from '../validate/profiles/broken-rules.ts';

/** What gates are held against. */
export interface GatedResult {
  cost: ModelCost;
  deviation: Deviation | null;
  picture: PictureDifference | null;
  /** Longest side of any texture, in pixels. */
  textureSize: number;
  /** What the profile of the gates says; null where there is none, or the result could not be read. */
  verdict: ProfileVerdict | null;
}

type NumberGate = Exclude<keyof Gates, 'profile'>;

const VALUES: Record<NumberGate, (result: GatedResult) => number | null> = {
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
const LEAST: ReadonlySet<NumberGate> = new Set(['minSsim']);

/** Holds a result against every given gate. What could not be measured has not passed. */
export function checkGates(gates: Gates, result: GatedResult): GateResult[] {
  const numbers = (Object.keys(VALUES) as NumberGate[]).flatMap((gate) => {
    const limit = gates[gate];
    if (limit === undefined) return [];
    const value = VALUES[gate](result);
    return [{ gate, limit, value, passed: value !== null && (LEAST.has(gate) ? value >= limit : value <= limit) }];
  });
  return gates.profile === undefined ? numbers : [...numbers, profileResult(result.verdict)];
}

function profileResult(verdict: ProfileVerdict | null): GateResult {
  if (!verdict) return { gate: 'profile', limit: 0, value: null, passed: false };
  return { gate: 'profile', limit: 0, value: brokenRules(verdict).length, passed: verdict.passed, verdict };
}
