import { renderCanceled, renderTooLarge } from './errors.ts';
import * as L from './kernel/layout.ts';
import { KernelHeader } from './kernel-header.ts';
import type { KernelLease, RenderHost } from './render-host.ts';

/** Addresses of WebAssembly memory are 32 bits. */
const MEMORY_CEILING = 2 ** 32 - 65536;

/** What is to lie in the kernel's memory: where it ends, and its sizes by name, for people. */
export interface MemoryNeed {
  total: number;
  parts: Record<string, number>;
}

/** One call of a session: how it lets the kernel work, until its signal stops it. */
export interface KernelCall {
  signal: AbortSignal | undefined;
  /** Lets all threads work on a task. @throws MaquetteError `canceled` */
  run(task: number): Promise<void>;
  /** Ends a stage of the statistics. */
  stage(name: string): void;
  secondsByStage: Record<string, number>;
}

/** The kernel's memory and threads for as long as a session lasts, within a limit. */
export class KernelMemory {
  readonly #host: RenderHost;
  readonly #limit: number;
  readonly #besides: Record<string, number>;
  #lease: KernelLease | undefined;
  #header: KernelHeader | undefined;

  /**
   * @param limit Most bytes that a render may take.
   * @param besides What else counts towards the limit, in bytes by name.
   */
  constructor(host: RenderHost, limit: number, besides: Record<string, number>) {
    this.#host = host;
    this.#limit = limit;
    this.#besides = besides;
  }

  /** The memory and its header, which are there from the first `reserve` until `close`. */
  get opened(): { memory: WebAssembly.Memory; header: KernelHeader } {
    if (!this.#lease || !this.#header) throw new Error('The render session has no memory yet, or is closed.');
    return { memory: this.#lease.memory, header: this.#header };
  }

  /** Runs `work` so that the signal stops it. @throws MaquetteError `canceled` */
  async during<T>(signal: AbortSignal | undefined, work: (call: KernelCall) => Promise<T>): Promise<T> {
    if (signal?.aborted) throw renderCanceled();
    const secondsByStage: Record<string, number> = {};
    let mark = this.#host.now();
    const stage = (name: string) => {
      const now = this.#host.now();
      secondsByStage[name] = (secondsByStage[name] ?? 0) + (now - mark) / 1000;
      mark = now;
    };
    this.#header?.set(L.H_CANCEL, 0);
    this.#header?.set(L.H_RAYS, 0);
    const stop = () => this.stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await work({ signal, run: (task) => this.#run(task, signal), stage, secondsByStage });
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  async #run(task: number, signal: AbortSignal | undefined): Promise<void> {
    const { header } = this.opened;
    header.set(L.H_NEXT, 0);
    header.set(L.H_DONE, 0);
    await this.#lease?.run(task);
    if (signal?.aborted) throw renderCanceled();
  }

  /** Lets the threads end the task that they work on, unfinished. */
  stop(): void {
    if (this.#lease) Atomics.store(new Int32Array(this.#lease.memory.buffer), (L.HEADER + L.H_CANCEL) >> 2, 1);
  }

  /** @throws MaquetteError `render_too_large` when the need is above the limit */
  check({ total, parts }: MemoryNeed): void {
    if (total > MEMORY_CEILING) throw renderTooLarge(total, MEMORY_CEILING, parts);
    const besides = Object.values(this.#besides).reduce((sum, bytes) => sum + bytes, 0);
    if (total + besides > this.#limit)
      throw renderTooLarge(total + besides, this.#limit, { ...parts, ...this.#besides });
  }

  /** Takes memory and threads, or makes the memory larger. @throws MaquetteError `render_too_large` */
  async reserve(need: MemoryNeed): Promise<void> {
    this.check(need);
    const { total, parts } = need;
    if (!this.#lease) {
      this.#lease = await this.#host.threads.acquire(await this.#host.loadKernel(), total);
      this.#header = new KernelHeader(this.#lease.memory);
      this.#header.clear();
      return;
    }
    const { memory } = this.#lease;
    const missing = Math.ceil((total - memory.buffer.byteLength) / 65536);
    if (missing <= 0) return;
    try {
      memory.grow(missing);
    } catch {
      throw renderTooLarge(total, memory.buffer.byteLength, parts);
    }
  }

  /** Gives memory and threads back. */
  close(): void {
    this.#lease?.release();
    this.#lease = undefined;
    this.#header = undefined;
  }
}
