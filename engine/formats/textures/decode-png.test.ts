import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePng } from './decode-png.ts';
import { encodePng } from './encode-png.ts';

/** A picture with edges, a gradient and transparency. */
function picture(width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels.set([x * 7, y * 5, (x ^ y) * 9, (x + y) % 3 === 0 ? 255 : 40 + x], (y * width + x) * 4);
    }
  }
  return pixels;
}

const raw = { width: 33, height: 21, channels: 4 } as const;
const source = (): Sharp => sharp(picture(33, 21), { raw });

describe('decodePng', () => {
  it.each([
    ['colour with alpha', () => source().png()],
    ['colour', () => source().removeAlpha().png()],
    ['grey', () => source().removeAlpha().greyscale().toColourspace('b-w').png()],
    ['a palette', () => source().png({ palette: true, colours: 64 })],
    ['16 bits', () => source().removeAlpha().toColourspace('rgb16').png()],
    ['adaptive filters', () => source().png({ adaptiveFiltering: true })],
  ])('reads %s as another decoder does', async (_, make) => {
    const png = await make().toBuffer();
    const expected = await sharp(png).toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer();
    const image = decodePng(png, 1e6);
    expect(image).toMatchObject({ width: 33, height: 21 });
    expect(Buffer.compare(Buffer.from(image!.pixels), expected)).toBe(0);
  });

  it('is the inverse of the encoder', () => {
    const pixels = picture(40, 9);
    expect(decodePng(encodePng({ width: 40, height: 9, pixels }), 1e6)!.pixels).toEqual(pixels);
  });

  it('gives up on what it does not read, on large and on damaged pictures', async () => {
    const png = await source().png().toBuffer();
    expect(decodePng(await source().png({ progressive: true }).toBuffer(), 1e6)).toBeNull();
    expect(decodePng(png, 100)).toBeNull();
    expect(decodePng(png.subarray(0, 60), 1e6)).toBeNull();
    expect(decodePng(Uint8Array.of(1, 2, 3), 1e6)).toBeNull();
    for (let i = 33; i < png.length; i += 11) {
      const damaged = Uint8Array.from(png);
      damaged[i] = damaged[i]! ^ 0x55;
      expect(() => decodePng(damaged, 1e6)).not.toThrow();
    }
  });
});
