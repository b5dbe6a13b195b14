import type { ColorSpace, ToneMapping } from '#contracts/render/image-request.ts';
import type { DrawControl } from '../draw-preview.ts';
import type { ImagePlan } from '../image-plan.ts';
import * as L from '../kernel/layout.ts';
import type { KernelHeader } from '../kernel-header.ts';

/** Numbers of the curves in the kernel. */
export const TONE_MAPPINGS: Record<ToneMapping, number> = {
  neutral: L.TONE_NEUTRAL,
  aces: L.TONE_ACES,
  agx: L.TONE_AGX,
  none: L.TONE_NONE,
};

/** Numbers of the colour spaces in the kernel. */
export const COLOR_SPACES: Record<ColorSpace, number> = {
  srgb: L.SPACE_SRGB,
  'display-p3': L.SPACE_DISPLAY_P3,
};

/** Linear light with sRGB's primaries in those of Display P3 (SMPTE EG 432-1, white D65). */
export function displayP3Of(rgb: readonly number[]): readonly number[] {
  const [r = 0, g = 0, b = 0] = rgb;
  return [
    0.8224619687 * r + 0.1775380313 * g,
    0.0331941989 * r + 0.9668058011 * g,
    0.0170826307 * r + 0.0723974407 * g + 0.9105199286 * b,
  ];
}

/** Sets all of the film to zero, as an integrator that adds to it expects. */
export function clearFilm(memory: WebAssembly.Memory, plan: ImagePlan, pixels: number): void {
  for (const address of Object.values(plan.film)) {
    if (address > 0) new Uint8Array(memory.buffer, address, pixels * L.FILM_BYTES).fill(0);
  }
}

/** Makes the picture for display from the film, which stays as it is; also in the middle of a progressive render. */
export async function developFilm(
  header: KernelHeader,
  plan: ImagePlan,
  { run }: Pick<DrawControl, 'run'>,
): Promise<void> {
  header.setAll([
    [L.H_PIXELS, plan.pixels],
    [L.H_DEVELOP_LINEAR, 0],
  ]);
  await run(L.TASK_DEVELOP);
}

/** Turns the film's sums into linear light, exposed and with its background: RGBA, premultiplied, in place. */
export async function resolveFilm(header: KernelHeader, { run }: Pick<DrawControl, 'run'>): Promise<void> {
  header.set(L.H_DEVELOP_LINEAR, 1);
  await run(L.TASK_DEVELOP);
}
