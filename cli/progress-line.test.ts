import { expect, it } from 'vitest';
import { progressLine } from './progress-line.ts';

function line(isTTY: boolean) {
  const written: string[] = [];
  let time = 0;
  const shown = progressLine({ isTTY, write: (text) => written.push(text) }, () => time);
  const at = (milliseconds: number, share: number) => {
    time = milliseconds;
    shown.show(share);
  };
  return { written, at, clear: shown.clear };
}

it('draws on a terminal, at most ten times a second, and takes the line away', () => {
  const { written, at, clear } = line(true);
  at(0, 0);
  at(50, 0.2);
  at(100, 0.5);
  expect(written).toEqual([`\r[${' '.repeat(30)}]   0 %`, `\r[${'#'.repeat(15)}${' '.repeat(15)}]  50 %`]);
  clear();
  expect(written.at(-1)).toBe('\r\u001b[K');
  clear();
  expect(written).toHaveLength(3);
});

it('writes nothing where there is no terminal', () => {
  const { written, at, clear } = line(false);
  at(0, 0.5);
  clear();
  expect(written).toEqual([]);
});
