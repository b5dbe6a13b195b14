import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextWriter } from './text-writer.ts';

const written = (write: (writer: TextWriter) => void): string => {
  const writer = new TextWriter('test', 1);
  write(writer);
  return new TextDecoder().decode(writer.finish());
};

describe('TextWriter', () => {
  it('writes numbers that read back as the same single-precision numbers', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = written((writer) => writer.number(value));
        const expected = Math.abs(value) < 2 ** -126 ? 0 : value;
        expect(Math.fround(Number(text)) + 0, text).toBe(expected + 0);
      }),
      { seed: 1, numRuns: 20_000 },
    );
  });

  it('writes numbers of any size with as many digits as it was asked for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-8, max: 9e8, noNaN: true }),
        fc.constantFrom(5 as const, 6 as const, 7 as const, 8 as const, 9 as const),
        fc.boolean(),
        (size, digits, negative) => {
          const value = negative ? -size : size;
          const text = written((writer) => writer.number(value, digits));
          expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
          expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(size * 10 ** (1 - digits) * 0.5001);
        },
      ),
      { seed: 2, numRuns: 5000 },
    );
  });

  it.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [0.1, '0.1'],
    [100, '100'],
    [999_999_999.6, '1000000000'],
    [0.000999999999, '0.000999999999'],
    [0.0009999999999, '0.001'],
    [1e20, '100000000000000000000'],
    [1e30, '1e+30'],
    [-1e-12, '-1e-12'],
    [1e-42, '0'],
    [Number.NaN, '0'],
    [Number.POSITIVE_INFINITY, '0'],
  ])('writes %d as %s', (value, text) => {
    expect(written((writer) => writer.number(value))).toBe(text);
  });

  it('writes whole numbers and any text, and grows with it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 ** 32 - 1 })), fc.string({ unit: 'grapheme' }), (numbers, text) => {
        const all = written((writer) => {
          for (const number of numbers) writer.integer(number).ascii(' ');
          writer.text(text);
        });
        expect(all).toBe(`${numbers.map((number) => `${number} `).join('')}${text.toWellFormed()}`);
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
