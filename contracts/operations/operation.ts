import { z } from 'zod';
import { resampleOperation } from './animation-operations.ts';
import { dedupeOperation, pruneOperation, renameOperation, stripOperation } from './cleaning-operations.ts';
import { dracoOperation, meshoptOperation, quantizeOperation, texturesOperation } from './compression-operations.ts';
import {
  fillHolesOperation,
  lodOperation,
  normalsOperation,
  repairOperation,
  simplifyOperation,
  tangentsOperation,
  weldOperation,
} from './mesh-operations.ts';
import { optionsByType } from './options-by-type.ts';
import { remeshOperation, sampleOperation, voxelizeOperation } from './resampling-operations.ts';
import {
  flattenOperation,
  instanceOperation,
  joinOperation,
  splitOperation,
  transformOperation,
} from './scene-operations.ts';
import { colliderOperation, convexDecomposeOperation, navmeshOperation } from './simulation-operations.ts';
import { booleanOperation, hullOperation, sliceOperation } from './solid-operations.ts';
import { tagOperation } from './tag-operation.ts';
import { atlasOperation, bakeOcclusionOperation, bakeOperation, unwrapOperation } from './texture-space-operations.ts';

/** Makes the schema of every operation, by its type. Documents, the API and the engine's table are made of it. */
export const OPERATIONS = {
  transform: transformOperation,
  dedupe: dedupeOperation,
  prune: pruneOperation,
  strip: stripOperation,
  rename: renameOperation,
  tag: tagOperation,
  flatten: flattenOperation,
  join: joinOperation,
  split: splitOperation,
  instance: instanceOperation,
  weld: weldOperation,
  fillHoles: fillHolesOperation,
  repair: repairOperation,
  simplify: simplifyOperation,
  lod: lodOperation,
  normals: normalsOperation,
  tangents: tangentsOperation,
  hull: hullOperation,
  slice: sliceOperation,
  boolean: booleanOperation,
  remesh: remeshOperation,
  voxelize: voxelizeOperation,
  sample: sampleOperation,
  convexDecompose: convexDecomposeOperation,
  collider: colliderOperation,
  navmesh: navmeshOperation,
  unwrap: unwrapOperation,
  bakeOcclusion: bakeOcclusionOperation,
  bake: bakeOperation,
  atlas: atlasOperation,
  resample: resampleOperation,
  textures: texturesOperation,
  quantize: quantizeOperation,
  meshopt: meshoptOperation,
  draco: dracoOperation,
} as const;

/** The schemas themselves. */
type Schemas = { [T in keyof typeof OPERATIONS]: ReturnType<(typeof OPERATIONS)[T]> };

/** One step of a recipe. The schemas of operations that none of them is are not made. */
export const Operation = z.discriminatedUnion(
  'type',
  optionsByType(OPERATIONS, (schema) => schema.strict()),
) as unknown as z.ZodType<
  { [T in keyof Schemas]: z.output<Schemas[T]> }[keyof Schemas],
  { [T in keyof Schemas]: z.input<Schemas[T]> }[keyof Schemas]
>;

export type Operation = z.output<typeof Operation>;
/** The name of an operation. */
export type OperationType = Operation['type'];
/** The parameters of one operation, defaults filled in. */
export type OperationOf<T extends OperationType> = Extract<Operation, { type: T }>;
