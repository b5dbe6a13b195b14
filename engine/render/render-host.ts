import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { DecodeTexels } from '../texture/image-codec.ts';

/** The kernel's memory and threads, lent to one render at a time. */
export interface KernelLease {
  /** Shared; zero-filled from `ARENA` on only where it was never used before, so writers fill what they read. */
  memory: WebAssembly.Memory;
  /**
   * Lets every thread call the kernel's `run(task, thread)` and waits for all of them.
   * @throws MaquetteError `internal` when a thread traps.
   */
  run(task: number): Promise<void>;
  /** Gives memory and threads back. */
  release(): void;
}

/** Threads that run the kernel on one shared memory. */
export interface RenderThreads {
  readonly count: number;
  /**
   * Waits until no other render holds the threads, then lends them with at least `bytes` of memory.
   * @throws MaquetteError `render_too_large` when the machine refuses the memory.
   */
  acquire(module: WebAssembly.Module, bytes: number): Promise<KernelLease>;
}

/** Images that are decoded straight into the kernel's memory, from before a scene is laid out there. */
export interface PlacedImages {
  /** Where they end: they lie from `ARENA` on. */
  end: number;
  /** Where the image of a file will lie with room for its levels, `textureBytes`; undefined when it has no place. */
  find(file: Uint8Array): number | undefined;
}

/** What the renderer needs from outside: in Node `platform/render-threads`, in a browser Web Workers and `fetch`. */
export interface RenderHost {
  /** Decodes a texture's image. */
  decodeImage: DecodeTexels;
  /** Images that `decodeImage` hands out where they lie. */
  placed?: PlacedImages | undefined;
  threads: RenderThreads;
  /** The compiled kernel (`engine/render/kernel/kernel.wasm`). */
  loadKernel(): Promise<WebAssembly.Module>;
  /**
   * The file of an environment: of one that comes with Maquette (`engine/render/environments/<name>.bin`), or an
   * equirectangular picture, Radiance .hdr or OpenEXR. The renderer tells them apart by their bytes, so that a host may
   * answer a request's `environment` with any of them; the same answer for the same name during a session.
   */
  loadEnvironment(name: ImageRequest['environment']): Promise<Uint8Array>;
  /** Milliseconds since some fixed moment; for statistics alone. */
  now(): number;
}
