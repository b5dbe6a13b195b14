import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@connectrpc/connect';
import pino from 'pino';
import { expect } from 'vitest';
import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import { RenderRecordService } from '#contracts/generated/data_pb.js';
import { RenderingService } from '#contracts/generated/rendering_pb.js';
import { newId } from '#contracts/ids/ids.ts';
import { JOB_KINDS, type JobResult } from '#contracts/jobs/job-kinds.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ModelFacts } from '#contracts/model/model-report.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { processModel } from '#engine/process/process-model.ts';
import { JobOffice } from '#platform/jobs/testing/job-office.ts';
import { openFolderStore } from '#platform/objects/folder-store.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { putBytes } from '#platform/objects/testing/bytes.ts';
import { createRpcClient } from '#platform/rpc/client.ts';
import { createMemoryTransport } from '#platform/rpc/transports.ts';
import type { Service } from '#platform/service/service.ts';
import { createRenderingService } from '../service.ts';

/** A model as the service meets it: normalised, stored and measured. */
export interface StoredModel {
  glb: { sha256: string; bytes: number };
  facts: ModelFacts;
}

export type RenderOutcome =
  | { ok: true; result: JobResult<'render.image'> }
  | { ok: false; error: ErrorValue & { retryable: boolean } };

/** The service of rendering with its sandbox, between an office that hands out jobs and a ledger of requests. */
export interface TestRendering {
  objects: ObjectStore;
  office: JobOffice;
  client: Client<typeof RenderingService>;
  service: Service;
  /** Requests that reached the data service. */
  recorded: {
    requestJson: string;
    estimateJson: string;
    referenceSeconds: number;
    priority: number;
    progressPictures: boolean;
  }[];
  /** What the data service knows of the model that requests are about, and of the environment that they name. */
  described: { facts: ModelFacts; environmentBytes: number };
  /** The render that the data service has already, as JSON; none when empty. */
  stored: { renderJson: string };
  /** Normalises a GLB, stores it and makes it the model that requests are about. */
  store(glb: Uint8Array): Promise<StoredModel>;
  /** Adds a job and returns its id at once. */
  begin(model: Pick<StoredModel, 'glb'>, request: Partial<ImageRequest>): string;
  render(
    model: Pick<StoredModel, 'glb'>,
    request: Partial<ImageRequest>,
    more?: { pictures: boolean },
  ): Promise<RenderOutcome>;
  /** Process ids of the sandbox, on Linux. */
  processes(): Promise<number[]>;
  /** How many processes the sandbox has replaced because they kept too much memory after a task. */
  replaced(): number;
  close(): Promise<void>;
}

/** Of a model of one triangle. */
const TRIANGLE: ModelFacts = {
  triangles: 1,
  vertices: 3,
  points: 0,
  splats: 0,
  lines: 0,
  drawCalls: 1,
  lights: 0,
  textures: [],
  animations: [],
  variants: [],
  glbBytes: 1000,
};

export async function openRendering(options: {
  memoryBytes: number;
  seconds?: number;
  outputBytes?: number;
  threads?: number;
  checkSeconds?: number;
}): Promise<TestRendering> {
  const { memoryBytes, seconds = 120, outputBytes = 2 ** 30, threads = 2, checkSeconds } = options;
  const folder = await mkdtemp(join(tmpdir(), 'maquette-rendering-'));
  const objects = await openFolderStore({ directory: join(folder, 'objects') });
  const office = new JobOffice();
  const recorded: TestRendering['recorded'] = [];
  const described = { facts: TRIANGLE, environmentBytes: 0 };
  const stored = { renderJson: '' };
  const records = createMemoryTransport((router) => {
    router.service(RenderRecordService, {
      requestRender(request) {
        recorded.push(request);
        return { renderJson: '{"recorded":true}' };
      },
      reuseRender: () => stored,
      describeModel: () => ({
        factsJson: JSON.stringify(described.facts),
        environmentBytes: BigInt(described.environmentBytes),
      }),
    });
  });
  const workFolder = join(folder, 'work');
  let replaced = 0;
  const write = (line: string) => {
    if (line.includes('replaced to free memory')) replaced += 1;
  };
  const service = await createRenderingService({
    jobs: office.client,
    renders: createRpcClient(RenderRecordService, records),
    objects,
    workFolder,
    sandboxLimits: { memoryBytes, seconds, outputBytes },
    checkSeconds,
    threads,
    concurrency: 1,
    logger: pino({ level: 'debug' }, { write }),
  });
  await service.start();
  const payloadOf = ({ glb }: Pick<StoredModel, 'glb'>, request: Partial<ImageRequest>) => ({
    renderId: newId('render'),
    assetId: newId('asset'),
    versionId: newId('version'),
    glb,
    request: ImageRequest.parse(request),
  });
  return {
    service,
    objects,
    office,
    recorded,
    described,
    stored,
    client: createRpcClient(
      RenderingService,
      createMemoryTransport((router) => service.rpc?.(router)),
    ),
    async store(bytes) {
      const limits = ModelLimits.parse({ triangles: 100_000_000, fileBytes: 2 ** 32, decodedBytes: 2 ** 33 });
      const { glb, report } = await processModel([{ name: 'model.glb', bytes }], limits);
      described.facts = report;
      return { glb: await putBytes(objects, glb), facts: report };
    },
    begin: (model, request) => office.add('render.image', payloadOf(model, request)),
    async render(model, request, more) {
      const outcome = await office.finished('render.image', { ...payloadOf(model, request), ...more });
      if (outcome.case === 'resultJson') {
        return { ok: true, result: JOB_KINDS['render.image'].result.parse(JSON.parse(outcome.value)) };
      }
      if (outcome.case !== 'failure') throw new Error(`the job was ${outcome.case}`);
      return { ok: false, error: { ...JSON.parse(outcome.value.errorJson), retryable: outcome.value.retryable } };
    },
    async processes() {
      const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const lines = await Promise.all(
        ids.map(async (id) => [Number(id), await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')] as const),
      );
      return lines.filter(([, line]) => line.includes(workFolder)).map(([id]) => id);
    },
    replaced: () => replaced,
    async close() {
      await service.stop();
      // Nothing is left of what its processes worked in.
      expect(await readdir(join(workFolder, 'rendering'))).toEqual([]);
      await objects.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
