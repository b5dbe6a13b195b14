import { UniqueNames } from './unique-names.ts';

/** Names that a file system, an archive or a URI would take for something else than a name. */
const UNSAFE = /[^A-Za-z0-9._-]+/g;
const LONGEST = 80;

/** Names for the files of one export: plain ASCII without blanks or folders, no two alike whatever their case. */
export class FileNames {
  readonly #names = new UniqueNames({ ignoresCase: true });

  /**
   * A name that no other file has: `stem` made safe, numbered where it is taken.
   *
   * @param ending with the dot
   */
  unique(stem: string, ending: string): string {
    return this.#names.unique(safeName(stem), ending);
  }
}

/** A name of letters, digits, dots, dashes and underscores; `file` where nothing is left. */
function safeName(name: string): string {
  const safe = name
    .normalize('NFKD')
    .replaceAll(UNSAFE, '_')
    .replaceAll(/^[._]+|[._]+$/g, '');
  return safe.slice(0, LONGEST) || 'file';
}

/** The last part of a path without its ending. */
export function stemOf(path: string): string {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  return name.replace(/(.)\.[A-Za-z0-9]{1,5}$/, '$1');
}

/** Endings of image files by content type. */
export const IMAGE_ENDINGS: Record<string, string> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/webp': '.webp',
  'image/avif': '.avif',
  'image/ktx2': '.ktx2',
};
