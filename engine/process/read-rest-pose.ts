import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { dropAnimations } from '../formats/gltf/drop-animations.ts';
import type { ModelFile } from '../formats/model-file.ts';
import { normalise } from '../formats/normalise.ts';
import { openModel } from './open-model.ts';
import type { ReadModel } from './read-model.ts';

/**
 * Reads a model as `readModel` does, but without its animations: enough to draw it in its rest pose, and for a
 * character with many clips many times faster.
 *
 * @param files the model and the files it refers to, or one archive; the order does not matter
 * @throws MaquetteError with a code of the model group when the input is at fault
 */
export async function readRestPose(files: readonly ModelFile[], limits: ModelLimits): Promise<ReadModel> {
  const opened = await openModel(files, limits);
  if (opened.kind === 'gltf') dropAnimations(opened.asset.json);
  const { document, corrections } = await opened.read();
  const normalised = normalise(document, opened.main.name);
  return { document, format: opened.format, corrections: [...opened.corrections, ...corrections, ...normalised] };
}
