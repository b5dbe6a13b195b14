import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { storeEnvironment } from '#engine/render/environment-file.ts';
import { renderTooLarge } from '#engine/render/errors.ts';
import * as L from '#engine/render/kernel/layout.ts';
import type { KernelLease, RenderHost, RenderThreads } from '#engine/render/render-host.ts';
import type { DecodeTexels } from '#engine/texture/image-codec.ts';
import { decodeTexels } from '../images/sharp-codec.ts';
import { KEEP_BYTES } from './keep-bytes.ts';
import { KernelWorker } from './kernel-worker.ts';
import { type DecodingThreads, type PlacedDecoder, placeImages } from './place-images.ts';

const KERNEL = new URL('../../engine/render/kernel/kernel.wasm', import.meta.url);
const ENVIRONMENTS = new URL('../../engine/render/environments/', import.meta.url);
const PAGE = 65536;

/** Worker threads and shared memory that stay warm between renders. One render runs at a time; others wait. */
class NodeRenderThreads implements RenderThreads, DecodingThreads {
  readonly count: number;
  readonly #keepBytes: number;
  readonly #workers: KernelWorker[];
  /** What each thread has been given to decode. */
  readonly #decoding: number[];
  #memory: WebAssembly.Memory | undefined;
  #module: WebAssembly.Module | undefined;
  #turn: Promise<void> = Promise.resolve();

  /** @param keepBytes Memory above this size is given up after a render. */
  constructor(count: number, keepBytes: number) {
    this.#keepBytes = keepBytes;
    this.count = Math.min(Math.max(1, Math.floor(count)), L.MAX_THREADS);
    this.#workers = Array.from({ length: this.count }, (_, thread) => new KernelWorker(thread));
    this.#decoding = this.#workers.map(() => 0);
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

  /** Memory with a kernel in each thread. */
  async #load(module: WebAssembly.Module, bytes: number): Promise<WebAssembly.Memory> {
    if (this.#module && this.#module !== module) this.#memory = undefined;
    const memory = this.open(bytes);
    if (this.#module === module) return memory;
    this.#module = module;
    await Promise.all(this.#workers.map((worker) => worker.call({ kind: 'open', module, memory })));
    return memory;
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

  async decode(module: WebAssembly.Module, job: number, work: number): Promise<boolean> {
    const memory = this.#memory;
    if (!memory) throw new Error('There is no memory to decode in.');
    const least = Math.min(...this.#decoding);
    const thread = this.#decoding.indexOf(least);
    this.#decoding[thread] = least + work;
    return (await this.#workers[thread]!.call({ kind: 'decode', module, memory, job })) === true;
  }

  #drop(): void {
    this.#memory = undefined;
    this.#module = undefined;
    for (const worker of this.#workers) worker.call({ kind: 'close' }).catch(() => {});
  }

  #stop(memory: WebAssembly.Memory): void {
    Atomics.store(new Int32Array(memory.buffer), (L.HEADER + L.H_CANCEL) >> 2, 1);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}

/** A host whose threads run until they are closed. */
export type NodeRenderHost = RenderHost & {
  /**
   * Begins to decode images into the memory that the first scene will take: what `placed` and `decodeImage` of its host
   * are then. Called before any scene is drawn, of a host for one session.
   *
   * @param most Bytes that they may take.
   * @returns undefined where there is none to decode so.
   */
  placeImages(files: readonly Uint8Array[], most: number, decodeOther: DecodeTexels): PlacedDecoder | undefined;
  close(): Promise<void>;
};

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
    placeImages: (files, most, decodeOther) => placeImages(files, most, threads, decodeOther),
    now: () => performance.now(),
    close: () => threads.close(),
  };
}
