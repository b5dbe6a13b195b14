import { type Zippable, zipSync } from 'fflate';
import { outputTooLarge } from '../errors.ts';
import type { ExportedFile } from '../exported-model.ts';

/** Zip has no earlier date: the same files give the same archive at any time. */
const NO_DATE = new Date(1980, 0, 1);
/** What is compressed already is stored as it is. */
const COMPRESSED = /\.(?:png|jpe?g|webp|avif|ktx2|glb|3mf|usdz)$/i;
/** A zip without the extension of 1996 counts entries with 16 bits and bytes with 32. */
const MOST_ENTRIES = 65_535;
const MOST_BYTES = 2 ** 32 - 2 ** 20;

/**
 * Makes a zip of files, in their order.
 *
 * @param level how hard to compress, 1 to 9
 * @throws MaquetteError `output_limit_exceeded` for more files or bytes than a zip can name
 */
export function packZip(files: readonly ExportedFile[], level: 1 | 2 | 3 | 4 | 5 | 6 = 6): Uint8Array<ArrayBuffer> {
  const bytes = files.reduce((sum, file) => sum + file.bytes.byteLength + 2 * file.path.length + 128, 0);
  if (files.length > MOST_ENTRIES) throw outputTooLarge('zip', `${files.length} files`, `${MOST_ENTRIES} files`);
  if (bytes > MOST_BYTES) throw outputTooLarge('zip', `${bytes} bytes`, `${MOST_BYTES} bytes`);
  const entries: Zippable = {};
  for (const { path, bytes: content } of files) {
    entries[path] = [content, { level: COMPRESSED.test(path) ? 0 : level, mtime: NO_DATE }];
  }
  return zipSync(entries) as Uint8Array<ArrayBuffer>;
}
