import type { ImageRequest } from '#contracts/render/image-request.ts';
import { samplesOf } from '#contracts/render/image-rules.ts';
import type { DrawControl } from './draw-preview.ts';
import { clearFilm } from './film/develop-film.ts';
import type { ImagePlan } from './image-plan.ts';
import * as L from './kernel/layout.ts';
import type { KernelHeader } from './kernel-header.ts';

/** What tracing an image took. */
export interface TraceResult {
  rays: number;
  /** Samples of all pixels together. */
  samples: number;
}

/** Samples of a pixel before its noise is judged for the first time: fewer tell too little. */
const FIRST_JUDGEMENT = 16;
/** Most samples of a pixel between two judgements. */
const LARGEST_PASS = 32;
/** About so many samples of all pixels are taken between two reports of progress. */
const REPORT_EVERY = 1_500_000;

/** Samples that the next pass takes when a pixel has `taken` of `samples`. */
export function passSize(taken: number, samples: number): number {
  const size =
    taken < 4 ? 4 : taken < FIRST_JUDGEMENT ? Math.min(8, FIRST_JUDGEMENT - taken) : Math.min(taken, LARGEST_PASS);
  return Math.min(size, samples - taken);
}

/**
 * Adds the samples of a request to the film with the `path` integrator, pass by pass. Between passes those pixels end
 * whose relative error lies below the request's threshold.
 *
 * @param onPass Called after each pass that is not the last, when the film holds as many samples everywhere.
 */
export async function tracePaths(
  header: KernelHeader,
  memory: WebAssembly.Memory,
  plan: ImagePlan,
  request: ImageRequest,
  { run, progress, stage }: DrawControl,
  onPass: (taken: number) => Promise<void> = async () => {},
): Promise<TraceResult> {
  const { width, height, bounces, noiseThreshold, seed } = request;
  const samples = samplesOf(request);
  const pixels = width * height;
  clearFilm(memory, plan, pixels);
  new Uint8Array(memory.buffer, plan.path.active, pixels).fill(1);
  header.setAll([
    [L.H_PATH_BOUNCES, bounces],
    [L.H_PATH_SEED, seed],
    [L.H_PATH_ACTIVE, plan.path.active],
  ]);
  header.setFloats(L.H_PATH_THRESHOLD, noiseThreshold);
  await run(L.TASK_PATH_POOL);
  const result: TraceResult = { rays: 0, samples: 0 };
  let active = pixels;
  for (let taken = 0; taken < samples && active > 0; ) {
    const count = passSize(taken, samples);
    header.set(L.H_PATH_FIRST, taken);
    header.set(L.H_PATH_COUNT, count);
    const tiles = writeTiles(memory, plan, request);
    const chunk = Math.max(1, Math.floor(REPORT_EVERY / (L.TILE * L.TILE * count)));
    for (let first = 0; first < tiles; first += chunk) {
      const here = Math.min(chunk, tiles - first);
      header.set(L.H_PATH_TILES, plan.path.tiles + first * 4);
      header.set(L.H_PATH_TILE_COUNT, here);
      header.set(L.H_RAYS, 0);
      await run(L.TASK_PATH_TRACE);
      result.rays += header.get(L.H_RAYS);
      const left = active * (samples - taken - (count * (first + here)) / tiles);
      progress(1 - left / (pixels * samples));
    }
    result.samples += active * count;
    taken += count;
    stage('trace');
    if (taken === samples) break;
    if (noiseThreshold > 0 && taken >= FIRST_JUDGEMENT) {
      header.set(L.H_PATH_ACTIVE_COUNT, 0);
      await run(L.TASK_PATH_CONVERGENCE);
      active = header.get(L.H_PATH_ACTIVE_COUNT);
      stage('judge');
    }
    await onPass(taken);
  }
  progress(1);
  return result;
}

/** Lists the tiles that have a pixel which is not finished; returns their number. */
function writeTiles(memory: WebAssembly.Memory, plan: ImagePlan, { width, height }: ImageRequest): number {
  const columns = Math.ceil(width / L.TILE);
  const rows = Math.ceil(height / L.TILE);
  const active = new Uint8Array(memory.buffer, plan.path.active, width * height);
  const tiles = new Uint32Array(memory.buffer, plan.path.tiles, columns * rows);
  let count = 0;
  for (let tile = 0; tile < columns * rows; tile++) {
    const x0 = (tile % columns) * L.TILE;
    const x1 = Math.min(x0 + L.TILE, width);
    const y1 = Math.min(Math.floor(tile / columns) * L.TILE + L.TILE, height);
    for (let y = Math.floor(tile / columns) * L.TILE; y < y1; y++) {
      if (!active.subarray(y * width + x0, y * width + x1).includes(1)) continue;
      tiles[count++] = tile;
      break;
    }
  }
  return count;
}
