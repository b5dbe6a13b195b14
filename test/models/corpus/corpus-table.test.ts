import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '#contracts/errors/codes.ts';
import { hasCorpus } from '../../corpus.ts';
import { countCorpusModel, listCorpusModels, readExpectations, readSecondCounts } from './corpus-table.ts';

const expectations = readExpectations();

describe('what the files of the corpus are expected to come to', () => {
  it('explains every difference to the second importer', () => {
    const seconds = readSecondCounts();
    const unexplained = expectations.filter(({ file, triangles, note }) => {
      const second = seconds[file]?.triangles;
      return second !== undefined && triangles !== undefined && second !== triangles && note === undefined;
    });
    expect(unexplained.map(({ file }) => file)).toEqual([]);
  });

  it('has an error of the input for every file that is not read', () => {
    for (const { file, outcome } of expectations) {
      if (outcome === 'read') continue;
      expect(ERROR_CODES[outcome as keyof typeof ERROR_CODES]?.fault, file).toBe('input');
    }
  });
});

describe.skipIf(!hasCorpus)('the corpus', () => {
  it('has an expectation for every file', () => {
    expect(expectations.map(({ file }) => file)).toEqual(listCorpusModels());
  });

  it.each(expectations)('$file', { timeout: 120_000 }, async ({ file, note: _, ...expected }) => {
    expect(await countCorpusModel(file)).toEqual(expected);
  });
});
