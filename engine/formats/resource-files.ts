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
  /** By what of a name every code page agrees on; null where two files agree in that. */
  private readonly byPlain = new Map<string, ModelFile | null>();
  readonly files: readonly ModelFile[];
  readonly names: string[] = [];

  constructor(files: readonly ModelFile[]) {
    this.files = files;
    for (const file of files) {
      const path = file.name.replaceAll('\\', '/').replace(/^\.?\/+/, '');
      const base = fold(baseName(path));
      this.names.push(path);
      if (!this.byPath.has(path)) this.byPath.set(path, file);
      if (!this.byFolded.has(fold(path))) this.byFolded.set(fold(path), file);
      this.byBase.set(base, this.byBase.has(base) ? null : file);
      const plain = plainName(base);
      this.byPlain.set(plain, this.byPlain.has(plain) ? null : file);
    }
  }

  /**
   * A name with letters beyond ASCII may have gone through another code page than the reference to it: one file whose
   * name differs in these letters alone is meant.
   */
  private lookAlike(base: string): ModelFile | null {
    const plain = plainName(base);
    return plain === base ? null : (this.byPlain.get(plain) ?? null);
  }

  /**
   * Finds what `reference`, found in the file `from`, means: first the exact path (as written, then with percent
   * signs decoded), then without regard to case, then any one file of that name, since models are often uploaded
   * without their folders, and one whose name differs in letters beyond ASCII alone.
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
        const folded = this.byFolded.get(fold(path));
        if (folded) return { kind: 'found', file: folded, exact: true };
      } else {
        unsafe = absolute ? 'an absolute path' : 'which lies outside the folder of the model';
      }
    }
    for (const spelling of spellings) {
      const base = fold(baseName(spelling));
      const named = this.byBase.get(base) ?? this.lookAlike(base);
      if (named) return { kind: 'found', file: named, exact: false };
    }
    if (unsafe) throw resourceUnsafe(where, reference, unsafe);
    return { kind: 'missing', path: decodePercent(reference) };
  }
}

/** Without regard to case and to how accents are composed: macOS takes letters with accents apart. */
function fold(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** A name with a mark for each stretch of letters that code pages differ in. */
function plainName(name: string): string {
  return name.replace(/[^\x20-\x7e]+/g, '\0');
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
