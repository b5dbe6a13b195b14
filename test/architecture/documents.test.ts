import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const FOLDERS = ['contracts', 'engine', 'platform', 'services', 'app', 'cli', 'sdk', 'test', 'bench', 'scripts'];

it('every source file that ARCHITECTURE.md names is there', async () => {
  const found = await Promise.all(
    FOLDERS.map(async (folder) => (await readdir(folder, { recursive: true })).map((path) => `/${join(folder, path)}`)),
  );
  const paths = found.flat();
  const text = await readFile('ARCHITECTURE.md', 'utf8');
  const names = [...text.matchAll(/`([\w/*.-]+\.ts)`/g)].map(([, name]) => name as string);
  expect(names.length).toBeGreaterThan(50);
  const isThere = (name: string) => {
    // `*` stands for a part of a file's name; names may leave out the folder that the text is about.
    const pattern = new RegExp(`/${name.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
    return paths.some((path) => pattern.test(path));
  };
  expect(names.filter((name) => !isThere(name))).toEqual([]);
});
