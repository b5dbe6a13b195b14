import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { inflateRaw } from 'node:zlib';
import { storeEnvironment } from '#engine/render/environment-file.ts';
import { renderFailed, renderTooLarge } from '#engine/render/errors.ts';
import * as L from '#engine/render/kernel/layout.ts';
import type { KernelLease, RenderHost, RenderThreads } from '#engine/render/render-host.ts';
import { decodeTexels } from '../images/sharp-codec.ts';
import { KEEP_BYTES } from './keep-bytes.ts';

const KERNEL = new URL('../../engine/render/kernel/kernel.wasm', import.meta.url);
const ENVIRONMENTS = new URL('../../engine/render/environments/', import.meta.url);
const PAGE = 65536;

/** Worker threads and shared memory that stay warm between renders. One render runs at a time; others wait. */
class NodeRenderThreads implements RenderThreads {
  readonly count: number;
  readonly #keepBytes: number;
  readonly #workers: KernelWorker[];
  #memory: WebAssembly.Memory | undefined;
  #module: WebAssembly.Module | undefined;
  #turn: Promise<void> = Promise.resolve();

  /** @param keepBytes Memory above this size is given up after a render. */
  constructor(count: number, keepBytes: number) {
    this.#keepBytes = keepBytes;
    this.count = Math.min(Math.max(1, Math.floor(count)), L.MAX_THREADS);
    this.#workers = Array.from({ length: this.count }, (_, thread) => new KernelWorker(thread));
  }

  async acquire(module: WebAssembly.Module, bytes: number): Promise<KernelLease> {
    const before = this.#turn;
    const turn = Promise.withResolvers<void>();
    this.#turn = turn.promise;
    await before;
    try {
      const memory = await this.#open(module, bytes);
      return {
        memory,
        run: async (task) => {
          await Promise.all(
            this.#workers.map((worker) => worker.call({ kind: 'run', task }, () => this.#stop(memory))),
          );
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

  async #open(module: WebAssembly.Module, bytes: number): Promise<WebAssembly.Memory> {
    const pages = Math.ceil(bytes / PAGE);
    try {
      if (this.#memory && this.#module === module) {
        const missing = pages - this.#memory.buffer.byteLength / PAGE;
        if (missing > 0) this.#memory.grow(missing);
        return this.#memory;
      }
      this.#memory = new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
    } catch (cause) {
      if (cause instanceof RangeError) throw renderTooLarge(bytes, bytes, { 'refused by the machine': bytes });
      throw cause;
    }
    this.#module = module;
    const memory = this.#memory;
    await Promise.all(this.#workers.map((worker) => worker.call({ kind: 'open', module, memory })));
    return memory;
  }

  #drop(): void {
    this.#memory = undefined;
    for (const worker of this.#workers) worker.call({ kind: 'close' }).catch(() => {});
  }

  #stop(memory: WebAssembly.Memory): void {
    Atomics.store(new Int32Array(memory.buffer), (L.HEADER + L.H_CANCEL) >> 2, 1);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}

type Message =
  | { kind: 'open'; module: WebAssembly.Module; memory: WebAssembly.Memory }
  | { kind: 'run'; task: number }
  | { kind: 'close' };

/** A worker thread that answers one message after another; it keeps the process alive only while one is open. */
class KernelWorker {
  readonly #worker: Worker;
  readonly #open = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  #next = 0;
  #failure: Error | undefined;

  constructor(thread: number) {
    this.#worker = new Worker(new URL('./kernel-thread.js', import.meta.url), { workerData: { thread }, execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', ({ id, error }: { id: number; error?: string }) => {
      const call = this.#open.get(id);
      this.#open.delete(id);
      if (this.#open.size === 0) this.#worker.unref();
      if (error === undefined) call?.resolve();
      else call?.reject(renderFailed(`A render thread failed: ${error}`));
    });
    this.#worker.on('error', (error) => this.#fail(renderFailed('A render thread failed.', error)));
    this.#worker.on('exit', (code) => this.#fail(renderFailed(`A render thread ended with status ${code}.`)));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const call of this.#open.values()) call.reject(this.#failure);
    this.#open.clear();
  }

  /** Sends a message and waits for the answer. `onError` runs before a failure is passed on. */
  async call(message: Message, onError?: () => void): Promise<void> {
    if (this.#failure) throw this.#failure;
    const id = this.#next++;
    const answer = Promise.withResolvers<void>();
    this.#open.set(id, answer);
    this.#worker.ref();
    this.#worker.postMessage({ ...message, id });
    try {
      await answer.promise;
    } catch (error) {
      onError?.();
      throw error;
    }
  }

  async end(): Promise<void> {
    this.#failure ??= renderFailed('The render threads were closed.');
    await this.#worker.terminate();
  }
}

/** A host whose threads run until they are closed. */
export type NodeRenderHost = RenderHost & { close(): Promise<void> };

/**
 * The renderer's host in Node: worker threads, sharp, and files beside the engine's sources.
 *
 * @param options.threads Threads that render, at least 1.
 * @param options.once It is closed after one session: memory need not be given back before.
 */
export function createNodeRenderHost(options: { threads: number; once?: boolean }): NodeRenderHost {
  const threads = new NodeRenderThreads(options.threads, options.once ? Infinity : KEEP_BYTES);
  let kernel: Promise<WebAssembly.Module> | undefined;
  const environments = new Map<string, Promise<Uint8Array>>();
  return {
    decodeImage: decodeTexels,
    threads,
    loadKernel() {
      kernel ??= readFile(KERNEL).then((bytes) => WebAssembly.compile(bytes));
      return kernel;
    },
    loadEnvironment(name) {
      let file = environments.get(name);
      if (!file) {
        file = readFile(new URL(`${name}.bin`, ENVIRONMENTS)).then((bytes) =>
          storeEnvironment(bytes, promisify(inflateRaw)),
        );
        environments.set(name, file);
      }
      return file;
    },
    now: () => performance.now(),
    close: () => threads.close(),
  };
}
