import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { JobOffice } from '#platform/jobs/testing/job-office.ts';
import { openFolderStore } from '#platform/objects/folder-store.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { putBytes } from '#platform/objects/testing/bytes.ts';
import type { Service } from '#platform/service/service.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { createGeometryService } from './service.ts';

const GIB = 1024 ** 3;
let folder: string;
let objects: ObjectStore;
let office: JobOffice;
let service: Service;

/** The parsers of some formats are WebAssembly, which reads its own files: the sandbox must let them. */
describe.skipIf(!hasCorpus)('every format goes through the sandbox', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maquette-formats-test-'));
    objects = await openFolderStore({ directory: join(folder, 'objects') });
    office = new JobOffice();
    service = await createGeometryService({
      jobs: office.client,
      objects,
      workFolder: join(folder, 'work'),
      limits: ModelLimits.parse({}),
      sandboxLimits: { memoryBytes: GIB, seconds: 60, outputBytes: GIB },
      concurrency: 1,
      logger: pino({ level: 'silent' }),
    });
    await service.start();
  });

  afterAll(async () => {
    await service.stop();
    await objects.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['stl/Spider_binary.stl', 'stl', 1368],
    ['ply/Wuson.ply', 'ply', 3732],
    ['3mf/sphere_logo.3mf', '3mf', 3032],
    ['cad/cube-in.step', 'step', 12],
    ['cad/cube-10x10.igs', 'iges', 12],
    ['cad/AC14-FZK-Haus.ifc', 'ifc', 35792],
    ['pointcloud/grid.las', 'las', 0],
    ['splat/sphere_3dgs.spz', 'spz', 0],
    ['splat/minimal.splat', 'splat', 0],
    ['dae/duck/duck.dae', 'dae', 4212],
    ['3ds/cube_hierarchy.3ds', '3ds', 96],
    ['usd/CesiumMan.usdz', 'usd', 4672],
    ['usd/suzanne.usdc', 'usd', 968],
    ['x3d/HelloX3dTrademark.x3d', 'x3d', 960],
    ['wrl/Wuson.wrl', 'vrml', 3732],
  ])('%s', async (path, format, triangles) => {
    const stored = { name: basename(path), ...(await putBytes(objects, await corpusFile(path))) };
    const outcome = await office.finished('geometry.process', {
      assetId: newId('asset'),
      versionId: newId('version'),
      files: [stored],
    });
    if (outcome.case !== 'resultJson') throw new Error(JSON.stringify(outcome));
    const { report } = JOB_KINDS['geometry.process'].result.parse(JSON.parse(outcome.value));
    expect([report.format, report.triangles]).toEqual([format, triangles]);
    expect(report.bounds).not.toBeNull();
  });
});
