import { Document, NodeIO } from '@gltf-transform/core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { embeddedImages } from '#engine/formats/gltf/embedded-images.ts';
import type { RenderHost } from '#engine/render/render-host.ts';
import { renderImage } from '#engine/render/render-image.ts';
import { openRenderSession } from '#engine/render/render-session.ts';
import { addMesh, SQUARE } from '#test/render/scenes.ts';
import { decodeTexels } from '../images/sharp-codec.ts';
import { createNodeRenderHost, type NodeRenderHost } from './node-host.ts';

const MOST = 2 ** 26;
const request = ImageRequest.parse({ width: 64, height: 48 });

/** Texture files: two that are decoded in place, and one of each kind that is not. */
let files: Record<'whole' | 'halved' | 'progressive' | 'png' | 'damaged', Buffer>;
/** A quad for each file, and one more that takes the first as roughness too. */
let glb: Uint8Array;
beforeAll(async () => {
  const rgb = new Uint8Array(96 * 80 * 3).map((_, i) => 128 + 100 * Math.sin(i / 37) + ((i * 7) % 27));
  const picture = () => sharp(rgb, { raw: { width: 96, height: 80, channels: 3 } });
  const whole = await picture().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer();
  const damaged = await picture().negate().jpeg().toBuffer();
  damaged.fill(0, damaged.length / 2, damaged.length - 2);
  files = {
    whole,
    halved: await picture().flip().jpeg().toBuffer(),
    progressive: await picture().flop().jpeg({ progressive: true }).toBuffer(),
    png: await picture().rotate(90).png().toBuffer(),
    damaged,
  };
  const document = new Document();
  document.createBuffer();
  Object.entries(files).forEach(([name, file], i) => {
    const texture = document.createTexture(name).setImage(new Uint8Array(file)).setMimeType('image/jpeg');
    if (name === 'png') texture.setMimeType('image/png');
    const material = document.createMaterial().setBaseColorTexture(texture);
    if (name === 'whole') material.setMetallicRoughnessTexture(texture);
    addMesh(document, SQUARE, material, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, i * 2.2, 0, 0, 1]);
  });
  glb = await new NodeIO().writeBinary(document);
});

const opened: NodeRenderHost[] = [];
afterAll(() => Promise.all(opened.map((host) => host.close())));

/** A host that has begun with the images of the model, and what it left to others. */
function placingHost(threads: number): { host: RenderHost; left: number[] } {
  const node = createNodeRenderHost({ threads, once: true });
  opened.push(node);
  const left: number[] = [];
  const here = node.placeImages(embeddedImages(glb), MOST, (bytes, mimeType) => {
    left.push(bytes.length);
    return decodeTexels(bytes, mimeType);
  });
  return { host: { ...node, ...here }, left };
}

const open = () => new NodeIO().readBinary(glb);

test.each([1, 3])('a picture is the same as with textures that are copied: %d threads', async (threads) => {
  const plain = createNodeRenderHost({ threads, once: true });
  opened.push(plain);
  const expected = await renderImage(await open(), request, plain);
  const { host, left } = placingHost(threads);
  const image = await renderImage(await open(), request, host);
  expect(Buffer.compare(image.data, expected.data)).toBe(0);
  expect(image.stats.warnings).toEqual(expected.stats.warnings);
  const others = [files.progressive, files.png, files.damaged].map(({ length }) => length);
  expect(left.toSorted()).toEqual(others.toSorted());
});

test('a scene that is laid out anew finds its textures again', async () => {
  const { host } = placingHost(2);
  const session = openRenderSession(await open(), host);
  const first = await session.render(request);
  session.close();
  const again = openRenderSession(await open(), host);
  const second = await again.render(request);
  again.close();
  expect(Buffer.compare(first.data, second.data)).toBe(0);
});

test('images beyond what they may take have no place, and count towards the limit of a render', async () => {
  const node = createNodeRenderHost({ threads: 1, once: true });
  opened.push(node);
  const images = embeddedImages(glb);
  expect(node.placeImages(images, 1000, decodeTexels)).toBeUndefined();
  const here = node.placeImages(images, 2 ** 16, decodeTexels)!;
  const [first, second] = images;
  expect(here.placed.find(first!)).toBeGreaterThan(0);
  expect(here.placed.find(second!)).toBeUndefined();
  const limited = renderImage(await open(), request, { ...node, ...here }, { memoryLimit: here.placed.end });
  await expect(limited).rejects.toMatchObject({ code: 'render_too_large' });
});
