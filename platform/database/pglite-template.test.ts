import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyTemplate } from './pglite-template.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-template-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Stands for initdb, which takes seconds: the real one is behind every test that opens a database. */
function initializer() {
  const made: string[] = [];
  return {
    made,
    async initialize(directory: string): Promise<void> {
      await mkdir(join(directory, 'base'), { recursive: true });
      await new Promise((resolve) => setTimeout(resolve, 20));
      await writeFile(join(directory, 'base', 'table'), 'empty');
      made.push(directory);
    },
  };
}

describe('copyTemplate', () => {
  it('initialises once and copies from then on; a copy is a cluster of its own', async () => {
    const { made, initialize } = initializer();
    const templates = join(folder, 'once');
    await copyTemplate(join(folder, 'a'), templates, initialize);
    await writeFile(join(folder, 'a', 'base', 'table'), 'changed');
    await copyTemplate(join(folder, 'b'), templates, initialize);
    expect(made).toHaveLength(1);
    expect(await readFile(join(folder, 'b', 'base', 'table'), 'utf8')).toBe('empty');
    expect((await readdir(templates)).join()).toMatch(/^pglite-\d+\.\d+\.\d+$/);
  });

  it('lets several start at once on a machine without a template', async () => {
    const { initialize } = initializer();
    const templates = join(folder, 'together');
    const clusters = ['c', 'd', 'e'].map((name) => join(folder, name));
    await Promise.all(clusters.map((cluster) => copyTemplate(cluster, templates, initialize)));
    for (const cluster of clusters) expect(await readFile(join(cluster, 'base', 'table'), 'utf8')).toBe('empty');
    expect(await readdir(templates)).toHaveLength(1);
  });

  it('initialises the cluster itself where no template can be kept', async () => {
    const { made, initialize } = initializer();
    await writeFile(join(folder, 'a-file'), '');
    await copyTemplate(join(folder, 'f'), join(folder, 'a-file', 'templates'), initialize);
    expect(made).toHaveLength(1);
    expect(await readFile(join(folder, 'f', 'base', 'table'), 'utf8')).toBe('empty');
  });

  it('leaves neither a cluster nor a template when initialising fails', async () => {
    const templates = join(folder, 'failing');
    const failing = async (directory: string) => {
      await mkdir(directory, { recursive: true });
      throw new Error('disk full');
    };
    await expect(copyTemplate(join(folder, 'g'), templates, failing)).rejects.toThrow('disk full');
    expect(await readdir(templates)).toEqual([]);
    expect(await readdir(folder)).not.toContain('g');
  });

  it('starts over what a killed process left half copied', async () => {
    const { initialize } = initializer();
    const cluster = join(folder, 'h');
    await mkdir(join(`${cluster}.${process.pid}.new`, 'half'), { recursive: true });
    await copyTemplate(cluster, join(folder, 'once'), initialize);
    expect(await readdir(cluster)).toEqual(['base']);
  });
});
