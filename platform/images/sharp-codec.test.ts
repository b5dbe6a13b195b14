import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { NodeIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { DisplayFormat } from '#contracts/render/image-request.ts';
import { iccProfile } from '#engine/texture/icc-profile.ts';
import type { RgbaImage } from '#engine/texture/image-codec.ts';
import { decodeImage, decodeTexels, encodeImage } from './sharp-codec.ts';

/** A gradient with a transparent half. */
const image: RgbaImage = { width: 64, height: 32, data: new Uint8Array(64 * 32 * 4) };
for (let y = 0; y < 32; y++) {
  for (let x = 0; x < 64; x++) image.data.set([x * 4, y * 8, 128, x < 32 ? 255 : 0], (y * 64 + x) * 4);
}

test('PNG comes back as it was, colours under alpha 0 included', async () => {
  const decoded = await decodeImage(await encodeImage(image, 'png', 85), 'image/png');
  expect([decoded.width, decoded.height]).toEqual([64, 32]);
  expect(Buffer.from(decoded.data).equals(Buffer.from(image.data))).toBe(true);
});

test.each(DisplayFormat.options)('%s: the same bytes again, near the picture', async (format) => {
  const first = await encodeImage(image, format, 90);
  expect(Buffer.from(await encodeImage(image, format, 90)).equals(Buffer.from(first))).toBe(true);
  const decoded = await decodeImage(first, '');
  const at = (16 * 64 + 10) * 4;
  for (let c = 0; c < 3; c++) expect(Math.abs(decoded.data[at + c]! - image.data[at + c]!)).toBeLessThan(14);
  // Transparent stays transparent, and becomes white where there is no alpha.
  const clear = [...decoded.data.subarray((16 * 64 + 50) * 4, (16 * 64 + 50) * 4 + 4)];
  if (format === 'jpg') expect(Math.min(...clear)).toBeGreaterThan(248);
  else expect(clear[3]).toBe(0);
});

test.each(['srgb', 'display-p3'] as const)(
  '%s: every format carries its profile, and its pixels stay',
  async (colorSpace) => {
    const opaque = Uint8Array.from(image.data, (value, i) => (i % 4 === 3 ? 255 : value));
    for (const format of DisplayFormat.options) {
      // With and without alpha, since files of both are laid out differently.
      for (const data of [image.data, opaque]) {
        const file = await encodeImage({ ...image, data, colorSpace }, format, 90);
        const { icc, width, height } = await sharp(file).metadata();
        expect([width, height]).toEqual([64, 32]);
        expect(icc && Buffer.from(icc).equals(Buffer.from(iccProfile(colorSpace)))).toBe(true);
        // The codec ignores profiles, so it sees the numbers that were written.
        const decoded = await decodeImage(file, '');
        const at = (16 * 64 + 10) * 4;
        for (let c = 0; c < 3; c++) expect(Math.abs(decoded.data[at + c]! - data[at + c]!)).toBeLessThan(14);
      }
    }
  },
);

test('a reader that follows profiles sees red of sRGB in Display P3 as sRGB writes it', async () => {
  const data = new Uint8Array(16 * 16 * 4);
  for (let i = 0; i < 256; i++) data.set([234, 51, 35, 255], i * 4);
  const file = await encodeImage({ width: 16, height: 16, data, colorSpace: 'display-p3' }, 'png', 85);
  const { data: seen } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  expect(seen[0]).toBeGreaterThan(253);
  expect(Math.max(seen[1]!, seen[2]!)).toBeLessThan(12);
});

test('bytes that are no image, or end early, are image_malformed', async () => {
  const png = await encodeImage(image, 'png', 85);
  for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), png.subarray(0, png.length >> 1)]) {
    await expect(decodeImage(bytes, 'image/png')).rejects.toMatchObject({ code: 'image_malformed' });
  }
  const ktx2 = Uint8Array.from(
    { length: 200 },
    (_, i) => [0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 13, 10, 26, 10][i] ?? 255,
  );
  await expect(decodeImage(ktx2, 'image/ktx2')).rejects.toMatchObject({ code: 'image_malformed' });
});

const corpus = '../shared/corpus/gltf';
test('KTX2 (ETC1S) of the corpus agrees with the PNG it was made of', async (context) => {
  if (!existsSync(corpus)) context.skip('the corpus is not here');
  const io = new NodeIO().registerExtensions(ALL_EXTENSIONS);
  const texture = async (name: string) => {
    const document = await io.readBinary(await readFile(`${corpus}/${name}`));
    const [found] = document.getRoot().listTextures();
    return decodeImage(found!.getImage()!, found!.getMimeType());
  };
  const compressed = await texture('knight_ktx2_etc1s.glb');
  const original = await texture('Knight.glb');
  // It was halved before it was compressed.
  expect([compressed.width * 2, compressed.height * 2]).toEqual([original.width, original.height]);
  let sum = 0;
  for (let y = 0; y < compressed.height; y++) {
    for (let x = 0; x < compressed.width; x++) {
      const at = (dx: number, dy: number) => original.data[((y * 2 + dy) * original.width + x * 2 + dx) * 4]!;
      const mean = (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4;
      sum += Math.abs(mean - compressed.data[(y * compressed.width + x) * 4]!);
    }
  }
  expect(sum / (compressed.width * compressed.height)).toBeLessThan(6);
});

test.each([
  ['grey', 3, () => sharp(grey, { raw: { width: 2, height: 1, channels: 1 } }).png()],
  ['grey, some of it clear', 4, () => sharp(clear, { raw: { width: 1, height: 1, channels: 2 } }).png()],
  ['JPEG', 3, () => sharp(colour, { raw: { width: 2, height: 1, channels: 3 } }).jpeg()],
  [
    'sixteen bits',
    3,
    () =>
      sharp(colour, { raw: { width: 2, height: 1, channels: 3 } })
        .toColourspace('rgb16')
        .png(),
  ],
  ['a palette', 3, () => sharp(colour, { raw: { width: 2, height: 1, channels: 3 } }).png({ palette: true })],
] as const)(
  'textures have alpha where their file has it, and else the same colours: %s',
  async (_, channels, encode) => {
    const bytes = await encode().toBuffer();
    const [texels, image] = [await decodeTexels(bytes, ''), await decodeImage(bytes, '')];
    expect(texels).toMatchObject({ channels, width: image.width, height: image.height });
    const expected = image.data.filter((_, i) => channels === 4 || i % 4 !== 3);
    expect([...texels.data]).toEqual([...expected]);
  },
);
const grey = Uint8Array.of(7, 200);
const clear = Uint8Array.of(9, 100);
const colour = Uint8Array.of(10, 20, 30, 250, 128, 5);
