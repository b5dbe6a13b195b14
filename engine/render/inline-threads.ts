import type { KernelLease, RenderThreads } from './render-host.ts';

const PAGE = 65536;

/** What the kernel exports; the probes serve tests and measurements. */
export interface KernelExports {
  run(task: number, thread: number): void;
  traceClosest(
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
    tMin: number,
    tMax: number,
  ): number;
  traceOccluded(
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
    tMin: number,
    tMax: number,
  ): number;
  /** Traces `count` rays of 32 bytes; `any` asks only whether something is met (kernel/probe.ts). */
  traceRays(rays: number, hits: number, count: number, any: boolean): void;
  /** The same for nearest hits, four at a time: a multiple of four of them. */
  traceFours(rays: number, hits: number, count: number): void;
  testHitT(): number;
  testHitId(): number;
  probeEnvironment(x: number, y: number, z: number): void;
  probeIrradiance(x: number, y: number, z: number): void;
  probeEnvironmentSample(u: number, v: number): void;
  probeEmitter(u: number, v: number, w: number, x: number, y: number, z: number): number;
  probeEmitterPdf(x: number, y: number, z: number, dx: number, dy: number, dz: number): number;
  probeLight(u: number, x: number, y: number, z: number): number;
  probeEnvironmentPdf(x: number, y: number, z: number): number;
}

/**
 * Runs the kernel on the calling thread, which it blocks meanwhile: for places without worker threads, for tests and
 * for profiles. Each lease has memory of its own; `last` is the kernel that ran last.
 */
export class InlineThreads implements RenderThreads {
  readonly count = 1;
  last: { exports: KernelExports; memory: WebAssembly.Memory } | undefined;

  async acquire(module: WebAssembly.Module, bytes: number): Promise<KernelLease> {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE), maximum: PAGE, shared: true });
    const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
    this.last = { exports, memory };
    return {
      memory,
      run: async (task) => exports.run(task, 0),
      release: () => {},
    };
  }
}
