import { unlessAborted } from '#platform/objects/gather.ts';

/**
 * Cuts a stream into pieces of bounded size, one after another, without holding more than a chunk of it. A stream that
 * breaks off ends, and so does one that the signal stops: what came before counts, and `broken` says why no more came.
 */
export class PieceCutter {
  readonly #source: AsyncIterator<Buffer>;
  readonly #signal: AbortSignal;
  #rest: Buffer | undefined;
  #ended = false;
  /** What the source threw. */
  broken: unknown;

  constructor(source: AsyncIterable<Buffer>, signal: AbortSignal) {
    this.#source = source[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  /** Whether there is at least one more byte. */
  async more(): Promise<boolean> {
    while (this.#rest === undefined && !this.#ended) await this.#read();
    return this.#rest !== undefined;
  }

  /** The next bytes, `most` of them at the most. */
  async *piece(most: number): AsyncGenerator<Buffer> {
    for (let left = most; left > 0 && (await this.more()); ) {
      const chunk = this.#rest as Buffer;
      const part = chunk.subarray(0, left);
      this.#rest = part.length < chunk.length ? chunk.subarray(left) : undefined;
      left -= part.length;
      yield part;
    }
  }

  /** Lets go of the source, which may be silent still. */
  close(): void {
    void this.#source.return?.().catch(() => {});
  }

  async #read(): Promise<void> {
    try {
      const step = await unlessAborted(this.#source.next(), this.#signal);
      if (step.done) this.#ended = true;
      else if (step.value.length > 0) this.#rest = step.value;
    } catch (thrown) {
      this.broken = thrown ?? new Error('the source broke off');
      this.#ended = true;
    }
  }
}
