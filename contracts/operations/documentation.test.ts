import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { operationsDocument } from './documentation.ts';

it('docs/operations.md is up to date (npm run docs)', async () => {
  expect(await readFile('docs/operations.md', 'utf8')).toBe(operationsDocument());
});
