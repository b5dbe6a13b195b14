import { resourceUnsafe } from './errors.ts';
import { baseName, folderOf, type ModelFile } from './model-file.ts';

/** What a reference inside a model resolved to. */
export type Resolution =
  | { kind: 'found'; file: ModelFile; exact: boolean }
  | { kind: 'missing'; path: string }
  /** A URL. Nothing is ever fetched. */
  | { kind: 'remote' };

/**
 * The files beside a model, for looking up its references. Only files that were given can be found: nothing is read
 * from a disk or a network.
 */
export class ResourceFiles {
  private readonly byPath = new Map<string, ModelFile>();
  private readonly byFolded = new Map<string, ModelFile>();
  /** Null where two files share a name. */
  private readonly byBase = new Map<string, ModelFile | null>();
  readonly files: readonly ModelFile[];
  readonly names: string[] = [];

  constructor(files: readonly ModelFile[]) {
    this.files = files;
    for (const file of files) {
      const path = file.name.replaceAll('\\', '/').replace(/^\.?\/+/, '');
      const base = baseName(path).toLowerCase();
      this.names.push(path);
      if (!this.byPath.has(path)) this.byPath.set(path, file);
      if (!this.byFolded.has(path.toLowerCase())) this.byFolded.set(path.toLowerCase(), file);
      this.byBase.set(base, this.byBase.has(base) ? null : file);
    }
  }

  /**
   * Finds what `reference`, found in the file `from`, means: first the exact path (as written, then with percent
   * signs decoded), then without regard to case, then any one file of that name, since models are often uploaded
   * without their folders.
   *
   * @param from path of the file that holds the reference
   * @throws MaquetteError `model_resource_unsafe` for an absolute path or one that leaves the given files through
   * `..`, unless a file of that name was given.
   */
  resolve(reference: string, from: string, where: string): Resolution {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(reference) && !/^file:/i.test(reference)) return { kind: 'remote' };
    const spellings = new Set([reference, decodePercent(reference)]);
    let unsafe: string | null = null;
    for (const spelling of spellings) {
      const slashed = spelling.replace(/^file:\/*/i, '/').replaceAll('\\', '/');
      const absolute = slashed.startsWith('/') || /^[a-z]:\//i.test(slashed);
      const path = absolute ? null : joinPath(folderOf(from), slashed);
      if (path !== null) {
        const exact = this.byPath.get(path);
        if (exact) return { kind: 'found', file: exact, exact: true };
        const folded = this.byFolded.get(path.toLowerCase());
        if (folded) return { kind: 'found', file: folded, exact: true };
      } else {
        unsafe = absolute ? 'an absolute path' : 'which lies outside the folder of the model';
      }
    }
    for (const spelling of spellings) {
      const named = this.byBase.get(baseName(spelling).toLowerCase());
      if (named) return { kind: 'found', file: named, exact: false };
    }
    if (unsafe) throw resourceUnsafe(where, reference, unsafe);
    return { kind: 'missing', path: decodePercent(reference) };
  }
}

/** Joins and normalises; null where `..` leads above the root. */
function joinPath(folder: string, path: string): string | null {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** Text with its `%20` and the like replaced; unchanged where these are damaged. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
