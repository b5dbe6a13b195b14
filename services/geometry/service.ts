import type { Client } from '@connectrpc/connect';
import type { JobService } from '#contracts/generated/data_pb.js';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { createSandbox } from '#platform/sandbox/create-sandbox.ts';
import type { SandboxLimits } from '#platform/sandbox/sandbox.ts';
import { sandboxWorker } from '#platform/service/sandbox-worker.ts';
import type { Service } from '#platform/service/service.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';
import { registerRpc } from './rpc.ts';
import type { ProcessInput } from './sandbox/process-input.ts';
import { processHandler } from './worker.ts';

export interface GeometryServiceDeps {
  jobs: Client<typeof JobService>;
  objects: ObjectStore;
  /** Parent of the folders in which the sandboxed processes work. */
  workFolder: string;
  limits: ModelLimits;
  sandboxLimits: SandboxLimits;
  /** Models at once, each in a process of its own. */
  concurrency: number;
  logger: Logger;
  metrics?: Metrics;
}

/**
 * The geometry service: reads uploaded models in a sandbox, validates, normalises and measures them. It keeps nothing;
 * what it makes goes to the objects and, when its job is settled, to the data service.
 */
export async function createGeometryService(deps: GeometryServiceDeps): Promise<Service> {
  const { jobs, objects, limits, concurrency, logger, metrics } = deps;
  const sandbox = await createSandbox<ProcessInput, unknown>({
    name: 'geometry',
    entry: new URL('./sandbox/process-task.ts', import.meta.url),
    size: concurrency,
    limits: deps.sandboxLimits,
    folder: deps.workFolder,
    logger,
    metrics,
  });
  return {
    role: 'geometry',
    rpc: (router) => registerRpc(router, limits),
    ...sandboxWorker(sandbox, {
      name: `geometry-${process.pid}`,
      client: jobs,
      handlers: { 'geometry.process': processHandler({ objects, sandbox, limits }) },
      concurrency,
      logger,
      metrics,
    }),
  };
}
