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
import { renderImage } from '#engine/render/render-image.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import { makeReferenceModel, REFERENCE_MODEL } from '../../scripts/make-reference-model.ts';
import type { ThreeScene } from './three-in-chromium.ts';

/**
 * Times the reference model at 800 × 600 from process start to PNG: the command line beside headless Chromium with
 * three.js, same camera, environment, size and tone mapping, taking turns. Then warm frames of both.
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
const request = ImageRequest.parse({ width: 800, height: 600 });
const document = await new NodeIO().registerExtensions(ALL_EXTENSIONS).readBinary(await readFile(REFERENCE_MODEL));
const host = createNodeRenderHost({ threads: availableParallelism() });
const warm: number[] = [];
let image = await renderImage(document, request, host);
for (let i = 0; i < 8; i++) {
  const start = performance.now();
  image = await renderImage(document, request, host);
  warm.push((performance.now() - start) / 1000);
}
await host.close();

const folder = await mkdtemp(join(tmpdir(), 'cold-start-'));
const scene: ThreeScene = {
  model: REFERENCE_MODEL,
  environment: request.environment,
  width: request.width,
  height: request.height,
  camera: image.camera,
  background: backgroundOf(request),
  frames: 5,
};
await writeFile(join(folder, 'scene.json'), JSON.stringify(scene));
const time = (args: string[]): { seconds: number; output: string } => {
  const start = performance.now();
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return { seconds: (performance.now() - start) / 1000, output: stdout };
};
const ours: number[] = [];
const theirs: number[] = [];
const theirFrames: number[] = [];
for (let i = 0; i < runs; i++) {
  ours.push(time(['cli/maquette.js', 'render', REFERENCE_MODEL, '-o', join(folder, 'maquette.png')]).seconds);
  const three = time(['bench/render/three-in-chromium.ts', join(folder, 'scene.json'), join(folder, 'three.png')]);
  theirs.push(three.seconds);
  theirFrames.push(...(JSON.parse(three.output) as { frameSeconds: number[] }).frameSeconds);
}
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const round = (values: number[]) => values.map((value) => Number(value.toFixed(3)));
const result = {
  what: 'reference model, 800 × 600, process start to PNG; and one more frame',
  machine: `${cpus()[0]?.model}, ${availableParallelism()} cores, load ${load} before`,
  node: process.version,
  triangles: image.stats.triangles,
  maquette: { coldSeconds: round(ours), coldMedian: median(ours), warmMedian: median(warm) },
  chromium: { coldSeconds: round(theirs), coldMedian: median(theirs), warmMedian: median(theirFrames) },
  ratioCold: Number((median(theirs) / median(ours)).toFixed(2)),
  ratioWarm: Number((median(theirFrames) / median(warm)).toFixed(2)),
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
