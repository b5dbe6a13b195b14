import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { addMesh, decodeRaw, draw, rawImage, testHost } from '#test/render/scenes.ts';
import { renderImage } from './render-image.ts';
import type { RenderedImage } from './rendered-image.ts';

const WIDTH = 384;
const HEIGHT = 192;

/** A floor that runs away from the camera, under a texture whose every texel differs from its neighbours. */
function checkeredFloor(): Document {
  const document = new Document();
  const checks = document
    .createTexture()
    .setMimeType('image/raw')
    .setImage(rawImage(64, 64, (x, y) => ((x + y) % 2 ? [245, 245, 245, 255] : [20, 20, 20, 255])));
  const material = document.createMaterial().setRoughnessFactor(1).setMetallicFactor(0).setBaseColorTexture(checks);
  addMesh(
    document,
    {
      positions: [-6, 0, -24, 6, 0, -24, -6, 0, 0, 6, 0, 0],
      normals: [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0],
      uvs: [0, 0, 0.75, 0, 0, 1.5, 0.75, 1.5],
      indices: [0, 2, 1, 2, 3, 1],
    },
    material,
  );
  return document;
}

const floor = (width: number, height: number): Promise<RenderedImage> =>
  draw(checkeredFloor(), { width, height, view: { azimuth: 15, elevation: 8 } });

const light = (v: number) => (v / 255) ** 2.2;

/**
 * Root of the mean squared difference to the picture of four times the size, averaged, both encoded; over the pixels
 * that the floor covers.
 */
function error(image: RenderedImage, large: RenderedImage): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      let [mean, covered] = [0, true];
      for (let k = 0; k < 16; k++) {
        const o = ((y * 4 + (k >> 2)) * large.width + x * 4 + (k & 3)) * 4;
        covered &&= large.data[o + 3] === 255;
        mean += light(large.data[o]!) / 16;
      }
      if (!covered) continue;
      sum += (mean ** (1 / 2.2) - image.data[(y * WIDTH + x) * 4]! / 255) ** 2;
      count++;
    }
  }
  return Math.sqrt(sum / count);
}

test('a fine pattern at a grazing angle neither beats nor blurs', async () => {
  const [image, large] = [await floor(WIDTH, HEIGHT), await floor(WIDTH * 4, HEIGHT * 4)];
  // A filter that is round, or has fewer taps along the longer axis, leaves three times as much.
  expect(error(image, large)).toBeLessThan(0.025);
  const contrast = (y: number) => {
    const at = (x: number) => (y * WIDTH + x) * 4;
    const row = Array.from({ length: WIDTH }, (_, x) =>
      image.data[at(x) + 3] === 255 ? image.data[at(x)]! : -1,
    ).filter((v) => v >= 0);
    return row.length > 8 ? Math.max(...row) - Math.min(...row) : 0;
  };
  // In front the checks are still there.
  expect(Math.max(...Array.from({ length: HEIGHT }, (_, y) => contrast(y)))).toBeGreaterThan(20);
});

test.each([
  [64, 64],
  [37, 150],
  [1, 200],
  [333, 1],
])('an opaque image of %i × %i looks the same with three bytes a texel as with four', async (width, height) => {
  const document = checkeredFloor();
  const noise = (x: number, y: number, c: number) => ((x * 73 + y * 151 + c * 199) * 2654435761) >>> 24;
  const image = rawImage(width, height, (x, y) => [noise(x, y, 0), noise(x, y, 1), noise(x, y, 2), 255]);
  for (const texture of document.getRoot().listTextures()) texture.setImage(image);
  const pictures = [3, 4].map(async (channels) => {
    const host = testHost();
    const decodeImage: typeof host.decodeImage = async (bytes, type) => {
      const decoded = await decodeRaw(bytes, type);
      expect(decoded.channels).toBe(3);
      return channels === 3 ? decoded : { width, height, channels: 4, data: bytes.slice(4) };
    };
    const request = ImageRequest.parse({ width: 160, height: 80, view: { azimuth: 15, elevation: 8 } });
    return (await renderImage(document, request, { ...host, decodeImage })).data;
  });
  const [three, four] = await Promise.all(pictures);
  expect(Buffer.from(three!).equals(four!)).toBe(true);
});
