import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';

/** Top-level folders that hold the project's own TypeScript. */
const FOLDERS = ['contracts', 'engine', 'platform', 'services', 'app', 'sdk', 'cli', 'test', 'bench', 'scripts'];

/** One source file and what it imports. */
export interface SourceFile {
  /** From the repository's root, e.g. `engine/mesh/weld.ts`. */
  path: string;
  text: string;
  /** Files of the project, type imports included. */
  internal: string[];
  /** Packages and Node's own modules. */
  external: string[];
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;

/** Reads every source file of the project with its imports. */
export async function readSources(root: string): Promise<SourceFile[]> {
  const sources: SourceFile[] = [];
  for (const folder of FOLDERS) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile() || !/\.(ts|js)$/.test(entry.name) || entry.name.endsWith('.d.ts')) continue;
      const path = relative(root, join(entry.parentPath, entry.name));
      // The kernels are AssemblyScript: its compiler checks them.
      if (
        path.startsWith('contracts/generated/') ||
        /^engine\/(render|texture\/jpeg|formats\/geometry)\/kernel\//.test(path)
      )
        continue;
      sources.push(await readSource(root, path));
    }
  }
  return sources;
}

async function readSource(root: string, path: string): Promise<SourceFile> {
  const text = await readFile(join(root, path), 'utf8');
  const internal: string[] = [];
  const external: string[] = [];
  for (const [, from, dynamic, bare] of text.matchAll(IMPORT)) {
    const specifier = from ?? dynamic ?? bare ?? '';
    if (specifier.startsWith('#')) internal.push(specifier.slice(1));
    else if (specifier.startsWith('.')) internal.push(normalize(join(dirname(path), specifier)));
    else external.push(specifier);
  }
  return { path, text, internal, external };
}
