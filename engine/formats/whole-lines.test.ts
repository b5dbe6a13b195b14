import { describe, expect, it } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import type { ModelFile } from './model-file.ts';
import { wholeLines } from './whole-lines.ts';

/** A file that is read in parts, and how often all of it was asked for. */
function inParts(bytes: Uint8Array): { file: ModelFile; loads: () => number } {
  let loads = 0;
  const file = {
    name: 'a.txt',
    get bytes() {
      loads++;
      return bytes;
    },
    parts: {
      byteLength: bytes.byteLength,
      read(into: Uint8Array, position: number) {
        const part = bytes.subarray(position, position + into.byteLength);
        into.set(part);
        return part.byteLength;
      },
    },
  };
  return { file, loads: () => loads };
}

function blocksOf(text: string, blockBytes: number): string[] {
  const { file, loads } = inParts(new TextEncoder().encode(text));
  const blocks = Array.from(wholeLines(file, undefined, blockBytes), (block) => new TextDecoder().decode(block));
  expect(loads()).toBe(0);
  return blocks;
}

describe('wholeLines', () => {
  it.each([
    ['line feeds', 'ab\ncd\nef\n', ['ab\n', 'cd\n', 'ef\n']],
    ['no end of the last line', 'ab\ncd', ['ab\n', 'cd']],
    ['a line longer than a block', 'abcdefghij\nk\n', ['abcdefghij\nk\n']],
    ['pairs, never cut in the middle', 'ab\r\ncd\r\n', ['ab\r\n', 'cd\r\n']],
    ['carriage returns alone', 'ab\rcd\ref', ['ab\r', 'cd\r', 'ef']],
    ['lines that a backslash continues', 'a\\\nb\nc\n', ['a\\\nb\nc\n']],
    ['a backslash before a pair', 'a\\\r\nb\nc\n', ['a\\\r\nb\nc\n']],
    ['a byte order mark', '\uFEFFab\ncd\n', ['ab\n', 'cd\n']],
    ['nothing', '', []],
  ])('%s', (_, text, blocks) => {
    expect(blocksOf(text, 4)).toEqual(blocks);
  });

  it('gives all of any text back, in blocks of any size', () => {
    const random = seededRandom(5);
    for (let round = 0; round < 300; round++) {
      const letters = Array.from({ length: Math.floor(random() * 40) }, () => 'a\n\r\\ '[Math.floor(random() * 5)]);
      const text = letters.join('');
      for (const size of [1, 2, 3, 7, 64]) {
        const blocks = blocksOf(text, size);
        expect(blocks.join('')).toBe(text);
        for (const block of blocks.slice(0, -1)) expect(block).toMatch(/[\r\n]$/);
        for (const block of blocks.slice(0, -1)) expect(block).not.toMatch(/\\(\r\n|\n|\r)$/);
        for (const [i, block] of blocks.slice(1).entries()) {
          if (block.startsWith('\n')) expect(blocks[i]!.endsWith('\r')).toBe(false);
        }
      }
    }
  });

  it('reads UTF-16 as a whole', () => {
    const { file, loads } = inParts(new Uint8Array(Buffer.from('\uFEFFab\ncd\n', 'utf16le')));
    const blocks = Array.from(wholeLines(file, undefined, 4), (block) => new TextDecoder().decode(block));
    expect(blocks.join('')).toBe('ab\ncd\n');
    expect(loads()).toBe(1);
  });
});
