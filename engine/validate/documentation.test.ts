import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { validationDocument } from './documentation.ts';

it('docs/validation.md is up to date (npm run docs)', async () => {
  expect(await readFile('docs/validation.md', 'utf8')).toBe(validationDocument());
});
