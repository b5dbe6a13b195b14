import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { apiDocumentation } from './documentation.ts';
import { PUBLIC_API } from './public-api.ts';

describe('docs/api.md', () => {
  it('is up to date (`npm run docs` makes it)', async () => {
    expect(await readFile('docs/api.md', 'utf8')).toBe(apiDocumentation());
  });

  it('names every operation', () => {
    const text = apiDocumentation();
    for (const { method, path } of Object.values(PUBLIC_API)) expect(text).toContain(`\`${method} ${path}\``);
  });
});
