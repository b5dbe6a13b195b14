import type { Document } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction } from '#contracts/model/model-report.ts';
import type { ModelFile } from '../formats/model-file.ts';
import { normalise } from '../formats/normalise.ts';
import { openModel } from './open-model.ts';

/** A model as a document, ready to be drawn. */
export interface ReadModel {
  document: Document;
  /** Format of the source: `glb`, `gltf`, `obj`; for an archive that of the model inside. */
  format: string;
  corrections: Correction[];
}

/**
 * Reads a model: detect, check the limits, parse, decompress, normalise. The fast path for drawing one picture:
 * without the validator, without measuring, without writing a GLB.
 *
 * @param files the model and the files it refers to, or one archive; the order does not matter
 * @throws MaquetteError with a code of the model group when the input is at fault
 */
export async function readModel(files: readonly ModelFile[], limits: ModelLimits): Promise<ReadModel> {
  const opened = await openModel(files, limits);
  const { document, corrections } = await opened.read();
  const normalised = normalise(document, opened.main.name);
  return { document, format: opened.format, corrections: [...opened.corrections, ...corrections, ...normalised] };
}
