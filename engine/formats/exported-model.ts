import type { ExportWarning } from '#contracts/model/export-format.ts';

/** One file of an exported model. */
export interface ExportedFile {
  /** Relative to the main file, with `/` between folders. */
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** A model written in another format: what every `write-*.ts` beside the readers makes of a document. */
export interface ExportedModel {
  /** The main file first, then what it refers to. */
  files: [ExportedFile, ...ExportedFile[]];
  warnings: ExportWarning[];
}

export type { ExportWarning } from '#contracts/model/export-format.ts';
