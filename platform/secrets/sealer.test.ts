import { expect, it } from 'vitest';
import { createSealer } from './sealer.ts';

const sealer = createSealer('0123456789abcdef0123456789abcdef');

it('opens what it sealed, for the same row and with the same key alone', () => {
  const sealed = sealer.seal('whsec_ü', 'whk_1');
  expect(sealed).not.toContain('whsec');
  expect(sealer.open(sealed, 'whk_1')).toBe('whsec_ü');
  expect(sealer.seal('whsec_ü', 'whk_1')).not.toBe(sealed);
  const changed = Buffer.from(sealed, 'base64');
  changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
  for (const open of [
    () => sealer.open(sealed, 'whk_2'),
    () => createSealer('another key of this length, 32 or so').open(sealed, 'whk_1'),
    () => sealer.open(changed.toString('base64'), 'whk_1'),
    () => sealer.open('', 'whk_1'),
  ]) {
    expect(open).toThrowError(expect.objectContaining({ code: 'internal' }));
  }
});
