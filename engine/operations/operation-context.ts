import type { Document } from '@gltf-transform/core';
import type { OperationOf, OperationType } from '#contracts/operations/operation.ts';
import type { RenderHost } from '../render/render-host.ts';
import type { DecodeImage, EncodeTexture } from '../texture/image-codec.ts';
import type { EdgeCollapser } from './simplify/collapse-edges.ts';

/** What operations need of the machine they run on. */
export interface OperationHost {
  decodeImage: DecodeImage;
  encodeTexture: EncodeTexture;
  /** Kernel and threads that draw pictures and trace rays; they may be loaded, and start, when first asked for. */
  renderer(): Promise<RenderHost>;
  /** Threads that simplify meshes; they start when there is enough for them to do. */
  readonly collapser: EdgeCollapser;
  /** Milliseconds since some fixed moment; for statistics alone. */
  now(): number;
}

/** What an operation works with beside the document and its parameters. */
export interface OperationContext {
  host: OperationHost;
  /**
   * Another model that the recipe names, as a document to change.
   * @throws MaquetteError what reading it throws
   */
  openOther(model: string): Promise<Document>;
  /** Diagonal of the bounds of the source, in metres; 0 where it has none. */
  diagonal: number;
  /** Says what was done, or what was left alone and why: one sentence for people. */
  note(message: string): void;
}

/** An operation: changes the document as its parameters say. */
export type OperationFunction<T extends OperationType> = (
  document: Document,
  parameters: OperationOf<T>,
  context: OperationContext,
) => void | Promise<void>;
