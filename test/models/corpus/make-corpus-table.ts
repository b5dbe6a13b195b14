import { readFile, writeFile } from 'node:fs/promises';
import { hasCorpus } from '../../corpus.ts';
import {
  type CorpusExpectation,
  corpusTable,
  countCorpusModel,
  EXPECTATIONS_FILE,
  listCorpusModels,
  readExpectations,
} from './corpus-table.ts';

// npm run docs:corpus             writes the table of docs/formats.md out of what is expected
// npm run docs:corpus -- --count  counts anew first, and says what is other than expected

const PAGE = 'docs/formats.md';
const START = '<!-- corpus table: npm run docs:corpus -->';
const END = '<!-- end of the corpus table -->';

if (process.argv.includes('--count')) await count();
const page = await readFile(PAGE, 'utf8');
const [before, , after] = [page.split(START)[0]!, null, page.split(END)[1]!];
await writeFile(PAGE, `${before}${START}\n\n${corpusTable(readExpectations())}\n\n${END}${after}`);

/** Notes stay as they are: they are written by hand. */
async function count(): Promise<void> {
  if (!hasCorpus) throw new Error('There is no corpus to count.');
  const known = new Map(readExpectations().map((expectation) => [expectation.file, expectation]));
  const counted: CorpusExpectation[] = [];
  for (const file of listCorpusModels()) {
    const { note } = known.get(file) ?? {};
    const expectation = { file, ...(await countCorpusModel(file)), ...(note !== undefined && { note }) };
    if (JSON.stringify(known.get(file)) !== JSON.stringify(expectation)) console.log(JSON.stringify(expectation));
    counted.push(expectation);
  }
  await writeFile(EXPECTATIONS_FILE, `${JSON.stringify(counted, null, 1)}\n`);
}
