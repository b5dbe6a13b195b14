import type { Readable } from 'node:stream';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { DirectUploads } from './direct-uploads.ts';

/** A stored blob. */
export interface StoredObject {
  sha256: Sha256;
  bytes: number;
}

/** Names of blobs come from requests too: nothing but a hash may become a path or a key. */
export const OBJECT_NAME = /^[0-9a-f]{64}$/;

/** What `put` may be told. */
export interface PutOptions {
  /** Stop with `payload_too_large` when more bytes than this come. */
  limitBytes?: number;
  signal?: AbortSignal;
  /**
   * Told when this call has made the blob: its bytes were not there before. With the time that the blob counts as modified
   * at, as long as nobody stores the same bytes again.
   */
  onMade?: (at: Date) => void;
}

/**
 * Object storage: immutable blobs named by the SHA-256 of their bytes. Every adapter passes
 * `objects.contract.ts`.
 *
 * Writes are atomic: a blob is there whole or not at all, whenever the process dies. Memory stays flat, whatever the size.
 */
export interface ObjectStore {
  /**
   * Stores a stream. The same bytes stored twice are one blob, and count as modified at the second time.
   * @throws MaquetteError `payload_too_large`; the signal's reason when it aborts; whatever the source throws.
   */
  put(source: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<StoredObject>;
  /** Stores a local file; the file stays. */
  putFile(path: string): Promise<StoredObject>;
  /** Size and time of a blob, or null. */
  stat(sha256: Sha256): Promise<(StoredObject & { modifiedAt: Date }) | null>;
  /**
   * Streams a blob, or a part of it (both ends inclusive, as in HTTP).
   * @throws MaquetteError `not_found`, `range_not_satisfiable` when the range begins behind the blob's end.
   */
  read(sha256: Sha256, range?: { start: number; end: number }): Promise<Readable>;
  /**
   * Copies a blob to a local path that does not exist yet. The copy may be changed without harm to the blob.
   * @throws MaquetteError `not_found`
   */
  copyTo(sha256: Sha256, path: string): Promise<void>;
  /**
   * Removes a blob; silent when there is none.
   * @param modifiedBefore leaves a blob that was stored (again) at or after this time: a sweep of blobs that nobody
   * refers to must not take one that an upload has just found present.
   */
  delete(sha256: Sha256, modifiedBefore?: Date): Promise<void>;
  /** Every blob, in no order. */
  list(): AsyncIterable<StoredObject & { modifiedAt: Date }>;
  close(): Promise<void>;
  /** Uploads past the server, where the storage offers them to clients. */
  readonly direct?: DirectUploads;
}
