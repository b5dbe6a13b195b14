import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { errorsDocument } from './documentation.ts';
import { MaquetteError } from './maquette-error.ts';

describe('MaquetteError', () => {
  it('survives the way over a border', () => {
    const error = new MaquetteError('model_malformed', 'cut off', { remedy: 'Upload it again.', where: 'a.glb@12' });
    expect(MaquetteError.fromValue(JSON.parse(JSON.stringify(error.toValue()))).toValue()).toEqual(error.toValue());
  });

  it('never lets a cause out', () => {
    const error = new MaquetteError('internal', 'failed', { cause: new Error('password=hunter2') });
    expect(JSON.stringify(error.toValue())).not.toContain('hunter2');
  });

  it('takes an unknown code for internal', () => {
    const value = { ...new MaquetteError('canceled', 'x').toValue(), code: 'from_the_future' as 'canceled' };
    expect(MaquetteError.fromValue(value).code).toBe('internal');
  });
});

describe('docs/errors.md', () => {
  it('is up to date (npm run docs)', async () => {
    expect(await readFile('docs/errors.md', 'utf8')).toBe(errorsDocument());
  });
});
