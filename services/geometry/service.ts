import type { Client } from '@connectrpc/connect';
import type { JobService } from '#contracts/generated/data_pb.js';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { type JobWorker, startWorker } from '#platform/jobs/worker.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Outbound } from '#platform/outbound/outbound.ts';
import { createSandbox } from '#platform/sandbox/create-sandbox.ts';
import type { SandboxLimits } from '#platform/sandbox/sandbox.ts';
import type { ScanFiles } from '#platform/scan/scan-files.ts';
import { sandboxWorker } from '#platform/service/sandbox-worker.ts';
import type { Service } from '#platform/service/service.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';
import { ingestHandler } from './ingest/ingest-worker.ts';
import { recipeHandler } from './recipe-worker.ts';
import { registerRpc } from './rpc.ts';
import type { ProcessInput } from './sandbox/process-input.ts';
import { type RecipeInput, THREADS_PARAMETER } from './sandbox/recipe-input.ts';
import { processHandler } from './worker.ts';

export interface GeometryServiceDeps {
  jobs: Client<typeof JobService>;
  objects: ObjectStore;
  /** Parent of the folders in which the sandboxed processes work. */
  workFolder: string;
  /** Fetches what clients name by URL. */
  outbound: Outbound;
  scan: ScanFiles;
  limits: ModelLimits;
  sandboxLimits: SandboxLimits;
  /** Models at once, each in a process of its own. */
  concurrency: number;
  /** Threads of a recipe that traces rays, compares pictures or simplifies meshes. */
  threads: number;
  /** How long a job waits for another worker after this one died; as the worker loop has it unless given. */
  leaseMs?: number;
  logger: Logger;
  metrics?: Metrics;
}

/** Recipes at once. They take all of a processor for long, and one is as fast as two halves. */
const RECIPES_AT_ONCE = 1;
/** Uploads that are brought in at once: they wait for other servers and for the disk. */
const INGESTS_AT_ONCE = 4;

/**
 * The geometry service: brings in what is uploaded in parts or by URL, reads models in a sandbox, validates, normalises and measures them; and carries
 * recipes out on what it has normalised. It keeps nothing; what it makes goes to the objects and, when its job is
 * settled, to the data service.
 *
 * Recipes have processes and a worker of their own: they need a native library for textures, which those that read
 * uploads must not load, and no upload waits for a long recipe.
 */
export async function createGeometryService(deps: GeometryServiceDeps): Promise<Service> {
  const { jobs, objects, limits, concurrency, leaseMs, logger, metrics } = deps;
  const recipeEntry = new URL('./sandbox/recipe-task.ts', import.meta.url);
  recipeEntry.searchParams.set(THREADS_PARAMETER, String(deps.threads));
  const shared = { limits: deps.sandboxLimits, folder: deps.workFolder, logger, metrics };
  const [sandbox, recipes] = await Promise.all([
    createSandbox<ProcessInput, unknown>({
      ...shared,
      name: 'geometry',
      entry: new URL('./sandbox/process-task.ts', import.meta.url),
      size: concurrency,
    }),
    createSandbox<RecipeInput, unknown>({
      ...shared,
      name: 'recipes',
      entry: recipeEntry,
      size: RECIPES_AT_ONCE,
      allow: { workers: true, addons: true },
    }),
  ]);
  const common = { client: jobs, logger, metrics, ...(leaseMs !== undefined && { leaseMs }) };
  const uploadWorker = sandboxWorker(sandbox, {
    ...common,
    name: `geometry-${process.pid}`,
    handlers: { 'geometry.process': processHandler({ objects, sandbox, limits }) },
    concurrency,
  });
  const recipeWorker = sandboxWorker(recipes, {
    ...common,
    name: `recipes-${process.pid}`,
    handlers: { 'geometry.recipe': recipeHandler({ objects, sandbox: recipes, limits: storedLimits(limits) }) },
    concurrency: RECIPES_AT_ONCE,
  });
  const ingest = ingestHandler({
    objects,
    outbound: deps.outbound,
    scan: deps.scan,
    uploadLimitBytes: limits.fileBytes,
  });
  let ingestWorker: JobWorker | undefined;
  return {
    role: 'geometry',
    rpc: (router) => registerRpc(router, limits),
    async start() {
      await Promise.all([uploadWorker.start(), recipeWorker.start()]);
      ingestWorker = startWorker({
        ...common,
        name: `ingest-${process.pid}`,
        handlers: { 'asset.ingest': ingest },
        concurrency: INGESTS_AT_ONCE,
      });
    },
    async ready() {
      const uploads = await uploadWorker.ready();
      return uploads.ready ? recipeWorker.ready() : uploads;
    },
    async stop() {
      await Promise.all([uploadWorker.stop(), recipeWorker.stop(), ingestWorker?.stop()]);
    },
  };
}

/** A normalised model may be larger than the file that it was made of: what was accepted once is not refused here. */
function storedLimits(limits: ModelLimits): ModelLimits {
  return { ...limits, fileBytes: Number.MAX_SAFE_INTEGER, decodedBytes: Number.MAX_SAFE_INTEGER };
}
