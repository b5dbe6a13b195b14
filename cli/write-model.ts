import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { ExportedFile, ExportedModel, ExportWarning } from '#engine/formats/exported-model.ts';

/** What the names of the files of a model begin with, by the name of its output. */
export function stemOfOutput(output: string): string {
  return basename(output, extname(output));
}

/**
 * Writes an exported model: its main file as `output`, the others beside it; or all in one zip of that name.
 *
 * @returns the files with their sizes, the model first
 */
export async function writeModel(
  output: string,
  { files }: ExportedModel,
  zipped: boolean,
): Promise<{ path: string; bytes: number }[]> {
  const [main, ...others] = files;
  const name = basename(output);
  if (!zipped) return writeFiles(dirname(output), [{ path: name, bytes: main.bytes }, ...others]);
  const { packZip } = await import('#engine/formats/zip/pack-zip.ts');
  return writeFiles(dirname(output), [{ path: name, bytes: packZip(files) }]);
}

/** What a format could not hold, a line each. */
export function warningLines(warnings: readonly ExportWarning[]): string[] {
  return warnings.map(({ message }) => `  ${'not kept'.padEnd(11)} ${message}`);
}

async function writeFiles(folder: string, files: readonly ExportedFile[]) {
  const written = [];
  for (const { path: name, bytes } of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    written.push({ path, bytes: bytes.byteLength });
  }
  return written;
}
