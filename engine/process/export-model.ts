import type { Document } from '@gltf-transform/core';
import { EXPORT_FORMATS, type ExportFormat, type ExportOptions } from '#contracts/model/export-format.ts';
import type { OutputReport } from '#contracts/operations/optimize-report.ts';
import type { ExportedFile, ExportedModel } from '../formats/exported-model.ts';
import type { ExportHost } from '../formats/exporter.ts';
import { EXPORTERS } from '../formats/exporters.ts';

/** Name of the main file of a result, without its ending. */
export const RESULT_STEM = 'scene';

/** A model in one format as it travels: one file, which is a zip for a format of several. */
export interface DeliveredModel {
  format: ExportFormat;
  file: Uint8Array<ArrayBuffer>;
  report: OutputReport;
}

/**
 * Writes a document in one format. The document stays as it is.
 *
 * @param stem what the names of files begin with
 * @throws MaquetteError see `Exporter`
 */
export async function exportModel(
  document: Document,
  options: ExportOptions,
  host: ExportHost,
  stem = RESULT_STEM,
): Promise<ExportedModel> {
  const exporter = await EXPORTERS[options.format]();
  return exporter(document, { options, stem, host });
}

/** The one file in which an exported model travels. */
export async function packModel(format: ExportFormat, { files }: ExportedModel): Promise<Uint8Array<ArrayBuffer>> {
  if (!EXPORT_FORMATS[format].several) return files[0].bytes;
  const { packZip } = await import('../formats/zip/pack-zip.ts');
  return packZip(files);
}

/** What is told of an exported model. */
export function outputReport(format: ExportFormat, { files, warnings }: ExportedModel, bytes: number): OutputReport {
  return { format, bytes, files: files.length, warnings };
}

/** Size of all files together. */
export function sizeOf(files: readonly ExportedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}
