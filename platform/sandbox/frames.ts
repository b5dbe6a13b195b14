/**
 * Messages between the parent and a sandboxed process: four bytes of length (big-endian), then that much JSON, over a
 * pipe of their own. Node's own `ipc` channel has no limit on the length of a message, hands messages that begin with
 * `NODE_` to Node itself, and buffers without end; this does neither.
 */
const HEADER_BYTES = 4;

/** The longest message that a sandboxed process may send: a report of a model with very many parts fits. */
export const MESSAGE_LIMIT_BYTES = 8 * 1024 ** 2;

/** One message as bytes. */
export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const frame = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, HEADER_BYTES);
  return frame;
}

/** A message that is longer than the reader allows. */
export class FrameTooLong extends Error {
  constructor(bytes: number, limitBytes: number) {
    super(`a message of ${bytes} bytes is longer than the limit of ${limitBytes}`);
    this.name = 'FrameTooLong';
  }
}

/** Cuts a stream of bytes into messages, holding at most one message and one chunk in memory. */
export class FrameReader {
  readonly #limitBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /**
   * Takes the next bytes and yields the bodies of the messages that they complete.
   * @throws FrameTooLong as soon as a header announces more than the limit.
   */
  *push(chunk: Buffer): Generator<string> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (;;) {
      if (this.#bytes < HEADER_BYTES) return;
      const length = this.#header();
      if (length > this.#limitBytes) throw new FrameTooLong(length, this.#limitBytes);
      if (this.#bytes < HEADER_BYTES + length) return;
      yield this.#take(HEADER_BYTES + length).toString('utf8', HEADER_BYTES);
    }
  }

  #header(): number {
    const first = this.#chunks[0]!;
    if (first.length >= HEADER_BYTES) return first.readUInt32BE(0);
    return this.#joined().readUInt32BE(0);
  }

  #take(bytes: number): Buffer {
    const all = this.#joined();
    const rest = all.subarray(bytes);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#bytes = rest.length;
    return all.subarray(0, bytes);
  }

  #joined(): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
