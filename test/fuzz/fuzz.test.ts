import { describe, expect, it } from 'vitest';
import { listCases, makeCase, readCaseId, writeCaseId } from './cases.ts';
import { FUZZ_FORMATS } from './formats.ts';
import { runFuzz } from './fuzz-run.ts';
import { describeOutcome, isFailure, type Outcome } from './judge.ts';

describe('the fuzz script', () => {
  it('makes the same files for the same case, and others for another', async () => {
    for (const format of Object.keys(FUZZ_FORMATS)) {
      const bytesOf = async (seed: number, number: number) =>
        (await makeCase(seed, { format, number }))?.files.map(({ bytes }) => Buffer.from(bytes).toString('base64'));
      const first = await bytesOf(1, 1);
      expect(await bytesOf(1, 1), format).toEqual(first);
      if (first)
        expect(await Promise.all([2, 3, 4, 5].map((number) => bytesOf(1, number))), format).not.toContainEqual(first);
    }
  });

  it('lists as many cases as it is asked for, of every format', () => {
    const cases = listCases(20_000);
    expect(cases).toHaveLength(20_000);
    expect(new Set(cases.map(({ format }) => format)).size).toBe(Object.keys(FUZZ_FORMATS).length);
    expect(new Set(cases.map(writeCaseId)).size).toBe(20_000);
    expect(readCaseId('fbx-text:12')).toEqual({ format: 'fbx-text', number: 12 });
  });

  it('refuses to run formats that it does not know, instead of finding nothing wrong with them', () => {
    expect(() => listCases(100, ['obj', 'stl'])).toThrow(/no format "stl"; there are .*stl-binary, stl-text/);
  });

  it('finds nothing wrong with 120 cases', { timeout: 600_000 }, async () => {
    const outcomes: Outcome[] = [];
    const report = await runFuzz({
      seed: 11,
      cases: listCases(120),
      parallel: 1,
      seconds: 60,
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    expect(outcomes.filter(isFailure).map(describeOutcome)).toEqual([]);
    expect(report.cases).toBeGreaterThan(100);
    expect(report.codes.accepted).toBeGreaterThan(20);
    expect(report.codes.model_malformed).toBeGreaterThan(20);
  });
});
