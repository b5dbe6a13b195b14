import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import sharp from 'sharp';
import { FloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { openRenderSession } from '#engine/render/render-session.ts';
import type { PlacedCamera } from '#engine/render/rendered-image.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import { makeReferenceModel, REFERENCE_MODEL } from '../../scripts/make-reference-model.ts';
import { keepResult } from '../machine.ts';
import { environmentPanorama } from './environment-panorama.ts';
import { writeHdr } from './fidelity/hdr-file.ts';

/**
 * Path tracing beside Blender's Cycles on the CPU: the reference model, same camera, environment, bounces and threads,
 * without denoising or adaptive sampling. Each engine's error is taken against its own picture of many samples, so that
 * differences between materials do not count; what is compared is the CPU time to the same error.
 *
 *   node bench/render/path-beside-cycles.ts [REFERENCE_SAMPLES] [WIDTH] [HEIGHT]
 */
const [referenceSamples = 4096, width = 200, height = 150] = process.argv.slice(2).map(Number);
const SAMPLES = [4, 16, 64];
const BOUNCES = 8;
const threads = availableParallelism();
const root = fileURLToPath(new URL('../../', import.meta.url));
if (spawnSync('blender', ['--version']).error) {
  console.error('Blender is not installed: there is nothing to compare with.');
  process.exit(0);
}
if (!existsSync(REFERENCE_MODEL)) {
  await mkdir(dirname(REFERENCE_MODEL), { recursive: true });
  await writeFile(REFERENCE_MODEL, await makeReferenceModel());
}
const folder = await mkdtemp(join(tmpdir(), 'path-beside-cycles-'));
const panorama = join(folder, 'environment.hdr');
const environment = await readFile(join(root, 'engine/render/environments/studio.bin'));
await writeFile(panorama, writeHdr(environmentPanorama(environment), 512, 256));

/** Linear RGB, premultiplied, and alpha. */
interface Picture {
  rgba: Float32Array;
  cpuSeconds: number;
  wallSeconds: number;
}

/** Runs a program and reads the picture that it writes; its CPU time is what the shell says of its children. */
async function run(command: string[], output: string): Promise<Picture> {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync('bash', ['-c', '"$@" >&2 && times', 'bash', ...command], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const wallSeconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr.slice(-2000)}`);
  const cpuSeconds = (stdout.trim().split('\n').at(-1) ?? '')
    .split(/\s+/)
    .map((text) => /(\d+)m([\d.]+)s/.exec(text))
    .reduce((sum, parts) => sum + Number(parts?.[1]) * 60 + Number(parts?.[2]), 0);
  const bytes = await readFile(output);
  const { data } = new EXRLoader().setDataType(FloatType).parse(new Uint8Array(bytes).buffer);
  return { rgba: data as Float32Array, cpuSeconds, wallSeconds };
}

const document = await new NodeIO().registerExtensions(ALL_EXTENSIONS).readBinary(await readFile(REFERENCE_MODEL));
const host = createNodeRenderHost({ threads: 1 });
const session = openRenderSession(document, host);
const { camera } = await session.render(ImageRequest.parse({ width, height, samples: 1 }));
session.close();
await host.close();

async function ours(samples: number, seed: number): Promise<Picture> {
  const output = join(folder, `maquette-${samples}-${seed}.exr`);
  const place = { position: camera.position, target: camera.position.map((x, i) => x + camera.forward[i]!) };
  const options = {
    output,
    integrator: 'path',
    samples,
    seed,
    bounces: BOUNCES,
    'noise-threshold': 0,
    denoise: 'off',
    'exr-depth': 'float',
    environment: panorama,
    camera: JSON.stringify({ ...place, up: camera.up }),
    'field-of-view': camera.fieldOfView,
    width,
    height,
    threads,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return run([process.execPath, 'cli/maquette.js', 'render', REFERENCE_MODEL, ...flags], output);
}

async function cycles(samples: number, seed: number): Promise<Picture> {
  const output = join(folder, `cycles-${samples}-${seed}.exr`);
  const job: { camera: PlacedCamera } & Record<string, unknown> = {
    model: REFERENCE_MODEL,
    panorama,
    camera,
    width,
    height,
    samples,
    seed,
    bounces: BOUNCES,
    threads,
    // What Cycles does to keep fireflies out unless told otherwise.
    clamp: 10,
    blurGlossy: 1,
    output,
  };
  const path = join(folder, `cycles-${samples}-${seed}.json`);
  await writeFile(path, JSON.stringify(job));
  return run(
    ['blender', '-b', '--factory-startup', '-noaudio', '-P', join(root, 'bench/render/cycles.py'), '--', path],
    output,
  );
}

/** Mean of the squared error over the squared reference, where the model is; the brightest and worst 0.1 % are left out. */
function relativeError(picture: Picture, reference: Picture): number {
  const errors: number[] = [];
  for (let i = 0; i < reference.rgba.length; i += 4) {
    if (reference.rgba[i + 3]! < 0.999) continue;
    let error = 0;
    for (let c = 0; c < 3; c++) {
      const r = reference.rgba[i + c]!;
      error += (picture.rgba[i + c]! - r) ** 2 / (r * r + 1e-2) / 3;
    }
    errors.push(error);
  }
  errors.sort((a, b) => a - b);
  const kept = errors.slice(0, Math.ceil(errors.length * 0.999));
  return kept.reduce((a, b) => a + b, 0) / kept.length;
}

/**
 * CPU seconds of one sample a pixel more, between the most samples measured and the reference: long enough that neither
 * start nor compilation counts, as in pictures of usual size.
 */
function secondsPerSample(pictures: readonly Picture[], reference: Picture): number {
  return (reference.cpuSeconds - pictures.at(-1)!.cpuSeconds) / (referenceSamples - SAMPLES.at(-1)!);
}

async function measure(render: (samples: number, seed: number) => Promise<Picture>) {
  const reference = await render(referenceSamples, 1);
  const pictures: Picture[] = [];
  for (const samples of SAMPLES) pictures.push(await render(samples, 2));
  const errors = pictures.map((picture) => relativeError(picture, reference));
  const perSample = secondsPerSample(pictures, reference);
  return { reference, pictures, errors, perSample };
}

/** Samples at which a line through the measured errors, both axes logarithmic, reaches an error. */
function samplesFor(error: number, errors: readonly number[]): number {
  const n = SAMPLES.length;
  const x = SAMPLES.map(Math.log);
  const y = errors.map(Math.log);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / n;
  const [mx, my] = [mean(x), mean(y)];
  const slope =
    x.reduce((sum, v, i) => sum + (v - mx) * (y[i]! - my), 0) / x.reduce((sum, v) => sum + (v - mx) ** 2, 0);
  return Math.exp((Math.log(error) - my) / slope + mx);
}

const maquette = await measure(ours);
const blender = await measure(cycles);
const target = maquette.errors.at(-1)!;
const cyclesSamples = samplesFor(target, blender.errors);
const cpuMaquette = maquette.perSample * SAMPLES.at(-1)!;
const cpuCycles = blender.perSample * cyclesSamples;
const digits = (value: number) => Number(value.toPrecision(3));
const engine = ({ pictures, errors, perSample, reference }: Awaited<ReturnType<typeof measure>>) => ({
  cpuSecondsPerSample: digits(perSample),
  relativeErrors: Object.fromEntries(SAMPLES.map((samples, i) => [samples, digits(errors[i]!)])),
  cpuSeconds: Object.fromEntries(SAMPLES.map((samples, i) => [samples, digits(pictures[i]!.cpuSeconds)])),
  coresBusy: digits(reference.cpuSeconds / reference.wallSeconds),
});
await keepResult(join(root, 'bench/render/results/path-beside-cycles.json'), {
  what: `CPU time to the same error, ${width} × ${height}, ${BOUNCES} bounces, ${threads} threads, own references of ${referenceSamples} samples`,
  maquette: engine(maquette),
  cycles: engine(blender),
  atError: digits(target),
  samples: { maquette: SAMPLES.at(-1), cycles: digits(cyclesSamples) },
  cpuSeconds: { maquette: digits(cpuMaquette), cycles: digits(cpuCycles) },
  timesLessCpu: digits(cpuCycles / cpuMaquette),
});
/** Both references side by side, to look at. */
const bytes = Buffer.alloc(width * 2 * height * 3, 255);
[maquette.reference, blender.reference].forEach(({ rgba }, side) => {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((height - 1 - y) * width + x) * 4;
      for (let c = 0; c < 3; c++) {
        const light = Math.min(1, rgba[from + c]! + 1 - rgba[from + 3]!);
        bytes[(y * width * 2 + side * width + x) * 3 + c] = Math.round(255 * Math.max(0, light) ** (1 / 2.2));
      }
    }
  }
});
await sharp(bytes, { raw: { width: width * 2, height, channels: 3 } })
  .png()
  .toFile(join(tmpdir(), 'path-beside-cycles.png'));
await rm(folder, { recursive: true });
