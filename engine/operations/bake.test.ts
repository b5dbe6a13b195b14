import type { Document } from '@gltf-transform/core';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { Recipe } from '#contracts/operations/recipe.ts';
import { decodeImage } from '#platform/images/sharp-codec.ts';
import { encodeTexture } from '#platform/images/texture-codec.ts';
import { floatValues } from './float-values.ts';
import { apply, optimizeDocument } from './testing/run.ts';
import { documentOf, plate, type Shape, sphere } from './testing/shapes.ts';

/** The plate of a table and a wall at its edge, both far larger than what is looked at. */
function corner(): Shape {
  const floor = plate(2, 8);
  const wall = {
    positions: floor.positions.map((_, i) => floor.positions[i - (i % 3) + [1, 0, 2][i % 3]!]!),
    indices: floor.indices,
  };
  const count = floor.positions.length / 3;
  // The wall stands at x = 0 and faces +x.
  const turned = wall.indices.flatMap((_, i) =>
    i % 3 === 0 ? [wall.indices[i]!, wall.indices[i + 2]!, wall.indices[i + 1]!] : [],
  );
  return {
    positions: [...floor.positions, ...wall.positions],
    indices: [...floor.indices, ...turned.map((v) => v + count)],
  };
}

/** A sphere with bumps too small for a coarse one. */
function bumpy(): Shape {
  const shape = sphere(1, 5);
  return {
    ...shape,
    positions: shape.positions.map((value, i) => {
      const [x, y, z] = shape.positions.slice(i - (i % 3), i - (i % 3) + 3) as [number, number, number];
      return value * (1 + 0.03 * Math.sin(13 * x) * Math.sin(11 * y) * Math.sin(12 * z));
    }),
  };
}

/** Paints each vertex by where it is. */
function painted(document: Document): Document {
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      const positions = floatValues(primitive.getAttribute('POSITION')!, 3);
      const colors = positions.map((value) => (Math.sin(9 * value) > 0 ? 0.9 : 0.1)) as Float32Array<ArrayBuffer>;
      primitive.setAttribute('COLOR_0', document.createAccessor().setType('VEC3').setArray(colors));
      primitive.setMaterial(document.createMaterial('paint').setRoughnessFactor(0.6).setMetallicFactor(0));
    }
  }
  return document;
}

async function texelsOf(document: Document, name: RegExp) {
  const texture = document
    .getRoot()
    .listTextures()
    .find((each) => name.test(each.getName()))!;
  return decodeImage(texture.getImage()!, 'image/png');
}

const ssim = async (document: Document, operation: z.input<typeof Recipe>['operations']) =>
  (await optimizeDocument(document, { operations: operation ?? [], picture: { size: 256, views: 3 } })).report.picture!
    .ssim;

describe('bakeOcclusion', () => {
  test('in a corner half of the light is missing, away from it hardly any', async () => {
    const document = documentOf(corner());
    await apply(document, { type: 'bakeOcclusion', rays: 256, to: 'vertices' });
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const positions = floatValues(primitive.getAttribute('POSITION')!, 3);
    const colors = floatValues(primitive.getAttribute('COLOR_0')!, 3);
    const at = (x: number) =>
      [...colors].filter(
        (_, i) => i % 3 === 0 && positions[i + 1] === 0 && positions[i + 2] === 1 && Math.abs(positions[i]! - x) < 1e-6,
      );
    // View factor of a rectangle at a right angle (Howell, Catalog of Radiation Heat Transfer Configuration Factors, B-4).
    for (const value of at(2)) expect(value).toBeGreaterThan(0.8);
    for (const x of [0.25, 0.5, 1]) {
      const far = Math.hypot(x, 2);
      const open = 1 - (Math.atan(1 / x) - (x / far) * Math.atan(1 / far)) / Math.PI;
      for (const value of at(x)) expect(Math.abs(value - open)).toBeLessThan(0.04);
    }
  });

  test('a sphere by itself is open everywhere; inside of another nothing is', async () => {
    const lone = documentOf(sphere(1, 3));
    const notes = await apply(lone, { type: 'bakeOcclusion', rays: 64, resolution: 128 });
    expect(notes.join(' ')).toMatch(/unwrapped for it, (99|100) % open/);
    const nested = () => {
      const document = documentOf(sphere(1, 3), sphere(2, 3));
      const material = document.createMaterial().setDoubleSided(true);
      for (const mesh of document.getRoot().listMeshes()) mesh.listPrimitives()[0]!.setMaterial(material);
      return document;
    };
    const [inner, outer] = [nested(), nested()];
    await apply(inner, { type: 'bakeOcclusion', rays: 64, resolution: 128, to: 'vertices' });
    const colors = floatValues(inner.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('COLOR_0')!, 3);
    expect(Math.max(...colors)).toBeLessThan(0.02);
    await apply(outer, { type: 'bakeOcclusion', rays: 64, distance: 0.5, to: 'vertices' });
    const near = floatValues(outer.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('COLOR_0')!, 3);
    expect(Math.min(...near)).toBe(1);
  });

  test('the texture lies in a set without overlaps; others stay where they are', async () => {
    const document = documentOf(corner());
    await apply(document, { type: 'bakeOcclusion', rays: 64, resolution: 128 });
    const [material] = document.getRoot().listMaterials();
    expect(material!.getOcclusionTextureInfo()!.getTexCoord()).toBe(0);
    const { data } = await texelsOf(document, /occlusion/);
    const reds = [...data].filter((_, i) => i % 4 === 0);
    expect(Math.min(...reds)).toBeLessThan(160);
    expect(Math.max(...reds)).toBeGreaterThan(220);
  });

  test('gives the same bytes each time, another seed others', async () => {
    const made = async (seed: number) =>
      (
        await optimizeDocument(documentOf(corner()), {
          operations: [{ type: 'bakeOcclusion', rays: 16, resolution: 64, seed }],
        })
      ).glb;
    expect(await made(1)).toEqual(await made(1));
    expect(await made(1)).not.toEqual(await made(2));
  });
});

