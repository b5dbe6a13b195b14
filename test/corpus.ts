import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The collection of real and hostile models beside the project; it is not part of it. */
export const CORPUS = join(process.cwd(), '../shared/corpus');

/** Whether the corpus is there. Says once on the console when it is not, so that skipped tests have a reason. */
export const hasCorpus: boolean = existsSync(join(CORPUS, 'index.csv'));
if (!hasCorpus) console.warn('The corpus (../shared/corpus) is not here: tests on its models are skipped.');

/** Reads one of its files. */
export function corpusFile(path: string): Promise<Buffer> {
  return readFile(join(CORPUS, path));
}
