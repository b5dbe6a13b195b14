import type { ModelCost } from '#contracts/operations/optimize-report.ts';
import type { StepOperation } from '#contracts/operations/recipe-graph.ts';

/** Seconds that an operation takes on a million triangles; of those that are not listed, `OTHERS`. */
const PER_MILLION_TRIANGLES: Partial<Record<StepOperation['type'], number>> = {
  transform: 0.01,
  dedupe: 0.3,
  prune: 0.05,
  strip: 0.05,
  rename: 0.001,
  tag: 0.001,
  resample: 0.01,
  flatten: 0.05,
  join: 0.3,
  instance: 0.05,
  merge: 0.1,
  weld: 0.5,
  normals: 0.3,
  split: 0.5,
  quantize: 0.3,
};
/** What changes the shape of a surface takes about a second for a million triangles, or more. */
const OTHERS = 1.5;
/** Seconds for a byte of GPU memory of textures that are scaled and encoded anew. */
const TEXTURE_SECONDS = 1.5e-7;

/**
 * Seconds that an operation is expected to take, on one core of some years ago. A rough guess that depends on the model
 * alone, never on the machine: it shares out progress, and decides where a recipe's results are kept.
 */
export function estimateSeconds({ type }: StepOperation, { triangles, gpuBytes, vertices }: ModelCost): number {
  // Nearly all that the vertices and indices do not take are textures, with their mip-maps.
  if (type === 'textures') return Math.max(0, gpuBytes - vertices * 32 - triangles * 12) * TEXTURE_SECONDS;
  return (triangles / 1e6) * (PER_MILLION_TRIANGLES[type] ?? OTHERS);
}

/**
 * Seconds that it takes to write a model, to store it, and to read it again.
 *
 * @param bytes what its vertices, animations and images take
 */
export function estimateStateSeconds(bytes: number): number {
  return bytes * 8e-9;
}