describe('bake', () => {
  test('a coarse model with baked maps looks more like the fine one than without', { timeout: 120_000 }, async () => {
    const plain = await ssim(painted(documentOf(bumpy())), [{ type: 'simplify', ratio: 0.05 }]);
    const baked = await ssim(painted(documentOf(bumpy())), [
      { type: 'bake', ratio: 0.05, resolution: 512, maps: ['baseColor', 'normal', 'metallicRoughness'] },
    ]);
    expect(baked.mean).toBeGreaterThan(plain.mean + 0.05);
    expect(baked.mean).toBeGreaterThan(0.85);
  });

  test('bumps are right on what is mirrored, turned and stretched', { timeout: 120_000 }, async () => {
    const placed = () => {
      const document = documentOf(bumpy());
      document.getRoot().listNodes()[0]!.setScale([-2, 1.5, 3]).setRotation([0.5, 0.5, 0.5, 0.5]);
      return document;
    };
    const plain = await ssim(placed(), [{ type: 'simplify', ratio: 0.05 }]);
    const baked = await ssim(placed(), [{ type: 'bake', ratio: 0.05, resolution: 512, maps: ['normal'] }]);
    expect(baked.mean).toBeGreaterThan(plain.mean + 0.02);
  });

  test('a flat plate has a flat normal map, and one value is a factor in place of a texture', async () => {
    const document = documentOf(plate(2, 8));
    const [primitive] = document.getRoot().listMeshes()[0]!.listPrimitives();
    primitive!.setMaterial(document.createMaterial('red').setBaseColorFactor([0.5, 0, 0, 1]).setRoughnessFactor(0.25));
    await apply(document, { type: 'bake', triangles: 2, resolution: 64, rays: 8 });
    const { data } = await texelsOf(document, /normal/);
    for (let i = 0; i < data.length; i += 4) {
      expect(Math.abs(data[i]! - 128)).toBeLessThanOrEqual(1);
      expect(Math.abs(data[i + 1]! - 128)).toBeLessThanOrEqual(1);
      expect(data[i + 2]).toBe(255);
    }
    const [material] = document.getRoot().listMaterials();
    expect(material!.getBaseColorTexture()).toBeNull();
    expect(material!.getBaseColorFactor()[0]).toBeCloseTo(0.5, 2);
    expect(material!.getRoughnessFactor()).toBeCloseTo(0.25, 2);
    expect(material!.getMetallicFactor()).toBeCloseTo(1, 5);
  });

  test('many materials become one; glass stays', async () => {
    const document = painted(
      documentOf(
        sphere(1, 3),
        { ...sphere(1, 3), positions: sphere(1, 3).positions.map((v, i) => v + (i % 3 === 0 ? 3 : 0)) },
        plate(1, 2),
      ),
    );
    const [, , glass] = document.getRoot().listMaterials();
    glass!.setAlphaMode('BLEND').setName('glass');
    const notes = await apply(document, { type: 'bake', ratio: 0.5, resolution: 128, rays: 4 });
    expect(
      document
        .getRoot()
        .listMaterials()
        .map((material) => material.getName())
        .sort(),
    ).toEqual(['baked', 'glass']);
    expect(notes.join(' ')).toContain('1 primitive that light passes through kept their materials.');
  });

  test('emission brighter than white keeps its strength', async () => {
    const document = documentOf(sphere(1, 3));
    const image = { width: 2, height: 1, data: new Uint8Array([255, 0, 0, 255, 0, 0, 0, 255]) };
    const bytes = await encodeTexture(image, { format: 'png', quality: 100, lossless: true, alpha: false });
    const texture = document.createTexture('glow').setImage(bytes).setMimeType('image/png');
    const [primitive] = document.getRoot().listMeshes()[0]!.listPrimitives();
    const positions = floatValues(primitive!.getAttribute('POSITION')!, 3);
    const uv = Float32Array.from({ length: (positions.length / 3) * 2 }, (_, i) =>
      positions[Math.floor(i / 2) * 3]! > 0 ? 0.25 : 0.75,
    );
    primitive!.setAttribute('TEXCOORD_0', document.createAccessor().setType('VEC2').setArray(uv));
    const { KHRMaterialsEmissiveStrength } = await import('@gltf-transform/extensions');
    const strength = document
      .createExtension(KHRMaterialsEmissiveStrength)
      .createEmissiveStrength()
      .setEmissiveStrength(4);
    const material = document.createMaterial('lamp').setEmissiveFactor([1, 1, 1]).setEmissiveTexture(texture);
    primitive!.setMaterial(material.setExtension('KHR_materials_emissive_strength', strength));
    await apply(document, { type: 'bake', ratio: 0.9, resolution: 64, rays: 4 });
    const [made] = document.getRoot().listMaterials();
    expect(made!.getExtension<typeof strength>('KHR_materials_emissive_strength')!.getEmissiveStrength()).toBeCloseTo(
      4,
      1,
    );
    const { data } = await texelsOf(document, /emissive/);
    expect(Math.max(...data.filter((_, i) => i % 4 === 0))).toBe(255);
    expect(Math.max(...data.filter((_, i) => i % 4 === 1))).toBe(0);
  });
});
