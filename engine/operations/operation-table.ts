import { type Document, Logger } from '@gltf-transform/core';
import type { Operation, OperationOf, OperationType } from '#contracts/operations/operation.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';

/** An operation of the engine. */
interface Entry<T extends OperationType> {
  /** Loaded when a recipe asks for it: each brings libraries of its own. */
  load(): Promise<OperationFunction<T>>;
  /** Whether it may move the surface, so that the deviation from the source has to be measured after it. */
  movesSurface(parameters: OperationOf<T>): boolean;
}

/** What operations have to say goes into their notes. */
const SILENT = new Logger(Logger.Verbosity.SILENT);

const never = () => false;
const always = () => true;

/** Every operation, by its type. The schemas of the parameters are in `contracts/operations`. */
const TABLE: { [T in OperationType]: Entry<T> } = {
  transform: { load: async () => (await import('./transform.ts')).transform, movesSurface: never },
  dedupe: { load: async () => (await import('./dedupe.ts')).dedupe, movesSurface: never },
  prune: { load: async () => (await import('./prune.ts')).prune, movesSurface: never },
  strip: {
    load: async () => (await import('./strip.ts')).strip,
    movesSurface: ({ kinds }) => kinds.includes('skins') || kinds.includes('morphTargets'),
  },
  rename: { load: async () => (await import('./rename.ts')).rename, movesSurface: never },
  tag: { load: async () => (await import('./tag.ts')).tag, movesSurface: never },
  resample: { load: async () => (await import('./resample.ts')).resample, movesSurface: never },
  flatten: { load: async () => (await import('./flatten.ts')).flatten, movesSurface: never },
  join: { load: async () => (await import('./join.ts')).join, movesSurface: never },
  split: { load: async () => (await import('./split.ts')).split, movesSurface: never },
  instance: { load: async () => (await import('./instance.ts')).instance, movesSurface: never },
  weld: { load: async () => (await import('./weld.ts')).weld, movesSurface: ({ tolerance }) => tolerance > 0 },
  fillHoles: { load: async () => (await import('./fill-holes.ts')).fillHoles, movesSurface: always },
  repair: { load: async () => (await import('./repair.ts')).repair, movesSurface: never },
  simplify: { load: async () => (await import('./simplify.ts')).simplify, movesSurface: always },
  lod: { load: async () => (await import('./lod.ts')).lod, movesSurface: never },
  normals: { load: async () => (await import('./normals.ts')).normals, movesSurface: never },
  tangents: { load: async () => (await import('./tangents.ts')).tangents, movesSurface: never },
  hull: { load: async () => (await import('./hull.ts')).hull, movesSurface: always },
  slice: { load: async () => (await import('./slice.ts')).slice, movesSurface: always },
  remesh: { load: async () => (await import('./remesh.ts')).remesh, movesSurface: always },
  voxelize: { load: async () => (await import('./voxelize.ts')).voxelize, movesSurface: always },
  boolean: { load: async () => (await import('./boolean.ts')).boolean, movesSurface: always },
  sample: { load: async () => (await import('./sample.ts')).sample, movesSurface: never },
  unwrap: { load: async () => (await import('./unwrap.ts')).unwrap, movesSurface: never },
  convexDecompose: {
    load: async () => (await import('./convex-decompose.ts')).convexDecompose,
    movesSurface: always,
  },
  collider: {
    load: async () => (await import('./collider.ts')).collider,
    movesSurface: ({ visible, keep }) => visible || !keep,
  },
  navmesh: {
    load: async () => (await import('./navmesh.ts')).navmesh,
    movesSurface: ({ visible, keep }) => visible || !keep,
  },
  bakeOcclusion: { load: async () => (await import('./bake-occlusion.ts')).bakeOcclusion, movesSurface: never },
  atlas: { load: async () => (await import('./atlas.ts')).atlas, movesSurface: never },
  bake: { load: async () => (await import('./bake.ts')).bake, movesSurface: always },
  textures: { load: async () => (await import('./textures.ts')).textures, movesSurface: never },
  quantize: { load: async () => (await import('./quantize.ts')).quantize, movesSurface: always },
  meshopt: {
    load: async () => (await import('./meshopt.ts')).meshopt,
    movesSurface: ({ level }) => level !== 'lossless',
  },
  draco: { load: async () => (await import('./draco.ts')).draco, movesSurface: always },
};

/** Begins to load what operations are made of: what compiles in other threads does so while a model is read. */
export function loadOperations(types: Iterable<OperationType>): void {
  // What cannot be loaded is told where it is needed.
  for (const type of types) TABLE[type].load().catch(() => {});
}

/** Carries an operation out. */
export async function runOperation(document: Document, operation: Operation, context: OperationContext): Promise<void> {
  return runEntry(document, operation.type, operation, context);
}

async function runEntry<T extends OperationType>(
  document: Document,
  type: T,
  parameters: OperationOf<T>,
  context: OperationContext,
): Promise<void> {
  const run = await TABLE[type].load();
  document.setLogger(SILENT);
  await run(document, parameters, context);
}

/** Whether what follows is written in another form, so that its size can only be told by writing it. */
export function compresses({ type }: Operation): boolean {
  return type === 'meshopt' || type === 'draco';
}

/** Whether an operation may move the surface of a model. */
export function movesSurface(operation: Operation): boolean {
  return entryMoves(operation.type, operation);
}

function entryMoves<T extends OperationType>(type: T, parameters: OperationOf<T>): boolean {
  return TABLE[type].movesSurface(parameters);
}
