import { Corrections } from '../corrections.ts';
import type { ImportedModel } from '../imported-model.ts';
import { createSplats } from './create-splats.ts';
import { type SplatCloud, turnHalfAboutX } from './splat-cloud.ts';

/**
 * Makes a document of a cloud in the axes of the training programs (+Y down), turned to those of glTF; says so.
 *
 * @throws MaquetteError `model_empty`
 */
export function createTurnedSplats(
  cloud: SplatCloud,
  name: string,
  source: { generator?: string | null; comments?: string[]; droppedHarmonics?: number } = {},
): ImportedModel {
  turnHalfAboutX(cloud);
  const corrections = new Corrections();
  corrections.add('up_axis', 1, () => 'Splats have +Y down in this format: they were turned by half a turn about X.');
  return createSplats(cloud, name, { generator: null, ...source, corrections });
}
