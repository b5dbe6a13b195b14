import type { ImageRequest } from '#contracts/render/image-request.ts';
import { BAND_BORDER, type ImagePlan } from './image-plan.ts';
import * as L from './kernel/layout.ts';
import type { KernelHeader } from './kernel-header.ts';

/** How an integrator runs its passes. */
export interface DrawControl {
  /** Lets all threads work on a task. @throws MaquetteError `canceled` */
  run(task: number): Promise<void>;
  /** Takes the share of the image that is done, rising to 1. */
  progress(share: number): void;
  /** Ends a stage of the statistics. */
  stage(name: string): void;
}

/** Draws the image with the `preview` integrator, band by band: what pixels see, occlusion without noise, colours. */
export async function drawPreview(
  header: KernelHeader,
  plan: ImagePlan,
  { width, height }: Pick<ImageRequest, 'width' | 'height'>,
  { run, progress, stage }: DrawControl,
): Promise<void> {
  for (let row = 0; row < height; row += plan.bandRows) {
    const end = Math.min(height, row + plan.bandRows);
    const first = Math.max(0, row - BAND_BORDER);
    const last = Math.min(height, end + BAND_BORDER);
    header.setAll([
      [L.H_BAND_FIRST, first],
      [L.H_BAND_ROWS, last - first],
      [L.H_SHADE_FIRST, row],
      [L.H_SHADE_END, end],
      [L.H_PIXELS, plan.pixels + row * width * 4],
    ]);
    const share = (pass: number) => progress((row + ((end - row) * pass) / 3) / height);
    await run(L.TASK_VISIBILITY);
    stage('visibility');
    share(1);
    await run(L.TASK_FILTER);
    await run(L.TASK_FILTER_WIDE);
    stage('filter');
    share(2);
    await run(L.TASK_SHADE);
    stage('shade');
    share(3);
  }
}
