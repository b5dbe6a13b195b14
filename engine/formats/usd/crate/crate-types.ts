import type { UsdScalarType } from '../usd-layer.ts';

/** Numbers of the value types in a crate file (`crateDataTypes.h`). */
export const CRATE_TYPE = {
  bool: 1,
  int: 3,
  float: 8,
  double: 9,
  string: 10,
  token: 11,
  asset: 12,
  matrix4d: 15,
  quatf: 17,
  float2: 20,
  double3: 23,
  float3: 24,
  half3: 25,
  float4: 28,
  tokenListOp: 32,
  pathListOp: 34,
  referenceListOp: 35,
  tokenVector: 41,
  specifier: 42,
  variability: 44,
  timeSamples: 46,
  doubleVector: 48,
} as const;

/** Kinds of specs (`SdfSpecType`). */
export const SPEC_TYPE = {
  attribute: 1,
  prim: 6,
  pseudoRoot: 7,
  relationship: 8,
  variant: 10,
  variantSet: 11,
} as const;

/** How the numbers of a type lie in the file. */
export type NumberStore = 'float' | 'double' | 'half' | 'int';

export const NUMBER_TYPES: Partial<Record<UsdScalarType, { crate: number; width: number; store: NumberStore }>> = {
  int: { crate: CRATE_TYPE.int, width: 1, store: 'int' },
  float: { crate: CRATE_TYPE.float, width: 1, store: 'float' },
  double: { crate: CRATE_TYPE.double, width: 1, store: 'double' },
  matrix4d: { crate: CRATE_TYPE.matrix4d, width: 16, store: 'double' },
  quatf: { crate: CRATE_TYPE.quatf, width: 4, store: 'float' },
  half3: { crate: CRATE_TYPE.half3, width: 3, store: 'half' },
  float2: { crate: CRATE_TYPE.float2, width: 2, store: 'float' },
  texCoord2f: { crate: CRATE_TYPE.float2, width: 2, store: 'float' },
  float3: { crate: CRATE_TYPE.float3, width: 3, store: 'float' },
  color3f: { crate: CRATE_TYPE.float3, width: 3, store: 'float' },
  point3f: { crate: CRATE_TYPE.float3, width: 3, store: 'float' },
  normal3f: { crate: CRATE_TYPE.float3, width: 3, store: 'float' },
  vector3f: { crate: CRATE_TYPE.float3, width: 3, store: 'float' },
  float4: { crate: CRATE_TYPE.float4, width: 4, store: 'float' },
  double3: { crate: CRATE_TYPE.double3, width: 3, store: 'double' },
};
