import { expect, test } from 'vitest';
import { encodeTexture } from '#platform/images/texture-codec.ts';
import { readImageHeader } from '../../formats/image-header.ts';
import { apply } from '../testing/run.ts';
import { documentOf, sphere } from '../testing/shapes.ts';

test('each level has textures of half the size, shared where materials share them', async () => {
  const document = documentOf(sphere(1, 4), sphere(2, 4));
  const data = new Uint8Array(128 * 64 * 4).map((_, i) => (i * 37) % 256);
  const bytes = await encodeTexture(
    { width: 128, height: 64, data },
    { format: 'png', quality: 90, lossless: true, alpha: false },
  );
  const texture = document.createTexture('paint').setImage(bytes).setMimeType('image/png');
  for (const [i, mesh] of document.getRoot().listMeshes().entries()) {
    mesh.listPrimitives()[0]!.setMaterial(document.createMaterial(`m${i}`).setBaseColorTexture(texture));
  }
  await apply(document, { type: 'lod', scaleTextures: true });
  const sizes = document
    .getRoot()
    .listTextures()
    .map((each) => readImageHeader(each.getImage()!)!)
    .map(({ width, height }) => [width, height]);
  expect(sizes).toEqual([
    [128, 64],
    [64, 32],
    [32, 16],
    [16, 16],
  ]);
  expect(document.getRoot().listMaterials()).toHaveLength(8);
});
