import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { expect } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { JobOffice } from '#platform/jobs/testing/job-office.ts';
import { openFolderStore } from '#platform/objects/folder-store.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { putBytes } from '#platform/objects/testing/bytes.ts';
import { createOutbound } from '#platform/outbound/outbound.ts';
import type { Service } from '#platform/service/service.ts';
import { createGeometryService } from '../service.ts';

/** The geometry service with its sandbox, and an office that hands out jobs. */
export interface TestGeometry {
  service: Service;
  objects: ObjectStore;
  office: JobOffice;
  /** Stores files as an upload does, and has them processed. */
  process(files: { name: string; bytes: Uint8Array }[]): ReturnType<JobOffice['finished']>;
  close(): Promise<void>;
}

export async function openGeometry({ seconds }: { seconds: number }): Promise<TestGeometry> {
  const folder = await mkdtemp(join(tmpdir(), 'maquette-geometry-'));
  const objects = await openFolderStore({ directory: join(folder, 'objects') });
  const office = new JobOffice();
  const workFolder = join(folder, 'work');
  const service = await createGeometryService({
    jobs: office.client,
    objects,
    workFolder,
    outbound: createOutbound({ allow: [], ports: null }),
    scan: async () => {},
    limits: ModelLimits.parse({}),
    sandboxLimits: { memoryBytes: 2 ** 30, seconds, outputBytes: 2 ** 30 },
    concurrency: 1,
    threads: 2,
    logger: pino({ level: 'silent' }),
  });
  await service.start();
  return {
    service,
    objects,
    office,
    async process(files) {
      const stored = [];
      for (const { name, bytes } of files) stored.push({ name, ...(await putBytes(objects, bytes)) });
      return office.finished('geometry.process', {
        assetId: newId('asset'),
        versionId: newId('version'),
        files: stored,
      });
    },
    async close() {
      await service.stop();
      // Nothing is left of what its processes worked in.
      expect(await readdir(join(workFolder, 'geometry'))).toEqual([]);
      await objects.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
