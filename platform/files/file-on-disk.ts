import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import type { FileParts, ModelFile } from '#engine/formats/model-file.ts';

/**
 * A file of a model that stays on the disk until somebody asks for its bytes; formats that are read line by line never
 * do. Reading waits for the disk: it is meant for processes that do one thing, such as the command line and a sandbox.
 */
export class FileOnDisk implements ModelFile {
  readonly name: string;
  readonly parts: FileParts;
  private readonly path: string;
  private loaded: Uint8Array | undefined;

  /** @throws Error of the file system when there is no such file, or it is a folder */
  constructor(name: string, path: string) {
    this.name = name;
    this.path = path;
    const stats = statSync(path);
    if (stats.isDirectory()) throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
    this.parts = { byteLength: stats.size, read: (into, position) => this.read(into, position) };
  }

  get bytes(): Uint8Array {
    this.loaded ??= readFileSync(this.path);
    return this.loaded;
  }

  private read(into: Uint8Array, position: number): number {
    const file = openSync(this.path, 'r');
    try {
      return readSync(file, into, 0, into.byteLength, position);
    } finally {
      closeSync(file);
    }
  }
}
