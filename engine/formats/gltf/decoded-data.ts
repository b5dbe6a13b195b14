import type { GLTF } from '@gltf-transform/core';

/**
 * Collects decompressed data into one buffer of an asset. Indices that exist stay as they are, so that JSON pointers
 * in findings keep pointing into the file that the client knows.
 */
export class DecodedData {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;
  private readonly bufferIndex: number;

  constructor(bufferIndex: number) {
    this.bufferIndex = bufferIndex;
  }

  /** Adds bytes at the next multiple of four and returns the buffer view that covers them. */
  add(bytes: Uint8Array): GLTF.IBufferView {
    const byteOffset = this.length;
    this.chunks.push(bytes);
    this.length += (bytes.byteLength + 3) & ~3;
    return { buffer: this.bufferIndex, byteOffset, byteLength: bytes.byteLength };
  }

  /** The bytes of the buffer. */
  finish(): Uint8Array {
    const out = new Uint8Array(Math.max(this.length, 4));
    let offset = 0;
    for (const chunk of this.chunks) {
      out.set(chunk, offset);
      offset += (chunk.byteLength + 3) & ~3;
    }
    return out;
  }
}
