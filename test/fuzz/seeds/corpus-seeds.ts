import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CORPUS, corpusFile, hasCorpus } from '../../corpus.ts';
import type { Seed } from './seed.ts';

/** Models of the corpus as seeds, each with the files beside it that match; none where the corpus is not there. */
export async function corpusSeeds(paths: readonly string[], companions?: RegExp): Promise<Seed[]> {
  if (!hasCorpus) return [];
  return Promise.all(
    paths.map(async (path) => {
      const beside = companions ? readdirSync(dirname(join(CORPUS, path))).filter((name) => companions.test(name)) : [];
      const names = [basename(path), ...beside.filter((name) => name !== basename(path)).sort()];
      const files = await Promise.all(
        names.map(async (name) => ({ name, bytes: new Uint8Array(await corpusFile(join(dirname(path), name))) })),
      );
      return { name: path, files };
    }),
  );
}
