import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { backgroundOf } from '#contracts/render/image-rules.ts';
import { openRenderSession } from '#engine/render/render-session.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import { makeReferenceModel, REFERENCE_MODEL } from '../../scripts/make-reference-model.ts';
import { bundleAnew } from '../bundle-anew.ts';
import { environmentPanorama } from './environment-panorama.ts';
import { openF3d } from './f3d.ts';
import { writeHdr } from './fidelity/hdr-file.ts';
import type { ThreeScene } from './three-in-chromium.ts';

/**
 * Times the reference model at 800 × 600 from process start to PNG, taking turns: the command line, headless Chromium
 * with three.js (same camera, environment, size and tone mapping), and f3d without and with the environment. Then warm
 * frames of a turntable, beside those of Chromium. Peers that are not installed are left out, and named.
 *
 *   node bench/render/cold-start.ts [RUNS]
 */
const runs = Number(process.argv[2] ?? 5);
/** Load of the machine before this began. */
const load = loadavg()[0]!.toFixed(1);
const root = fileURLToPath(new URL('../../', import.meta.url));
if (!existsSync(REFERENCE_MODEL)) {
  await mkdir(dirname(REFERENCE_MODEL), { recursive: true });
  await writeFile(REFERENCE_MODEL, await makeReferenceModel());
}
bundleAnew();
const request = ImageRequest.parse({ width: 800, height: 600 });
const document = await new NodeIO().registerExtensions(ALL_EXTENSIONS).readBinary(await readFile(REFERENCE_MODEL));
const host = createNodeRenderHost({ threads: availableParallelism() });
const session = openRenderSession(document, host);
const warm: number[] = [];
const image = await session.render(request);
/** The kernel's functions are compiled for good one after another during the first frames. */
const WARMING = 8;
/** Frames of the turntable in each run, after those of Chromium. */
const FRAMES = 5;
let frame = 0;
async function turn(): Promise<number> {
  frame++;
  const start = performance.now();
  await session.render({ ...request, view: { azimuth: (35 + frame * 15) % 360, elevation: 20 } });
  return (performance.now() - start) / 1000;
}
for (let i = 0; i < WARMING; i++) await turn();

const folder = await mkdtemp(join(tmpdir(), 'cold-start-'));
const scene: ThreeScene = {
  model: REFERENCE_MODEL,
  environment: request.environment,
  width: request.width,
  height: request.height,
  camera: image.camera,
  background: backgroundOf(request),
  frames: FRAMES,
};
await writeFile(join(folder, 'scene.json'), JSON.stringify(scene));
const panorama = join(folder, 'environment.hdr');
const file = await readFile(join(root, `engine/render/environments/${request.environment}.bin`));
await writeFile(panorama, writeHdr(environmentPanorama(file), 512, 256));
const chromium = existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium');
const f3d = await openF3d();

const time = (args: string[]): { seconds: number; output: string } => {
  const start = performance.now();
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return { seconds: (performance.now() - start) / 1000, output: stdout };
};
const seconds = { maquette: [] as number[], chromium: [] as number[], f3d: [] as number[], f3dLit: [] as number[] };
const chromiumFrames: number[] = [];
for (let i = 0; i < runs; i++) {
  const output = join(folder, 'maquette.png');
  seconds.maquette.push(time(['cli/maquette.js', 'render', REFERENCE_MODEL, '-o', output]).seconds);
  if (chromium) {
    const three = time(['bench/render/three-in-chromium.ts', join(folder, 'scene.json'), join(folder, 'three.png')]);
    seconds.chromium.push(three.seconds);
    chromiumFrames.push(...(JSON.parse(three.output) as { frameSeconds: number[] }).frameSeconds);
  }
  for (let k = 0; k < FRAMES; k++) warm.push(await turn());
  if (!f3d) continue;
  seconds.f3d.push(f3d.render(REFERENCE_MODEL, join(folder, 'f3d.png'), request));
  seconds.f3dLit.push(f3d.render(REFERENCE_MODEL, join(folder, 'f3d-lit.png'), request, panorama));
}
f3d?.close();
session.close();
await host.close();
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const round = (value: number) => Number(value.toFixed(3));
const cold = (values: number[]) => ({ coldSeconds: values.map(round), coldMedian: round(median(values)) });
const ours = median(seconds.maquette);
const faster = (values: number[]) => Number((median(values) / ours).toFixed(2));
const result = {
  what: 'reference model, 800 × 600, process start to PNG; and one more frame of a turntable',
  machine: `${cpus()[0]?.model}, ${availableParallelism()} cores, load ${load} before`,
  node: process.version,
  triangles: image.stats.triangles,
  maquette: { ...cold(seconds.maquette), warmMedian: round(median(warm)), warmBest: round(Math.min(...warm)) },
  ...(chromium ? { chromium: { ...cold(seconds.chromium), warmMedian: round(median(chromiumFrames)) } } : {}),
  ...(f3d
    ? { f3dWithoutEnvironment: cold(seconds.f3d), f3dWithEnvironment: cold(seconds.f3dLit), f3dVersion: f3d.version }
    : {}),
  timesFaster: {
    ...(chromium
      ? {
          coldThanChromium: faster(seconds.chromium),
          warmThanChromium: Number((median(chromiumFrames) / median(warm)).toFixed(2)),
        }
      : {}),
    ...(f3d ? { coldThanF3d: faster(seconds.f3d), coldThanF3dWithEnvironment: faster(seconds.f3dLit) } : {}),
  },
  notInstalled: [...(chromium ? [] : ['chromium']), ...(f3d ? [] : ['f3d and Xvfb'])],
};
console.log(JSON.stringify(result, null, 2));
const results = join(root, 'bench/render/results');
await mkdir(results, { recursive: true });
// Lists on one line, as the formatter has them.
const text = JSON.stringify(result, null, 2).replaceAll(
  /\[\s+([^\]]+?)\s+\]/g,
  (_, list: string) => `[${list.replaceAll(/\s+/g, ' ')}]`,
);
await writeFile(join(results, 'cold-start.json'), `${text}\n`);
await rm(folder, { recursive: true });
