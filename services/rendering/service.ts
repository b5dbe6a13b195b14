import type { Client } from '@connectrpc/connect';
import type { JobService, RenderRecordService } from '#contracts/generated/data_pb.js';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { KEEP_BYTES } from '#platform/render-threads/keep-bytes.ts';
import { createSandbox } from '#platform/sandbox/create-sandbox.ts';
import type { SandboxLimits } from '#platform/sandbox/sandbox.ts';
import { sandboxWorker } from '#platform/service/sandbox-worker.ts';
import type { Service } from '#platform/service/service.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';
import type { WorkerSize } from './cost/estimate-image.ts';
import { RESIDUE_BYTES } from './cost/process-memory.ts';
import { OUTPUT_CEILING, TIME_CEILING } from './cost/run-limits.ts';
import { WorkRate } from './cost/work-rate.ts';
import { environmentCheck } from './environment-check.ts';
import { registerRpc } from './rpc.ts';
import { type RenderInput, THREADS_PARAMETER } from './sandbox/render-input.ts';
import { framesHandler, sequenceHandler } from './sequence-worker.ts';
import { renderHandler } from './worker.ts';

export interface RenderingServiceDeps {
  jobs: Client<typeof JobService>;
  renders: Client<typeof RenderRecordService>;
  objects: ObjectStore;
  /** Parent of the folders in which the sandboxed processes work. */
  workFolder: string;
  sandboxLimits: SandboxLimits;
  /** How long a picture may wait and be read before it becomes an environment; a minute unless given. */
  checkSeconds?: number | undefined;
  /** Threads of one render. */
  threads: number;
  /** Renders at once, each in a process of its own. */
  concurrency: number;
  /** How long a job waits for another worker after this one died; as the worker loop has it unless given. */
  leaseMs?: number;
  logger: Logger;
  metrics?: Metrics;
}

/**
 * The rendering service: accepts requests for images, and makes them in a sandbox. It keeps nothing; requests are
 * recorded by the data service, images go to the objects.
 */
export async function createRenderingService(deps: RenderingServiceDeps): Promise<Service> {
  const { jobs, renders, objects, concurrency, logger, metrics } = deps;
  const entry = new URL('./sandbox/render-task.ts', import.meta.url);
  entry.searchParams.set(THREADS_PARAMETER, String(deps.threads));
  const sandbox = await createSandbox<RenderInput, unknown>({
    name: 'rendering',
    entry,
    size: concurrency,
    limits: deps.sandboxLimits,
    // Sequences take longer than an image, and make more: see `cost/run-limits.ts`.
    ceilings: { seconds: TIME_CEILING, outputBytes: OUTPUT_CEILING },
    folder: deps.workFolder,
    allow: { workers: true, addons: true },
    idleBytes: KEEP_BYTES + RESIDUE_BYTES,
    logger,
    metrics,
  });
  const size: WorkerSize = { memoryBytes: deps.sandboxLimits.memoryBytes, threads: deps.threads };
  const rate = new WorkRate();
  return {
    role: 'rendering',
    rpc: (router) =>
      registerRpc(router, {
        renders,
        worker: size,
        rate,
        seconds: deps.sandboxLimits.seconds,
        checkEnvironment: environmentCheck({ objects, sandbox, seconds: deps.checkSeconds }),
      }),
    ...sandboxWorker(sandbox, {
      name: `rendering-${process.pid}`,
      client: jobs,
      handlers: {
        'render.image': renderHandler({ objects, sandbox, worker: size, rate }),
        'render.frames': framesHandler({ objects, sandbox, worker: size, limits: deps.sandboxLimits }),
        'render.sequence': sequenceHandler({ objects, sandbox, limits: deps.sandboxLimits }),
      },
      concurrency,
      ...(deps.leaseMs !== undefined && { leaseMs: deps.leaseMs }),
      logger,
      metrics,
    }),
  };
}
