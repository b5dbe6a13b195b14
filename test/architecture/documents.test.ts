import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readSources } from './imports.ts';

const paths = (await readSources(process.cwd())).map(({ path }) => `/${path}`);

/** Whether some source file ends in `name`, in which `*` stands for a part of a file's name. */
function isThere(name: string): boolean {
  const pattern = name.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  return paths.some((path) => new RegExp(`/${pattern}$`).test(path));
}

it('every source file that ARCHITECTURE.md names is there', async () => {
  const text = await readFile('ARCHITECTURE.md', 'utf8');
  const names = [...text.matchAll(/`([\w/*.-]+\.ts)`/g)].map(([, name]) => name as string);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !isThere(name))).toEqual([]);
});
