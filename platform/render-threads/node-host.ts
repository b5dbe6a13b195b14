import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { inflateRaw } from 'node:zlib';
import { storeEnvironment } from '#engine/render/environment-file.ts';
import type { RenderHost } from '#engine/render/render-host.ts';
import type { DecodeTexels } from '#engine/texture/image-codec.ts';
import { decodeTexels } from '../images/sharp-codec.ts';
import { KEEP_BYTES } from './keep-bytes.ts';
import { NodeRenderThreads } from './node-threads.ts';
import { type PlacedDecoder, placeImages } from './place-images.ts';

const KERNEL = new URL('../../engine/render/kernel/kernel.wasm', import.meta.url);
const ENVIRONMENTS = new URL('../../engine/render/environments/', import.meta.url);

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
 * @param options.once It is closed after one session: memory need not be given back before, and the calling thread is
 * one of those that render.
 * @param options.first A worker of `startWorker` that has been started already.
 */
export function createNodeRenderHost(options: {
  threads: number;
  once?: boolean;
  first?: Worker | undefined;
}): NodeRenderHost {
  const { once = false, first } = options;
  const threads = new NodeRenderThreads({
    threads: options.threads,
    keepBytes: once ? Infinity : KEEP_BYTES,
    here: once,
    first,
  });
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
