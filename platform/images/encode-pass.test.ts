import { Document } from '@gltf-transform/core';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { RenderedPass } from '#engine/render/rendered-image.ts';
import { addMesh, draw, SQUARE } from '#test/render/scenes.ts';
import { encodePass } from './encode-pass.ts';
import { encodeRender } from './encode-render.ts';
import { writePng } from './write-png.ts';

/** Samples of a PNG file as sharp reads them, without any conversion. */
async function samples(png: Uint8Array) {
  const { depth = 'uchar', channels } = await sharp(png).metadata();
  const wide = depth === 'ushort';
  const pipeline = sharp(png, { ignoreIcc: true });
  const space = channels === 1 ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb';
  const { data, info } = await pipeline
    .toColourspace(space)
    .raw({ depth: wide ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const values = wide ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  return { values, channels: info.channels, depth };
}

test.each([
  [1, 8],
  [4, 8],
  [1, 16],
  [4, 16],
] as const)('a PNG of %i channels of %i bits is read as it was written', async (channels, bits) => {
  const length = 33 * 21 * channels;
  const data =
    bits === 8
      ? Uint8Array.from({ length }, (_, i) => (i * 37) % 256)
      : Uint16Array.from({ length }, (_, i) => (i * 3571) % 65536);
  const read = await samples(writePng({ width: 33, height: 21, channels, data }));
  expect(read.channels).toBe(channels);
  expect([...read.values]).toEqual([...data]);
});

function scene(): Document {
  const document = new Document();
  addMesh(document, SQUARE, document.createMaterial('red').setBaseColorFactor([0.5, 0.1, 0.02, 1])).node.setName(
    'near',
  );
  addMesh(document, SQUARE, null, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1.5, 0, -2, 1]).node.setName('far');
  return document;
}

const pass = (passes: readonly RenderedPass[], name: string) =>
  passes.find((each) => each.name === name) as RenderedPass;

test('depth goes from the nearest to the farthest, and what is nothing has a value of its own', async () => {
  const image = await draw(scene(), { passes: ['depth'] });
  const { png, meaning } = encodePass(pass(image.passes, 'depth'), image);
  if (meaning === null || !('near' in meaning)) throw new Error('depth has no range');
  const { near, far } = meaning;
  const { values, depth } = await samples(png);
  expect(depth).toBe('ushort');
  expect(far - near).toBeCloseTo(2, 4);
  expect([Math.min(...values), values[0]]).toEqual([0, 65535]);
  const exact = pass(image.passes, 'depth').kind === 'floats' ? (image.passes[0] as { data: Float32Array }).data : [];
  values.forEach((value, i) => {
    if (value === 65535) expect(exact[i]).toBe(Infinity);
    else expect(near + (value / 65534) * (far - near)).toBeCloseTo(exact[i]!, 4);
  });
});

test('every object has one colour, which the meaning names', async () => {
  const image = await draw(scene(), { passes: ['object', 'albedo', 'normal'] });
  const { png, meaning } = encodePass(pass(image.passes, 'object'), image);
  if (meaning === null || !('colors' in meaning)) throw new Error('ids have no names');
  expect(Object.values(meaning.colors).sort()).toEqual(['far', 'near']);
  const { values } = await samples(png);
  const found = new Set<string>();
  for (let i = 0; i < values.length; i += 4) {
    const [r, g, b, a] = values.subarray(i, i + 4);
    expect([0, 255]).toContain(a);
    if (a === 255) found.add(`#${[r, g, b].map((value) => value!.toString(16).padStart(2, '0')).join('')}`);
  }
  expect([...found].sort()).toEqual(Object.keys(meaning.colors).sort());
  // Albedo is encoded for display: 0.5, 0.1 and 0.02 of linear light.
  const albedo = await samples(encodePass(pass(image.passes, 'albedo'), image).png);
  const at = (32 * 64 + 20) * 4;
  expect([...albedo.values.subarray(at, at + 4)]).toEqual([188, 89, 39, 255]);
  const normal = await samples(encodePass(pass(image.passes, 'normal'), image).png);
  expect([...normal.values.subarray(at, at + 4)]).toEqual([32768, 32768, 65535, 65535]);
});

test('a render makes a file for each pass, or one EXR', async () => {
  const request = { format: 'webp', quality: 80, exrDepth: 'half', passes: ['beauty', 'depth', 'object'] } as const;
  const options = { ...request, passes: [...request.passes] };
  const files = await encodeRender(await draw(scene(), options), options);
  expect(files.map(({ role }) => role)).toEqual(['beauty', 'depth', 'object']);
  expect(await Promise.all(files.map(async ({ bytes }) => (await sharp(bytes).metadata()).format))).toEqual([
    'webp',
    'png',
    'png',
  ]);
  const exr = { ...options, format: 'exr' as const };
  const [layers, ...more] = await encodeRender(await draw(scene(), exr), exr);
  expect([layers?.role, more.length]).toEqual(['layers', 0]);
  expect([...layers!.bytes.subarray(0, 4)]).toEqual([0x76, 0x2f, 0x31, 0x01]);
});
