import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Client } from '@connectrpc/connect';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { RecordedEvent } from '#contracts/events/events.ts';
import { EventService, JobService, type LeasedJob, RenderRecordService } from '#contracts/generated/data_pb.js';
import { type AssetId, newId, type OrganizationId } from '#contracts/ids/ids.ts';
import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import { JOB_KINDS, type JobKind } from '#contracts/jobs/job-kinds.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import { DATA_API } from '#contracts/rest/data-api.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { Render, type RenderPurpose } from '#contracts/rest/resources/render.ts';
import type { Bus } from '#platform/bus/bus.ts';
import { createBus } from '#platform/bus/create-bus.ts';
import type { BusTables } from '#platform/bus/tables.ts';
import { openFolderStore } from '#platform/objects/folder-store.ts';
import type { ObjectStore, PutOptions } from '#platform/objects/objects.ts';
import { putBytes } from '#platform/objects/testing/bytes.ts';
import type { RestClient } from '#platform/rest/endpoint-types.ts';
import { createRestClient } from '#platform/rest/rest-client.ts';
import { createRpcClient } from '#platform/rpc/client.ts';
import { createMemoryTransport } from '#platform/rpc/transports.ts';
import { createSealer } from '#platform/secrets/sealer.ts';
import type { InternalRest } from '#platform/service/service.ts';
import { createLogger } from '#platform/telemetry/logger.ts';
import type { OpenedDatabase, TestEngine } from '#test/databases.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { NO_QUOTAS, type Quotas } from '../quotas/quotas.ts';
import type { Reactions } from '../reactions.ts';
import { createDataService } from '../service.ts';
import type { SweepSettings } from '../sweep.ts';
import type { DataSchema } from '../tables.ts';
import { TestOrganizations } from '../test-mode/test-organizations.ts';
import { modelReport } from './model-report.ts';
import { recipeFormat, recipeReport } from './recipe-report.ts';

/** The preview that the flow asks for in these tests. */
export const PREVIEW = ImageRequest.parse({ width: 512, height: 512, format: 'webp' });
/** Reactions as the flow has them. */
export const REACTIONS: Reactions = { model_processed: { render: PREVIEW, purpose: 'preview', priority: 5 } };

const LEASE_MS = 20_000;

/** The data service over a real database, bus and object store, and hands that do what workers do. */
export interface TestDataService {
  api: RestClient<typeof DATA_API>;
  jobs: Client<typeof JobService>;
  events: Client<typeof EventService>;
  renders: Client<typeof RenderRecordService>;
  bus: Bus;
  objects: ObjectStore;
  deps: OperationDeps;
  /** The database underneath. */
  opened: OpenedDatabase;
  organization: OrganizationId;
  /** Headers that scope a call, by `organization` unless another is given. */
  as(organization?: OrganizationId): { headers: { 'x-maquette-organization': OrganizationId } };
  /** Stores a file. */
  file(name: string, content: string): Promise<SourceFile>;
  /** Uploads an asset of one file. */
  upload(name: string, content?: string, organization?: OrganizationId): Promise<Asset>;
  /** Leases a job of a kind, or fails when none comes within 10 s. */
  lease(kind: JobKind): Promise<LeasedJob>;
  /** The result that a worker would hand in for a leased job, its blobs stored. `content` makes the blob. */
  resultOf(job: LeasedJob, content: string): Promise<Record<string, unknown>>;
  succeed(job: LeasedJob, content?: string): Promise<void>;
  fail(job: LeasedJob, error: MaquetteError, retryable?: boolean): Promise<void>;
  /** Uploads an asset and takes it to `ready`, preview included. */
  uploadReady(name: string, content?: string): Promise<Asset>;
  requestRender(
    assetId: AssetId,
    request?: Partial<ImageRequest> | SequenceRequest,
    purpose?: RenderPurpose,
    organization?: OrganizationId,
  ): Promise<Render>;
  /** All recorded events of the organisation, parsed by their schemas. */
  recorded(organization?: OrganizationId): Promise<RecordedEvent[]>;
  close(): Promise<void>;
}

