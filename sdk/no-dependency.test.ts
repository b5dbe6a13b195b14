import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Imports that are there when the types are gone. */
const RUNTIME_IMPORT =
  /^(?:import|export)\s(?!type\s)[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** Whatever a file loads, itself included, and the packages among it. */
async function loadedBy(path: string, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, from, dynamic] of (await readFile(path, 'utf8')).matchAll(RUNTIME_IMPORT)) {
    const specifier = from ?? dynamic ?? '';
    if (specifier.startsWith('#')) await loadedBy(specifier.slice(1), seen);
    else if (specifier.startsWith('.')) await loadedBy(normalize(join(dirname(path), specifier)), seen);
    else seen.add(specifier);
  }
  return seen;
}

describe('the client', () => {
  it('loads nothing but its own files, so that it runs in Node and browsers as it is', async () => {
    const loaded = [...(await loadedBy('sdk/index.ts'))];
    expect(loaded.length).toBeGreaterThan(10);
    expect(loaded.filter((name) => !/^(sdk|contracts)\/.*\.ts$/.test(name))).toEqual([]);
  });

  it('says no word of what a platform alone has', async () => {
    for (const path of await loadedBy('sdk/index.ts')) {
      expect(await readFile(path, 'utf8'), path).not.toMatch(/\b(?:process\.|Buffer\.|document\.|window\.)/);
    }
  });
});
