import { z } from 'zod';
import { ResampleOperation } from './animation-operations.ts';
import { DedupeOperation, PruneOperation, RenameOperation, StripOperation } from './cleaning-operations.ts';
import { DracoOperation, MeshoptOperation, QuantizeOperation, TexturesOperation } from './compression-operations.ts';
import {
  FillHolesOperation,
  LodOperation,
  NormalsOperation,
  RepairOperation,
  SimplifyOperation,
  TangentsOperation,
  WeldOperation,
} from './mesh-operations.ts';
import { RemeshOperation, SampleOperation, VoxelizeOperation } from './resampling-operations.ts';
import {
  FlattenOperation,
  InstanceOperation,
  JoinOperation,
  SplitOperation,
  TransformOperation,
} from './scene-operations.ts';
import { ColliderOperation, ConvexDecomposeOperation, NavmeshOperation } from './simulation-operations.ts';
import { BooleanOperation, HullOperation, SliceOperation } from './solid-operations.ts';
import { TagOperation } from './tag-operation.ts';
import { AtlasOperation, BakeOcclusionOperation, BakeOperation, UnwrapOperation } from './texture-space-operations.ts';

/** The schema of every operation, by its type. Documents, the API and the engine's table are made of it. */
export const OPERATIONS = {
  transform: TransformOperation,
  dedupe: DedupeOperation,
  prune: PruneOperation,
  strip: StripOperation,
  rename: RenameOperation,
  tag: TagOperation,
  flatten: FlattenOperation,
  join: JoinOperation,
  split: SplitOperation,
  instance: InstanceOperation,
  weld: WeldOperation,
  fillHoles: FillHolesOperation,
  repair: RepairOperation,
  simplify: SimplifyOperation,
  lod: LodOperation,
  normals: NormalsOperation,
  tangents: TangentsOperation,
  hull: HullOperation,
  slice: SliceOperation,
  boolean: BooleanOperation,
  remesh: RemeshOperation,
  voxelize: VoxelizeOperation,
  sample: SampleOperation,
  convexDecompose: ConvexDecomposeOperation,
  collider: ColliderOperation,
  navmesh: NavmeshOperation,
  unwrap: UnwrapOperation,
  bakeOcclusion: BakeOcclusionOperation,
  bake: BakeOperation,
  atlas: AtlasOperation,
  resample: ResampleOperation,
  textures: TexturesOperation,
  quantize: QuantizeOperation,
  meshopt: MeshoptOperation,
  draco: DracoOperation,
} as const;

/** One step of a recipe. */
export const Operation = z.discriminatedUnion('type', [
  TransformOperation.strict(),
  DedupeOperation.strict(),
  PruneOperation.strict(),
  StripOperation.strict(),
  RenameOperation.strict(),
  TagOperation.strict(),
  FlattenOperation.strict(),
  JoinOperation.strict(),
  SplitOperation.strict(),
  InstanceOperation.strict(),
  WeldOperation.strict(),
  FillHolesOperation.strict(),
  RepairOperation.strict(),
  SimplifyOperation.strict(),
  LodOperation.strict(),
  NormalsOperation.strict(),
  TangentsOperation.strict(),
  HullOperation.strict(),
  SliceOperation.strict(),
  BooleanOperation.strict(),
  RemeshOperation.strict(),
  VoxelizeOperation.strict(),
  SampleOperation.strict(),
  ConvexDecomposeOperation.strict(),
  ColliderOperation.strict(),
  NavmeshOperation.strict(),
  UnwrapOperation.strict(),
  BakeOcclusionOperation.strict(),
  BakeOperation.strict(),
  AtlasOperation.strict(),
  ResampleOperation.strict(),
  TexturesOperation.strict(),
  QuantizeOperation.strict(),
  MeshoptOperation.strict(),
  DracoOperation.strict(),
]);

export type Operation = z.output<typeof Operation>;
/** The name of an operation. */
export type OperationType = Operation['type'];
/** The parameters of one operation, defaults filled in. */
export type OperationOf<T extends OperationType> = Extract<Operation, { type: T }>;
