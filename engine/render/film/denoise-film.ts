import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { DrawControl } from '../draw-preview.ts';
import type { ImagePlan } from '../image-plan.ts';
import * as L from '../kernel/layout.ts';
import type { KernelHeader } from '../kernel-header.ts';
import { denoiserOf } from './film-plan.ts';

/** Distances of the taps of the wavelet's levels, in pixels. */
const LEVELS = [1, 2, 4, 8, 16];

/** Takes the noise out of the film as the request says. The film stays as it is; what is developed next is denoised. */
export async function denoiseFilm(
  header: KernelHeader,
  { denoise }: ImagePlan,
  request: ImageRequest,
  { run, stage }: Pick<DrawControl, 'run' | 'stage'>,
): Promise<void> {
  const kind = denoiserOf(request);
  if (kind === 'off') return;
  header.setAll([
    [L.H_DENOISE_IN, denoise.light],
    [L.H_DENOISE_SECOND, denoise.second],
    [L.H_DENOISE_OUT, denoise.filtered],
    [L.H_DENOISE_NORMAL, denoise.normal],
    [L.H_DENOISE_ALBEDO, denoise.albedo],
    [L.H_DENOISE_SCRATCH, denoise.scratch],
  ]);
  await run(L.TASK_DENOISE_PREPARE);
  if (kind === 'high') {
    await run(L.TASK_DENOISE_REGRESSION);
    header.set(L.H_DENOISED, denoise.filtered);
  } else {
    header.set(L.H_DENOISED, await filterByWavelet(header, denoise, run));
  }
  stage('denoise');
}

/** Runs the levels of the wavelet; returns where its result lies. */
async function filterByWavelet(
  header: KernelHeader,
  { light, filtered }: ImagePlan['denoise'],
  run: DrawControl['run'],
): Promise<number> {
  let [from, to] = [light, filtered];
  for (const step of LEVELS) {
    header.setAll([
      [L.H_DENOISE_IN, from],
      [L.H_DENOISE_OUT, to],
      [L.H_DENOISE_STEP, step],
    ]);
    await run(L.TASK_DENOISE_WAVELET);
    [from, to] = [to, from];
  }
  return from;
}
