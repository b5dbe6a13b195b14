import type { Worker } from 'node:worker_threads';
import { renderTooLarge } from '#engine/render/errors.ts';
import * as L from '#engine/render/kernel/layout.ts';
import type { KernelLease, RenderThreads } from '#engine/render/render-host.ts';
import { CallingThread, type KernelThread, KernelWorker, type Message } from './kernel-worker.ts';
import type { DecodingThreads } from './place-images.ts';
import { startWorker } from './start-worker.js';

const PAGE = 65536;

/** How threads are held. */
export interface NodeThreadOptions {
  /** Threads that render, at least 1. */
  threads: number;
  /** Memory above this size is given up after a render, in bytes. */
  keepBytes: number;
  /**
   * Whether the calling thread is one of them, which spares the start of a worker. It then does nothing else while the
   * kernel works, and a signal stops only what comes next.
   */
  here: boolean;
  /** A worker that has been started already, as the first of them. */
  first?: Worker | undefined;
}

/** Threads and shared memory that stay warm between renders. One render runs at a time; others wait. */
export class NodeRenderThreads implements RenderThreads, DecodingThreads {
  readonly count: number;
  readonly #keepBytes: number;
  readonly #threads: KernelThread[];
  #memory: WebAssembly.Memory | undefined;
  #module: WebAssembly.Module | undefined;
  #opened: Promise<unknown> = Promise.resolve();
  /** What the calling thread decodes, once it has nothing else to do. */
  #decodeHere: (() => Promise<unknown>) | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor({ threads, keepBytes, here, first }: NodeThreadOptions) {
    this.#keepBytes = keepBytes;
    this.count = Math.min(Math.max(1, Math.floor(threads)), L.MAX_THREADS);
    const workers = here ? this.count - 1 : this.count;
    if (workers === 0) first?.terminate();
    this.#threads = Array.from({ length: workers }, (_, thread) => {
      return new KernelWorker(thread === 0 && first ? first : startWorker(thread));
    });
    if (here) this.#threads.push(new CallingThread(workers));
  }

  async acquire(module: WebAssembly.Module, bytes: number): Promise<KernelLease> {
    const before = this.#turn;
    const turn = Promise.withResolvers<void>();
    this.#turn = turn.promise;
    await before;
    try {
      const memory = await this.#load(module, bytes);
      return {
        memory,
        run: async (task) => {
          await Promise.all([this.#opened, this.#tell({ kind: 'run', task })]).catch((error) => {
            // The others must not go on.
            Atomics.store(new Int32Array(memory.buffer), (L.HEADER + L.H_CANCEL) >> 2, 1);
            throw error;
          });
        },
        release: () => {
          if (memory.buffer.byteLength > this.#keepBytes) this.#drop();
          turn.resolve();
        },
      };
    } catch (error) {
      turn.resolve();
      throw error;
    }
  }

  /** Memory with a kernel in each thread, or on its way there. */
  async #load(module: WebAssembly.Module, bytes: number): Promise<WebAssembly.Memory> {
    if (this.#module && this.#module !== module) this.#memory = undefined;
    const memory = this.open(bytes);
    await this.#decodeHere?.();
    if (this.#module === module) return memory;
    this.#module = module;
    this.#opened = this.#tell({ kind: 'open', module, memory });
    // Whoever runs a task hears of it.
    this.#opened.catch(() => {});
    return memory;
  }

  #tell(message: Message): Promise<unknown[]> {
    return Promise.all(this.#threads.map((thread) => thread.call(message)));
  }

  open(bytes: number): WebAssembly.Memory {
    const pages = Math.ceil(bytes / PAGE);
    try {
      this.#memory ??= new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
      const missing = pages - this.#memory.buffer.byteLength / PAGE;
      if (missing > 0) this.#memory.grow(missing);
      return this.#memory;
    } catch (cause) {
      if (cause instanceof RangeError) throw renderTooLarge(bytes, bytes, { 'refused by the machine': bytes });
      throw cause;
    }
  }

  decode(module: WebAssembly.Module, jobs: number[]): Promise<ReadonlySet<number>> {
    const memory = this.#memory;
    if (!memory) throw new Error('There is no memory to decode in.');
    const next = new Int32Array(new SharedArrayBuffer(4));
    const message: Message = { kind: 'decode', module, memory, jobs, next };
    const shares = this.#threads.map((thread) => {
      if (!(thread instanceof CallingThread)) return thread.call(message);
      return new Promise((resolve) => {
        this.#decodeHere = async () => {
          this.#decodeHere = undefined;
          const share = thread.call(message);
          resolve(share);
          await share;
        };
      });
    });
    return Promise.all(shares).then((decoded) => new Set((decoded as number[][]).flat()));
  }

  #drop(): void {
    this.#memory = undefined;
    this.#module = undefined;
    this.#tell({ kind: 'close' }).catch(() => {});
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}
