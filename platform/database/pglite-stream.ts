import { Duplex } from 'node:stream';
import type { Worker } from 'node:worker_threads';
import type { FromPgliteWorker, ToPgliteWorker } from './pglite-worker.ts';

/**
 * What `pg` takes for its socket: a stream whose other end is PGlite in a worker thread. One query is one message each
 * way (`pg` corks the stream around it), where PGlite's own adapter for `pg` sends each protocol message by itself and
 * takes two to three times the processor time (`docs/decisions/embedded-database.md`).
 */
export class PgliteStream extends Duplex {
  readonly #worker: Worker;
  readonly #connection: number;
  readonly #received = (message: FromPgliteWorker) => {
    if (message.type === 'bytes' && message.connection === this.#connection) {
      this.push(Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength));
    }
  };
  readonly #ended = () => this.destroy(new Error('the embedded database has ended'));

  /** `connection` tells the worker (and this stream) which bytes belong together. */
  constructor(worker: Worker, connection: number) {
    super();
    this.#worker = worker;
    this.#connection = connection;
    worker.on('message', this.#received);
    worker.once('exit', this.#ended);
  }

  connect(): void {
    // A worker that has ended answers nothing, and its `exit` came before this stream was there to hear it.
    if (this.#worker.threadId === -1) this.#ended();
    else queueMicrotask(() => this.emit('connect'));
  }
  setNoDelay(): void {}
  setKeepAlive(): void {}
  ref(): void {}
  unref(): void {}

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send([chunk]);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(chunks.map(({ chunk }) => chunk));
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#worker.off('message', this.#received);
    this.#worker.off('exit', this.#ended);
    done(error);
  }

  #send(chunks: Buffer[]): void {
    // A copy with a buffer of its own: it can be transferred, and Node's pooled buffers would be cloned whole.
    const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let offset = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    const message: ToPgliteWorker = { type: 'bytes', connection: this.#connection, bytes };
    this.#worker.postMessage(message, [bytes.buffer]);
  }
}
