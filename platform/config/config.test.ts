import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { loadConfig } from './config.ts';
import { configurationDocument } from './documentation.ts';

function problemsOf(environment: Record<string, string>, file?: string) {
  try {
    loadConfig(environment, file);
  } catch (error) {
    return (error as MaquetteError).errors;
  }
  return [];
}

describe('loadConfig', () => {
  it('has defaults for everything that a first start needs', () => {
    expect(loadConfig({})).toMatchObject({ port: 3000, host: '127.0.0.1', data: './data', uploadLimit: 2 * 1024 ** 3 });
  });

  it('takes variables before the file, and the file before defaults', () => {
    const file = JSON.stringify({ port: 4000, host: '0.0.0.0' });
    expect(loadConfig({ MAQUETTE_PORT: '5000' }, file)).toMatchObject({ port: 5000, host: '0.0.0.0' });
  });

  it('reports every problem at once, under the name of its variable', () => {
    const problems = problemsOf({
      MAQUETTE_PORT: 'eighty',
      MAQUETTE_BOOTSTRAP_KEY: 'secret',
      MAQUETTE_UPLOAD_LIMIT: 'huge',
      MAQUETTE_PROT: '3000',
    });
    expect(problems?.map((problem) => problem.pointer).sort()).toEqual([
      'MAQUETTE_BOOTSTRAP_KEY',
      'MAQUETTE_PORT',
      'MAQUETTE_PROT',
      'MAQUETTE_UPLOAD_LIMIT',
    ]);
  });

  it('never repeats the value of a secret', () => {
    const message = JSON.stringify(problemsOf({ MAQUETTE_BOOTSTRAP_KEY: 'hunter2' }));
    expect(message).toContain('MAQUETTE_BOOTSTRAP_KEY');
    expect(message).not.toContain('hunter2');
  });

  it('reports a broken file and unknown names in it', () => {
    expect(problemsOf({}, '{ "port": 1')).toHaveLength(1);
    expect(problemsOf({}, '{ "prot": 1 }')?.[0]?.pointer).toContain('prot');
  });

  it('reads sizes', () => {
    expect(loadConfig({ MAQUETTE_UPLOAD_LIMIT: '1.5 MiB' }).uploadLimit).toBe(1_572_864);
    expect(loadConfig({ MAQUETTE_UPLOAD_LIMIT: '100' }).uploadLimit).toBe(100);
  });
});

describe('docs/configuration.md', () => {
  it('is up to date (npm run docs)', async () => {
    expect(await readFile('docs/configuration.md', 'utf8')).toBe(configurationDocument());
  });
});
