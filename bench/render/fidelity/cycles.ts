import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import type { KhronosJob } from './khronos-in-chromium.ts';
import { encodeSrgb } from './picture.ts';

const BLENDER = process.env.BLENDER ?? '/usr/bin/blender';
const SCENE = fileURLToPath(new URL('cycles-scene.py', import.meta.url));

/** Why Cycles cannot be run here, or undefined. */
export function cyclesMissing(): string | undefined {
  return existsSync(BLENDER) ? undefined : `there is no Blender at ${BLENDER} (set BLENDER to one)`;
}

/** Samples a pixel and bounces of both path tracers. */
export const CYCLES_SAMPLES = 128;
export const BOUNCES = 8;

/**
 * Renders models with Blender Cycles on the CPU, under our camera and environment.
 *
 * @returns sRGB bytes by the name of the job, tone mapped as ours, RGBA with alpha not premultiplied, rows from the top
 */
export async function drawWithCycles(
  jobs: readonly KhronosJob[],
  environment: Uint8Array,
): Promise<Map<string, Uint8Array>> {
  const folder = await mkdtemp(join(tmpdir(), 'cycles-'));
  const pictures = new Map<string, Uint8Array>();
  try {
    await writeFile(join(folder, 'environment.hdr'), environment);
    const list = [];
    for (const job of jobs) {
      const home = join(folder, job.name);
      for (const { name, bytes } of job.files) {
        await mkdir(dirname(join(home, name)), { recursive: true });
        await writeFile(join(home, name), bytes);
      }
      const { position, right, up, forward, fieldOfView } = job.camera;
      const distance = Math.hypot(...position) + 1;
      list.push({
        model: join(home, job.files[0]!.name),
        environment: join(folder, 'environment.hdr'),
        output: join(folder, `${job.name}.exr`),
        transform: [...right, 0, ...up, 0, ...forward.map((v) => -v), 0, ...position, 1],
        fieldOfView: (fieldOfView * Math.PI) / 180,
        near: distance / 200,
        far: distance * 20,
        width: job.width,
        height: job.height,
        samples: CYCLES_SAMPLES,
        bounces: BOUNCES,
      });
    }
    await writeFile(join(folder, 'jobs.json'), JSON.stringify(list));
    const run = spawnSync(
      BLENDER,
      ['-b', '--factory-startup', '--python-exit-code', '1', '-P', SCENE, '--', join(folder, 'jobs.json')],
      { encoding: 'utf8', maxBuffer: 2 ** 28 },
    );
    if (run.status !== 0) console.error(`Cycles: ${run.stderr.split('\n').slice(-4).join(' ')}`);
    for (const job of jobs) {
      const path = join(folder, `${job.name}.exr`);
      if (existsSync(path)) pictures.set(job.name, developed(await readFile(path), job.width, job.height));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return pictures;
}

/** Linear premultiplied light, rows from the bottom, as sRGB through the curve that ours takes by default. */
function developed(exr: Uint8Array, width: number, height: number): Uint8Array {
  const copy = exr.slice();
  const { data } = new EXRLoader().setDataType(FloatType).parse(copy.buffer);
  if (!data || data.length !== width * height * 4) throw new Error('Cycles wrote a picture of another size.');
  const out = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const src = ((height - 1 - y) * width + x) * 4;
      const dst = (y * width + x) * 4;
      const alpha = Math.min(1, Math.max(0, data[src + 3]!));
      out[dst + 3] = Math.round(alpha * 255);
      if (alpha === 0) continue;
      const rgb = [0, 1, 2].map((c) => Math.max(0, data[src + c]! / alpha)) as [number, number, number];
      neutral(rgb).forEach((v, c) => {
        out[dst + c] = Math.round(encodeSrgb(v) * 255);
      });
    }
  }
  return out;
}

/** Khronos PBR Neutral tone mapping (specification of 2024). */
function neutral([r, g, b]: [number, number, number]): [number, number, number] {
  const start = 0.8 - 0.04;
  const low = Math.min(r, g, b);
  const offset = low < 0.08 ? low - 6.25 * low * low : 0.04;
  const [x, y, z] = [r - offset, g - offset, b - offset] as const;
  const peak = Math.max(x, y, z);
  if (peak < start) return [x, y, z];
  const d = 1 - start;
  const compressed = 1 - (d * d) / (peak + d - start);
  const white = 1 - 1 / (0.15 * (peak - compressed) + 1);
  const mixed = (v: number) => (v * compressed) / peak + (compressed - (v * compressed) / peak) * white;
  return [mixed(x), mixed(y), mixed(z)];
}