export async function openDataService(
  engine: TestEngine,
  options: {
    reactions?: Reactions;
    sweep?: Partial<SweepSettings>;
    quotas?: Quotas;
    alone?: boolean;
    objects?: ObjectStore;
  } = {},
): Promise<TestDataService> {
  const { reactions = REACTIONS, quotas = NO_QUOTAS, sweep = { exhaustedIntervalMs: 600_000 } } = options;
  // Alone it has a database without the tables of other services.
  const opened = options.alone ? await engine.open() : await engine.openMigrated();
  const { database } = opened;
  const folder = await mkdtemp(join(tmpdir(), 'maquette-objects-'));
  const objects = options.objects ?? (await openFolderStore({ directory: folder }));
  const bus = await createBus(database.as<BusTables>(), { retryFirstMs: 10, lostLeases: 0 });
  const logger = createLogger({ level: 'silent' });
  const sealer = createSealer('a key of tests, 32 characters or more');
  const service = await createDataService({ database, bus, objects, sealer, logger, reactions, quotas, sweep });
  await service.start();
  const transport = createMemoryTransport((router) => service.rpc?.(router));
  const api = createRestClient(DATA_API, (service.internal as InternalRest).transport);
  const jobs = createRpcClient(JobService, transport);
  const renders = createRpcClient(RenderRecordService, transport);
  const ours = newId('organization');

  const test: TestDataService = {
    api,
    jobs,
    events: createRpcClient(EventService, transport),
    renders,
    bus,
    objects,
    deps: {
      database: database.as<DataSchema>(),
      bus,
      objects,
      sealer,
      reactions,
      quotas,
      testOrganizations: new TestOrganizations(database.as<DataSchema>()),
      recipeCacheBytes: 2 ** 30,
    },
    opened,
    organization: ours,
    as: (organization = ours) => ({ headers: { 'x-maquette-organization': organization } }),

    async file(name, content) {
      const { sha256, bytes } = await putBytes(objects, content);
      return { name, sha256, bytes };
    },
    async upload(name, content = `${name} ${Math.random()}`, organization = ours) {
      return api.createAsset({
        ...test.as(organization),
        body: { name, files: [await test.file(`${name}.glb`, content)] },
      });
    },
    async lease(kind) {
      const request = { worker: 'test', kinds: [kind], capacity: 1, leaseMs: LEASE_MS, waitMs: 10_000 };
      const [job] = (await jobs.lease(request)).jobs;
      if (!job) throw new Error(`no ${kind} came`);
      return job;
    },
    async resultOf(job, content) {
      const stats = { seconds: 0.5, rays: 1000, triangles: 12, peakBytes: 1e6, warnings: [] };
      if (job.kind === 'render.frames') {
        const { first, count } = JOB_KINDS['render.frames'].payload.parse(JSON.parse(job.payloadJson));
        const frames = Array.from({ length: count }, async (_, index) => ({
          image: await putBytes(objects, `${content} ${first + index}`),
        }));
        return { frames: await Promise.all(frames), stats };
      }
      if (job.kind === 'asset.ingest') {
        const made: string[] = [];
        const put: PutOptions = { onMade: (at) => void made.push(at.toISOString()) };
        const file = { name: 'ingested.glb', ...(await objects.put(Readable.from([Buffer.from(content)]), put)) };
        return { files: [file], made: made.map((madeAt) => ({ sha256: file.sha256, madeAt })), seconds: 0.1 };
      }
      const { sha256, bytes } = await putBytes(objects, content);
      if (job.kind === 'geometry.process') {
        return { glb: { sha256, bytes }, report: modelReport(content.length), seconds: 0.25 };
      }
      if (job.kind === 'geometry.recipe')
        return {
          results: [
            { name: '', files: [{ sha256, bytes }], report: recipeReport(bytes, recipeFormat(job.payloadJson)) },
          ],
          peakBytes: 1e6,
        };
      if (job.kind === 'render.sequence') {
        const { request, frames } = JOB_KINDS['render.sequence'].payload.parse(JSON.parse(job.payloadJson));
        const { width, height } = request;
        const media = { frames: frames.length, fps: 30, seconds: frames.length / 30 };
        const file = { role: 'video', blob: { sha256, bytes }, contentType: 'video/mp4', width, height, media };
        return { file, seconds: 2 };
      }
      const { request } = JOB_KINDS['render.image'].payload.parse(JSON.parse(job.payloadJson));
      return {
        files: [
          {
            role: 'beauty',
            blob: { sha256, bytes },
            width: request.width,
            height: request.height,
            contentType: `image/${request.format}`,
          },
        ],
        stats,
      };
    },
    async succeed(job, content = `${job.kind} of ${job.payloadJson}`) {
      const resultJson = JSON.stringify(await test.resultOf(job, content));
      await jobs.settle({ jobId: job.jobId, token: job.token, outcome: { case: 'resultJson', value: resultJson } });
    },
    async fail(job, error, retryable = false) {
      const value = { errorJson: JSON.stringify(error.toValue()), retryable };
      await jobs.settle({ jobId: job.jobId, token: job.token, outcome: { case: 'failure', value } });
    },
    async uploadReady(name, content) {
      const asset = await test.upload(name, content);
      await test.succeed(await test.lease('geometry.process'));
      await test.succeed(await test.lease('render.image'));
      return api.getAsset({ ...test.as(), params: { assetId: asset.id } });
    },
    async requestRender(assetId, request = {}, purpose = 'request', organization = ours) {
      const { renderJson } = await renders.requestRender({
        organizationId: organization,
        assetId,
        requestJson: JSON.stringify('kind' in request ? request : ImageRequest.parse(request)),
        purpose,
        priority: 0,
      });
      return Render.parse(JSON.parse(renderJson));
    },
    async recorded(organization = ours) {
      const events = await bus.read(0, 1000, organization);
      return events.map(({ event }) => RecordedEvent.parse(event));
    },
    async close() {
      await service.stop();
      await bus.close();
      await objects.close();
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return test;
}

/** An error as a worker reports it: the input's fault. */
export const DAMAGED = new MaquetteError('model_malformed', 'The file ends after 12 of 40 bytes.', {
  remedy: 'Export the model again.',
});
/** The system's fault. */
export const CRASHED = new MaquetteError('sandbox_crashed', 'The worker process ended with signal 9.');
