import type { BlobReference } from '#contracts/jobs/blob-reference.ts';

/** An object that comes in parts, straight to the storage. */
export interface DirectUpload {
  /** Chosen by the caller: letters, digits and `_`. */
  id: string;
  /** What the storage calls it. */
  storageUpload: string;
}

/** A part that is to be sent. Parts count from 1. */
export interface WantedPart {
  number: number;
  bytes: number;
  /** Of its bytes: the storage then takes no others. */
  sha256?: string | undefined;
}

/** A part that is there. */
export interface StoredPart {
  number: number;
  bytes: number;
  /** As the storage answered the part with, without quotes. */
  etag: string;
}

/** A request that brings one part: a PUT to `url` with these headers and exactly these bytes, until it expires. */
export interface PartRequest {
  url: string;
  headers: Record<string, string>;
  expiresAt: Date;
}

/**
 * What a storage offers to which clients can send by themselves, past the server: an object comes in parts under a
 * name of its own, and becomes a blob once the server knows what its bytes hash to. Nobody can change it in between.
 */
export interface DirectUploads {
  /** Begins an object. @returns what the storage calls it */
  begin(id: string): Promise<string>;
  /** Signs the request that brings a part: nothing else, no other length, and with a hash no other bytes. */
  requestFor(upload: DirectUpload, part: WantedPart): Promise<PartRequest>;
  /** The parts that are there, in order; null when the object does not wait for any: it is complete, or given up. */
  listParts(upload: DirectUpload): Promise<StoredPart[] | null>;
  /** Makes one object of the parts. */
  complete(upload: DirectUpload, parts: StoredPart[]): Promise<void>;
  /** Bytes of a complete object; null when there is none. */
  size(id: string): Promise<number | null>;
  /**
   * Makes a blob of a complete object: its bytes come here once, to be hashed, and are copied within the storage. The
   * object stays until it is discarded.
   *
   * @throws MaquetteError `not_found`, `payload_too_large`; the signal's reason when it aborts
   */
  adopt(id: string, options: AdoptOptions): Promise<BlobReference>;
  /** Removes an object and its parts, complete or not; silent when there are none. */
  discard(upload: DirectUpload): Promise<void>;
  /** Every object that is there or was begun, in no order. */
  list(): AsyncIterable<DirectUpload & { begunAt: Date }>;
}

/** What `adopt` may be told. */
export interface AdoptOptions {
  limitBytes: number;
  signal?: AbortSignal;
  /** Told of bytes as they are hashed. */
  onBytes?: (bytes: number) => void;
}
