import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PUBLIC_API } from '#contracts/rest/public-api.ts';
import { PYTHON_CLIENT, pythonClient } from './python-client.ts';
import { snakeCase } from './python-names.ts';

const files = pythonClient();

describe('the Python client', () => {
  it.each(Object.entries(files))('%s is up to date (`npm run docs` makes it)', async (name, text) => {
    expect(await readFile(join(PYTHON_CLIENT, name), 'utf8')).toBe(text);
  });

  it('has a method for every operation', () => {
    for (const operationId of Object.keys(PUBLIC_API)) {
      expect(files['client.py']).toContain(`    def ${snakeCase(operationId)}(`);
    }
  });
});
