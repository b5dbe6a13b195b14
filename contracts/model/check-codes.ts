import { z } from 'zod';

/** The checks on a model beside those of the Khronos validator. A code stays what it is for good. */
export const CheckCode = z.enum([
  'NON_FINITE_VALUES',
  'WEIGHTS_NOT_NORMALIZED',
  'NON_MANIFOLD_EDGES',
  'OPEN_BOUNDARIES',
  'INCONSISTENT_WINDING',
  'INSIDE_OUT_PARTS',
  'INVERTED_NORMALS',
  'DEGENERATE_TRIANGLES',
  'DUPLICATE_TRIANGLES',
  'SELF_INTERSECTIONS',
  'DISCONNECTED_PARTS',
  'UNUSED_VERTICES',
  'UNUSED_DATA',
  'UV_OVERLAP',
  'UV_OUT_OF_RANGE',
  'UNEVEN_TEXEL_DENSITY',
  'TEXTURE_TOO_LARGE',
  'TEXTURE_NOT_POWER_OF_TWO',
  'TEXTURE_FORMAT',
  'MISSING_TANGENTS',
  'EXTREME_SCALE',
  'FAR_FROM_ORIGIN',
  'ANIMATION_GAPS',
]);

export type CheckCode = z.infer<typeof CheckCode>;

/** What a check measured. */
export const CheckResult = z.object({
  code: CheckCode,
  value: z.number().nullable().describe('See `docs/validation.md`; null where the check does not apply to the model'),
});

export type CheckResult = z.infer<typeof CheckResult>;
