import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { ModelFile } from '#engine/formats/model-file.ts';
import type { PlacedCamera } from '#engine/render/rendered-image.ts';
import { CHROMIUM, SOFTWARE_WEBGL, withPage } from '#test/page-in-chromium.ts';
import { sheenAlbedoTable } from './sheen-table.ts';

/** What the page is asked to draw. */
export interface KhronosJob {
  name: string;
  /** The model first, then the files that it refers to. */
  files: readonly ModelFile[];
  camera: PlacedCamera;
  width: number;
  height: number;
  /** Name of a variant (KHR_materials_variants), or undefined. */
  variant: string | undefined;
  /** Draw the environment behind the model. */
  showEnvironment: boolean;
}

const PACKAGE = fileURLToPath(new URL('../../../node_modules/@khronosgroup/gltf-viewer/', import.meta.url));
const DRACO = fileURLToPath(new URL('../../../node_modules/draco3dgltf/', import.meta.url));

/** Why the peer cannot be run here, or undefined. */
export function khronosMissing(): string | undefined {
  if (!existsSync(join(PACKAGE, 'dist/gltf-viewer.module.js'))) return '@khronosgroup/gltf-viewer is not installed';
  if (!existsSync(CHROMIUM)) return `there is no Chromium at ${CHROMIUM} (set CHROMIUM to one)`;
  return undefined;
}

/** Pictures are drawn this many times larger and averaged: its own 4 samples leave edges rough. */
const OVERSAMPLING = 3;

// The texture transcoder must be there as a classic script before the module runs.
const PAGE = `<!doctype html><canvas id="c"></canvas>
<script src="/package/dist/libs/libktx.js"></script>
<script src="/draco/draco_decoder_gltf_nodejs.js"></script>
<script type="module">
import { GltfView } from '/package/dist/gltf-viewer.module.js';
const canvas = document.getElementById('c');
const gl = canvas.getContext('webgl2', { alpha: true, antialias: true, preserveDrawingBuffer: true });
const view = new GltfView(gl);
const state = view.createState();
const loader = view.createResourceLoader(window.DracoDecoderModule, window.LIBKTX, '/package/dist/libs/');
state.environment = await loader.loadEnvironment('/environment.hdr', { lut_sheen_E_file: '/sheen.png' });
const parameters = state.renderingParameters;
// The panorama's middle column is +X, as in ours.
parameters.environmentRotation = 0;
parameters.blurEnvironmentMap = false;
parameters.clearColor = [0, 0, 0, 0];
window.draw = async ({ path, transform, fieldOfView, near, far, width, height, variant, showEnvironment }) => {
  canvas.width = width;
  canvas.height = height;
  state.gltf = await loader.loadGltf(path);
  state.sceneIndex = state.gltf.scene ?? 0;
  state.cameraIndex = undefined;
  state.animationIndices = [];
  state.variant = variant ?? 'default';
  parameters.renderEnvironmentMap = showEnvironment;
  parameters.usePunctual = (state.gltf.lights?.length ?? 0) > 0;
  const camera = state.userCamera;
  camera.transform = new Float32Array(transform);
  camera.perspective.yfov = fieldOfView;
  camera.perspective.znear = near;
  camera.perspective.zfar = far;
  view.renderFrame(state, width, height);
  view.renderFrame(state, width, height);
  const bytes = new Uint8Array(width * height * 4);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
  let text = '';
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text);
};
window.ready = true;
</script>`;

/**
 * Draws models with the Khronos glTF Sample Renderer on WebGL in headless Chromium (SwiftShader), all in one page,
 * since it filters its environment for minutes first.
 *
 * @param environment a Radiance file
 * @param drawn called with each picture: sRGB bytes, RGBA with alpha not premultiplied, rows from the top
 */
export async function drawWithKhronos(
  jobs: readonly KhronosJob[],
  environment: Uint8Array,
  drawn: (job: KhronosJob, rgba: Uint8Array) => Promise<void>,
): Promise<void> {
  const sheen = await sheenAlbedoTable();
  const models = new Map<string, Uint8Array>(
    jobs.flatMap((job, i) => job.files.map(({ name, bytes }) => [`/model/${i}/${name}`, bytes] as const)),
  );
  const files = {
    bodyOf: async (path: string) => {
      if (path === '/') return PAGE;
      if (path === '/environment.hdr') return environment;
      if (path === '/sheen.png') return sheen;
      if (path.startsWith('/package/')) return readFile(join(PACKAGE, normalize(path.slice(9))));
      if (path.startsWith('/draco/')) return readFile(join(DRACO, normalize(path.slice(7))));
      return models.get(path);
    },
    switches: SOFTWARE_WEBGL,
    onMessage: (text: string, isError: boolean) => {
      if (isError) console.error(`Khronos renderer: ${text}`);
    },
  };
  await withPage(files, async (page) => {
    await page.waitForFunction('window.ready', undefined, { timeout: 1_800_000 });
    for (const [i, job] of jobs.entries()) {
      const rgba = await draw(page, job, `/model/${i}/${job.files[0]!.name}`);
      if (rgba) await drawn(job, rgba);
    }
  });
}

async function draw(page: Page, job: KhronosJob, path: string): Promise<Uint8Array | undefined> {
  const { position, right, up, forward, fieldOfView } = job.camera;
  const distance = Math.hypot(...position) + 1;
  const request = {
    path: encodeURI(path),
    transform: [...right, 0, ...up, 0, ...forward.map((v) => -v), 0, ...position, 1],
    fieldOfView: (fieldOfView * Math.PI) / 180,
    near: distance / 200,
    far: distance * 20,
    width: job.width * OVERSAMPLING,
    height: job.height * OVERSAMPLING,
    variant: job.variant,
    showEnvironment: job.showEnvironment,
  };
  try {
    const text = await page.evaluate<string>(`window.draw(${JSON.stringify(request)})`);
    return averaged(Buffer.from(text, 'base64'), job.width, job.height);
  } catch (error) {
    console.error(`Khronos renderer, ${job.name}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/**
 * Averages the large picture in light. It encodes with a power of 2.2 instead of the sRGB curve, which this undoes, so
 * that the comparison is one of shading and not of two encodings.
 */
function averaged(large: Uint8Array, width: number, height: number): Uint8Array {
  const n = OVERSAMPLING;
  const out = new Uint8Array(width * height * 4);
  const light = Float32Array.from({ length: 256 }, (_, i) => (i / 255) ** 2.2);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0, 0];
      for (let k = 0; k < n * n; k++) {
        // Rows come from the bottom.
        const row = height * n - 1 - (y * n + Math.floor(k / n));
        const o = (row * width * n + x * n + (k % n)) * 4;
        const alpha = large[o + 3]! / 255;
        if (alpha === 0) continue;
        // Colours are premultiplied as they were encoded.
        for (let c = 0; c < 3; c++) sum[c]! += light[Math.min(255, Math.round(large[o + c]! / alpha))]! * alpha;
        sum[3]! += alpha;
      }
      const o = (y * width + x) * 4;
      if (sum[3] === 0) continue;
      for (let c = 0; c < 3; c++) {
        const v = sum[c]! / sum[3]!;
        out[o + c] = Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
      }
      out[o + 3] = Math.round((sum[3]! / (n * n)) * 255);
    }
  }
  return out;
}
