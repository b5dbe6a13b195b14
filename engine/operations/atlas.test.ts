import type { Document, Material } from '@gltf-transform/core';
import { KHRTextureTransform } from '@gltf-transform/extensions';
import { describe, expect, test } from 'vitest';
import { encodeTexture } from '#platform/images/texture-codec.ts';
import { floatValues } from './float-values.ts';
import { apply, optimizeDocument } from './testing/run.ts';
import { documentOf, plate } from './testing/shapes.ts';

/** A texture of coloured squares. */
async function squares(document: Document, name: string, size: number, hue: number) {
  const data = new Uint8Array(size * size * 4);
  for (let i = 0; i < size * size; i++) {
    const on = ((i % size) >> 3) ^ (Math.floor(i / size) >> 3);
    data.set([on & 1 ? 230 : hue, on & 2 ? 200 : 255 - hue, (i * 7) % 256, 255], i * 4);
  }
  const bytes = await encodeTexture(
    { width: size, height: size, data },
    { format: 'png', quality: 100, lossless: true, alpha: false },
  );
  return document.createTexture(name).setImage(bytes).setMimeType('image/png');
}

/** Plates side by side, each with coordinates over `repeats` squares of texture space and a material of its own. */
async function plates(repeats: number, change: (materials: Material[], document: Document) => void = () => {}) {
  const shapes = [0, 1.2, 2.4].map((x) => {
    const shape = plate(1, 2);
    return { ...shape, positions: shape.positions.map((value, i) => value + (i % 3 === 0 ? x : 0)) };
  });
  const document = documentOf(...shapes);
  const materials: Material[] = [];
  for (const [i, mesh] of document.getRoot().listMeshes().entries()) {
    const [primitive] = mesh.listPrimitives();
    const positions = floatValues(primitive!.getAttribute('POSITION')!, 3);
    const uv = Float32Array.from({ length: (positions.length / 3) * 2 }, (_, k) => {
      const value = positions[Math.floor(k / 2) * 3 + (k % 2 === 0 ? 0 : 2)]! - (k % 2 === 0 ? 1.2 * i : 0);
      return value * repeats;
    });
    primitive!.setAttribute('TEXCOORD_0', document.createAccessor().setType('VEC2').setArray(uv));
    const material = document
      .createMaterial(`m${i}`)
      .setMetallicFactor(0.2 * i)
      .setRoughnessFactor(0.4 + 0.2 * i);
    if (i < 2) material.setBaseColorTexture(await squares(document, `t${i}`, 64 << i, 60 + 90 * i));
    else material.setBaseColorFactor([0.8, 0.1, 0.2, 1]).setEmissiveFactor([0, 0.3, 0]);
    primitive!.setMaterial(material);
    materials.push(material);
  }
  change(materials, document);
  return document;
}

const compared = async (document: Document) =>
  optimizeDocument(document, { operations: [{ type: 'atlas' }, { type: 'join' }], picture: { size: 256, views: 4 } });

describe('atlas', () => {
  test('three materials become one and look the same, in one draw call', { timeout: 60_000 }, async () => {
    const { report, document } = await compared(await plates(1));
    expect(document.getRoot().listMaterials()).toHaveLength(1);
    expect(report.output.drawCalls).toBe(1);
    expect(report.input.drawCalls).toBe(3);
    expect(report.picture!.ssim.min).toBeGreaterThan(0.98);
  });

  test('texture transforms and repeats are worked in', { timeout: 60_000 }, async () => {
    const { report, document } = await compared(
      await plates(2, ([first], made) => {
        const transform = made.createExtension(KHRTextureTransform).createTransform();
        transform.setScale([0.5, 0.75]).setOffset([0.2, 0.1]).setRotation(0.4);
        first!.getBaseColorTextureInfo()!.setExtension('KHR_texture_transform', transform);
      }),
    );
    expect(document.getRoot().listMaterials()).toHaveLength(1);
    expect(report.picture!.ssim.min).toBeGreaterThan(0.97);
  });

  test('what repeats too often, or says more than textures can, stays with the reason', async () => {
    const document = await plates(5);
    const notes = await apply(document, { type: 'atlas' });
    expect(notes.join(' ')).toMatch(/"m0" stayed: it repeats its textures 5 times/);
    expect(
      document
        .getRoot()
        .listMaterials()
        .map((material) => material.getName()),
    ).toEqual(['m0', 'm1', 'm2']);
  });

  test('materials that differ in more than textures stay apart', async () => {
    const document = await plates(1, ([, second]) => second!.setDoubleSided(true));
    await apply(document, { type: 'atlas' });
    expect(
      document
        .getRoot()
        .listMaterials()
        .map((material) => material.getName())
        .sort(),
    ).toEqual(['atlas', 'm1']);
  });

  test('too small a size scales all by the same factor', async () => {
    const document = await plates(1);
    const notes = await apply(document, { type: 'atlas', maxSize: 64, padding: 2 });
    expect(notes.join(' ')).toMatch(/3 materials in 64 × 64 texels, scaled to 25 % to fit/);
  });
});
