import { ModelLimits } from '#contracts/model/model-limits.ts';

/**
 * The model was checked against the operator's limits when it was uploaded, and its GLB may be larger than what was
 * uploaded; in a render its memory is what counts.
 */
export const STORED_MODEL_LIMITS = ModelLimits.parse({
  fileBytes: 2 ** 40,
  decodedBytes: 2 ** 33,
  triangles: 500_000_000,
  nodes: 10_000_000,
});
