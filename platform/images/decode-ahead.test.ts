import { Document, NodeIO } from '@gltf-transform/core';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { embeddedImages } from '#engine/formats/gltf/embedded-images.ts';
import { decodeAhead } from './decode-ahead.ts';
import { decodeImage } from './sharp-codec.ts';

const picture = (size: number, color: string) =>
  sharp({ create: { width: size, height: size, channels: 3, background: color } })
    .png()
    .toBuffer();

async function glbWith(images: Uint8Array[]): Promise<Uint8Array> {
  const document = new Document();
  document.createBuffer();
  images.forEach((image, i) => {
    document.createTexture(String(i)).setImage(image).setMimeType('image/png');
  });
  return new NodeIO().writeBinary(document);
}

/** The decoder, and how often it was called. */
function counting() {
  const counted = {
    calls: 0,
    decode(bytes: Uint8Array, type: string) {
      counted.calls++;
      return decodeImage(bytes, type);
    },
  };
  return counted;
}

test('images are decoded once, before they are asked for, and asked again anew', async () => {
  const images = [await picture(8, 'red'), await picture(4, 'blue')];
  const counted = counting();
  const decode = decodeAhead(embeddedImages(await glbWith(images)), counted.decode, 2 ** 20);
  expect(counted.calls).toBe(2);
  expect([...(await decode(images[1]!, 'image/png')).data.subarray(0, 4)]).toEqual([0, 0, 255, 255]);
  expect((await decode(images[0]!, 'image/png')).width).toBe(8);
  expect(counted.calls).toBe(2);
  expect((await decode(images[0]!, 'image/png')).width).toBe(8);
  expect(counted.calls).toBe(3);
});

test('no more than may wait is begun; the rest is decoded when asked for', async () => {
  const images = [await picture(8, 'red'), await picture(16, 'blue'), await picture(4, 'lime')];
  const counted = counting();
  const decode = decodeAhead(embeddedImages(await glbWith(images)), counted.decode, 8 * 8 * 4 + 4 * 4 * 4);
  expect(counted.calls).toBe(2);
  for (const image of images) await decode(image, 'image/png');
  expect(counted.calls).toBe(3);
});

test('a damaged image is an error for whoever asks for it, and a damaged file is left to its reader', async () => {
  const damaged = (await picture(8, 'red')).subarray(0, 60);
  const decode = decodeAhead([damaged], decodeImage, 2 ** 20);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(decode(damaged, 'image/png')).rejects.toMatchObject({ code: 'image_malformed' });
  expect(() => decodeAhead([new Uint8Array([1, 2, 3])], decodeImage, 2 ** 20)).not.toThrow();
});
