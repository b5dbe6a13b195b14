import type { Document } from '@gltf-transform/core';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { ModelCost, OperationReport } from '#contracts/operations/optimize-report.ts';
import type { Placements } from './source-placements.ts';

/** Where a recipe has come to on one way: the model after a step, and what led to it. */
export interface StepState {
  /** Null after somebody has taken it to change it. */
  document: Document | null;
  /** The document as a file, where one was written. */
  glb: Uint8Array<ArrayBuffer> | null;
  cost: ModelCost;
  /** Diagonal of the source as it was moved, in metres. */
  diagonal: number;
  placements: Placements;
  /** Of every step on the way, by its key, in their order. */
  reports: ReadonlyMap<Sha256, OperationReport>;
  /** Estimated seconds of work since the model was last written and read anew. */
  pending: number;
}

/** Where results of steps are kept from one recipe to the next. */
export interface StateCache {
  /** What was kept under a key; null where nothing was. */
  read(key: Sha256): Promise<Uint8Array | null>;
  /** Keeps a state, unless there is no room. */
  write(key: Sha256, state: Uint8Array): Promise<void>;
}

/** The length of the description, before it. */
export const HEADER_BYTES = 4;

/** A state as bytes: the length of the description, the description as JSON, the model as GLB. */
export function encodeState(
  { cost, diagonal, placements, reports }: StepState,
  glb: Uint8Array,
): Uint8Array<ArrayBuffer> {
  // What a deviation is depends on how it is measured, which is no part of the key.
  const kept = [...reports].map(([key, report]) => [key, { ...report, deviation: null }]);
  const text = new TextEncoder().encode(JSON.stringify({ cost, diagonal, placements, reports: kept }));
  const bytes = new Uint8Array(HEADER_BYTES + text.byteLength + glb.byteLength);
  new DataView(bytes.buffer).setUint32(0, text.byteLength, true);
  bytes.set(text, HEADER_BYTES);
  bytes.set(glb, HEADER_BYTES + text.byteLength);
  return bytes;
}
