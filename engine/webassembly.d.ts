/**
 * The part of the WebAssembly JavaScript interface that the kernels, of the renderer and of meshes, need. TypeScript
 * declares it only in its DOM library, which would make browser globals visible to all of the server.
 */
declare namespace WebAssembly {
  class Module {
    /** Compiles as much as is needed to begin; each function once it is called. */
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    readonly buffer: SharedArrayBuffer;
    /** Grows by a number of pages of 64 KiB; returns the number before. */
    grow(pages: number): number;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
