import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readSources } from './imports.ts';

it('every numbered rule of the socket protocol is proved by a test that names it, and no other is named', async () => {
  const rules = [...(await readFile('contracts/socket/SPEC.md', 'utf8')).matchAll(/\*\*(EV-\d+)\*\*/g)].map(
    ([, id]) => id,
  );
  expect(new Set(rules).size).toBe(rules.length);
  const tests = (await readSources(process.cwd())).filter(({ path }) => path.endsWith('.test.ts'));
  const titles = tests.flatMap(({ text }) =>
    [...text.matchAll(/\b(?:it|describe)[^\n]*\(\s*['"`]([^'"`]*EV-\d+[^'"`]*)/g)].map(([, title]) => title ?? ''),
  );
  const cited = new Set(titles.flatMap((title) => title.match(/EV-\d+/g) ?? []));
  expect([...cited].sort()).toEqual([...rules].sort());
});
