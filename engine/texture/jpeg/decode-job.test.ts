import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type JpegOptions } from 'sharp';
import { expect, test } from 'vitest';
import { embeddedImages } from '#engine/formats/gltf/embedded-images.ts';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import { compileKernel, JPEG_DECODER } from '../../../scripts/build-kernel.ts';
import { decodingBytes, writeDecodeJob } from './decode-job.ts';
import { readJpegFile } from './jpeg-file.ts';

const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
const committed = await readFile(JPEG_DECODER.output);
const decoder = new WebAssembly.Instance(new WebAssembly.Module(committed), { env: { memory } }).exports as {
  decode(job: number): number;
};
const TARGET = 65536;

/** The texels as the decoder makes them; undefined when it leaves the file to others. */
function decode(bytes: Uint8Array): Uint8Array | undefined {
  const file = readJpegFile(bytes);
  if (!file) return undefined;
  const missing = Math.ceil((TARGET + decodingBytes(file) - memory.buffer.byteLength) / 65536);
  if (missing > 0) memory.grow(missing);
  const job = writeDecodeJob(memory, TARGET, file);
  return decoder.decode(job) ? new Uint8Array(memory.buffer, TARGET, file.width * file.height * 3) : undefined;
}

/** Texels as libjpeg-turbo gives them. */
const decodeBySharp = (bytes: Uint8Array) => sharp(bytes, { ignoreIcc: true }).toColourspace('srgb').raw().toBuffer();

/** Numbers from 0 to 1 that are the same each time. */
function numbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

type Picture = (x: number, y: number, channel: number) => number;
const noise = numbers();
const PICTURES: Record<string, Picture> = {
  noise: () => noise() * 256,
  waves: (x, y, c) => 128 + 120 * Math.sin(x / 9 + c) * Math.cos(y / 13 - c),
  flat: (_x, _y, c) => [200, 30, 90][c]!,
  edges: (x, y, c) => ((x >> 2) + (y >> 3) + c) % 2 && 255,
};

function encode(picture: Picture, width: number, height: number, options: JpegOptions): Promise<Buffer> {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < rgb.length; i++) {
    const texel = Math.floor(i / 3);
    rgb[i] = picture(texel % width, Math.floor(texel / width), i % 3);
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg(options)
    .toBuffer();
}

test('the committed decoder is what its sources compile to', async () => {
  const compiled = await compileKernel(JPEG_DECODER);
  expect(Buffer.from(compiled).equals(committed), 'run `node scripts/build-kernel.ts` and commit jpeg.wasm').toBe(true);
}, 60_000);

test.each(Object.entries(PICTURES))('%s: the same texels as of libjpeg-turbo', async (_, picture) => {
  for (const chromaSubsampling of ['4:4:4', '4:2:0']) {
    for (const quality of [1, 30, 75, 100]) {
      for (const [width, height] of [
        [16, 16],
        [17, 19],
        [64, 48],
        [33, 130],
      ] as const) {
        const options = { chromaSubsampling, quality, optimiseCoding: quality !== 75 };
        const file = await encode(picture, width, height, options);
        const texels = decode(file);
        const what = `${width} × ${height}, ${JSON.stringify(options)}`;
        expect(texels && Buffer.compare(texels, await decodeBySharp(file)), what).toBe(0);
      }
    }
  }
});

/** 33 × 17 pixels, chroma halved across alone: sharp writes none of these. */
const HALVED_ACROSS = [
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4',
  'x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAR',
  'ACEDASEAAhEBAxEB/8QAGQAAAgMBAAAAAAAAAAAAAAAAAAIBAwQF/8QAKRAAAQMCBAMJAAAAAAAAAAAAAQACAwQRFCEyURIxQRMiQlJhcYGR8P',
  '/EABkBAAIDAQAAAAAAAAAAAAAAAAEDAgQFAP/EAB8RAAIBBAIDAAAAAAAAAAAAAAABAhETITEDEjJBYf/aAAwDAQACEQMRAD8AiOgJY0OCbAiN',
  'wAGSyLu6G9LmzsrkpPE2/pmkjp3Ne3ug26hG4qUJrlTWS3Ct2H2hLuMFz6deGlew8uXUrQIg4WkbfdVJTVaoy3OrwR2LI7nhsN0oiifkMkO2an',
  'd5bDAR+Y/vlCbcRK/I2bpDqVKIj2JJod7qqHWE1eI2Oma0KuLP/9k=',
].join('');

test('chroma that is halved across alone', async () => {
  const file = Buffer.from(HALVED_ACROSS, 'base64');
  expect(readJpegFile(file)).toMatchObject({ width: 33, height: 17, across: 2, down: 1 });
  expect(Buffer.compare(decode(file)!, await decodeBySharp(file))).toBe(0);
});

test.skipIf(!hasCorpus)('pictures of the corpus are the same as of libjpeg-turbo, or left to it', async () => {
  let decoded = 0;
  for (const file of await corpusImages()) {
    const texels = decode(file);
    if (!texels) continue;
    decoded++;
    expect(Buffer.compare(texels, await decodeBySharp(file))).toBe(0);
  }
  expect(decoded).toBeGreaterThan(5);
});

test('what is not baseline YCbCr is left to others', async () => {
  const waves = PICTURES.waves!;
  expect(decode(await encode(waves, 64, 64, { progressive: true }))).toBeUndefined();
  expect(decode(await encode(waves, 8, 64, {}))).toBeUndefined();
  const rgb = await encode(waves, 64, 64, {});
  expect(decode(await sharp(rgb).toColourspace('b-w').jpeg().toBuffer())).toBeUndefined();
  expect(decode(await sharp(rgb).toColourspace('cmyk').jpeg().toBuffer())).toBeUndefined();
  expect(decode(await sharp(rgb).png().toBuffer())).toBeUndefined();
});

test('a file that is out of order is left to others, and nothing beyond its memory is written', async () => {
  const file = await encode(PICTURES.waves!, 120, 88, { chromaSubsampling: '4:2:0' });
  const jpeg = readJpegFile(file)!;
  const end = TARGET + decodingBytes(jpeg);
  memory.grow(2);
  const behind = new Uint8Array(memory.buffer, end, 65536);
  const random = numbers();
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    const damaged = Buffer.from(file);
    if (i % 3 === 0) damaged.fill(0, file.length - 2 - i);
    else for (let k = 0; k < 3; k++) damaged[Math.floor(random() * damaged.length)] = random() * 256;
    const read = readJpegFile(damaged);
    // Another size takes other memory.
    if (!read || read.width !== jpeg.width || read.height !== jpeg.height) continue;
    behind.fill(7);
    const texels = decode(damaged);
    if (!texels) refused++;
    expect(behind.every((value) => value === 7)).toBe(true);
  }
  expect(refused).toBeGreaterThan(100);
  expect(decode(file.subarray(0, file.length - 2))).toBeUndefined();
  expect(decode(Buffer.concat([file.subarray(0, file.length - 40), file.subarray(file.length - 2)]))).toBeUndefined();
});

/** JPEG pictures of the corpus, in models and beside them. */
async function corpusImages(): Promise<Uint8Array[]> {
  const images: Uint8Array[] = [];
  for (const folder of ['gltf', 'obj', '3ds', 'fbx']) {
    for (const name of await readdir(join(CORPUS, folder), { recursive: true })) {
      const path = join(CORPUS, folder, name);
      if (/\.glb$/i.test(name)) images.push(...embeddedImages(await readFile(path)));
      else if (/\.jpe?g$/i.test(name)) images.push(await readFile(path));
    }
  }
  return images;
}
