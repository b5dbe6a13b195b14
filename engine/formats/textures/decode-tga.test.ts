import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { decodeTga } from './decode-tga.ts';
import { encodePng } from './encode-png.ts';

/** Two by two pixels: red, green / blue, white; the lower row comes first. */
function tga(type: number, bits: number, data: number[], flags = 0): Uint8Array {
  return Uint8Array.from([0, 0, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 0, bits, flags, ...data]);
}
const LOWER = [255, 0, 0, 255, 255, 255];
const UPPER = [0, 0, 255, 0, 255, 0];
const EXPECTED = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255];

describe('decodeTga', () => {
  it.each([
    ['from below', tga(2, 24, [...LOWER, ...UPPER])],
    ['from above', tga(2, 24, [...UPPER, ...LOWER], 0x20)],
    ['run-length encoded', tga(10, 24, [1, ...LOWER, 0x80, ...UPPER.slice(0, 3), 0, ...UPPER.slice(3)])],
    ['with an alpha that is all zero', tga(2, 32, [255, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0])],
  ])('reads a picture %s', (_, bytes) => {
    expect(Array.from(decodeTga(bytes)!.pixels)).toEqual(EXPECTED);
  });

  it('gives null for what is cut off or no picture', () => {
    expect(decodeTga(tga(2, 24, LOWER))).toBeNull();
    expect(decodeTga(tga(10, 24, [0x81]))).toBeNull();
    expect(decodeTga(new Uint8Array(40))).toBeNull();
  });

  it('its PNG is read by another decoder as the same pixels', async () => {
    const image = decodeTga(tga(2, 24, [...LOWER, ...UPPER]))!;
    const { data, info } = await sharp(encodePng(image)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, ...data]).toEqual([2, 2, ...EXPECTED]);
  });

  it.skipIf(!hasCorpus)('reads the texture of the duck', async () => {
    const image = decodeTga(new Uint8Array(await corpusFile('dae/duck/duckCM.tga')))!;
    expect([image.width, image.height]).toEqual([512, 512]);
  });
});
