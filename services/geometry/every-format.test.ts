import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { openGeometry, type TestGeometry } from './testing/open-geometry.ts';

/** The parsers of some formats are WebAssembly, which reads its own files: the sandbox must let them. */
describe.skipIf(!hasCorpus)('every format goes through the sandbox', () => {
  let geometry: TestGeometry;
  beforeAll(async () => {
    geometry = await openGeometry({ seconds: 60 });
  });
  afterAll(() => geometry?.close());

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
    const outcome = await geometry.process([{ name: basename(path), bytes: await corpusFile(path) }]);
    if (outcome.case !== 'resultJson') throw new Error(JSON.stringify(outcome));
    const { report } = JOB_KINDS['geometry.process'].result.parse(JSON.parse(outcome.value));
    expect([report.format, report.triangles]).toEqual([format, triangles]);
    expect(report.bounds).not.toBeNull();
  });
});
