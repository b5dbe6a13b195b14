/** One file of an exported model. */
export interface ExportedFile {
  /** Relative to the main file, with `/` between folders. */
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Something of the model that a format cannot hold, or holds in another form. */
export interface ExportWarning {
  /** Stable, for programs: `lost_animations`, for one. */
  code: string;
  /** One sentence for people, with counts and what became of it. */
  message: string;
}

/** A model written in another format: what every `write-*.ts` beside the readers makes of a document. */
export interface ExportedModel {
  /** The main file first, then what it refers to. */
  files: [ExportedFile, ...ExportedFile[]];
  warnings: ExportWarning[];
}
