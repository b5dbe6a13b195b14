import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { DrawControl } from './draw-preview.ts';
import { hasPicture, isLinear } from './film/film-plan.ts';
import { type ImagePlan, tileCount } from './image-plan.ts';
import * as L from './kernel/layout.ts';
import type { KernelHeader } from './kernel-header.ts';
import { aligned } from './memory-layout.ts';

/**
 * Lays Gaussian splats over the finished picture and its passes: behind surfaces that are nearer, before the background.
 *
 * @param hidden whether there are surfaces that may hide splats
 * @param reserve makes room for so many bytes behind the image, and returns where it begins
 */
export async function drawSplats(
  header: KernelHeader,
  image: ImagePlan,
  request: Pick<ImageRequest, 'width' | 'height' | 'format' | 'passes'>,
  hidden: boolean,
  reserve: (bytes: number) => Promise<number>,
  { run, stage }: DrawControl,
): Promise<void> {
  header.set(L.H_PIXELS, image.pixels);
  header.set(L.H_FILM_SPLATS, hasPicture(request) && isLinear(request) ? image.film.radiance : 0);
  header.set(L.H_SPLAT_HIDDEN, hidden ? 1 : 0);
  await run(L.TASK_SPLAT_PROJECT);
  const lists = (tileCount(request) + 1) * 4;
  header.set(L.H_SPLAT_TILES, await reserve(lists));
  await run(L.TASK_SPLAT_SORT);
  // The tiles keep their place: what is reserved begins where it did before.
  const start = await reserve(aligned(lists) + header.get(L.H_SPLAT_ENTRY_COUNT) * 4);
  header.set(L.H_SPLAT_ENTRIES, start + aligned(lists));
  await run(L.TASK_SPLAT_BIN);
  stage('sort splats');
  await run(L.TASK_SPLAT_DRAW);
  stage('draw splats');
}
