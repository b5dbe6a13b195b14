import type { GLTF } from '@gltf-transform/core';
import { clipName } from '#contracts/model/clip-name.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { dropAnimations } from '../formats/gltf/drop-animations.ts';
import type { ModelFile } from '../formats/model-file.ts';
import { normalise } from '../formats/normalise.ts';
import { openModel } from './open-model.ts';
import type { ReadModel } from './read-model.ts';

/**
 * Reads a model as `readModel` does, but of its animations at most the one that poses it: enough to draw it, and for a
 * character with many clips many times faster.
 *
 * @param files the model and the files it refers to, or one archive; the order does not matter
 * @throws MaquetteError with a code of the model group when the input is at fault
 */
export async function readPosed(
  files: readonly ModelFile[],
  limits: ModelLimits,
  request: Pick<ImageRequest, 'animation' | 'time'>,
): Promise<ReadModel> {
  const opened = await openModel(files, limits);
  if (opened.kind === 'gltf') keepPose(opened.asset.json, request);
  const { document, corrections } = await opened.read();
  const normalised = normalise(document, opened.main.name);
  return { document, format: opened.format, corrections: [...opened.corrections, ...corrections, ...normalised] };
}

/** Animations without a name are asked for by their number from 0; where none is meant, all stay to be listed. */
function keepPose(json: GLTF.IGLTF, { animation, time }: Pick<ImageRequest, 'animation' | 'time'>): void {
  if (animation === undefined) {
    dropAnimations(json, time === undefined ? undefined : 0);
    return;
  }
  const index = (json.animations ?? []).findIndex(({ name }, i) => clipName(name, i) === animation);
  const found = json.animations?.[index];
  if (!found) return;
  found.name = animation;
  dropAnimations(json, index);
}
