import type { Document } from '@gltf-transform/core';
import type { ExportOptions } from '#contracts/model/export-format.ts';
import type { DecodeImage, EncodeTexture } from '../texture/image-codec.ts';
import type { ExportedModel } from './exported-model.ts';

/** What writers need of the machine they run on: to bring textures into formats that others hold. */
export interface ExportHost {
  decodeImage: DecodeImage;
  encodeTexture: EncodeTexture;
}

/** How a document is to be written. */
export interface ExportTask {
  options: ExportOptions;
  /** Names of files begin with it. */
  stem: string;
  host: ExportHost;
}

/**
 * Writes a normalised document, whose vertices may be quantised, in one format. The document is afterwards as it was
 * before, because others are to write it too. The same document and options give the same bytes.
 *
 * @throws MaquetteError `not_found` for an animation that is not there, `output_limit_exceeded` for more than the format
 * or memory can hold
 */
export type Exporter = (document: Document, task: ExportTask) => Promise<ExportedModel>;
