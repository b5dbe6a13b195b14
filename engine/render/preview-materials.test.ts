import { Document, type Material } from '@gltf-transform/core';
import {
  KHRMaterialsAnisotropy,
  KHRMaterialsDiffuseTransmission,
  KHRMaterialsIridescence,
  KHRMaterialsSheen,
} from '@gltf-transform/extensions';
import { describe, expect, test } from 'vitest';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { addMesh, draw, pixel, sphere, testHost, uniformEnvironment } from '#test/render/scenes.ts';
import type { RenderedImage } from './rendered-image.ts';

/** A ball of a material in uniform light of radiance 0.5, encoded without a tone curve, so that white reads 188. */
async function ball(paint: (material: Material, document: Document) => void, request: Partial<ImageRequest> = {}) {
  const document = new Document();
  const material = document.createMaterial().setMetallicFactor(0);
  paint(material, document);
  addMesh(document, sphere(), material);
  return draw(document, { toneMapping: 'none', ...request }, testHost(uniformEnvironment(0.5)));
}

const WHITE = 188;

/** Largest and smallest value of a channel where the ball covers the pixel. */
function range(image: RenderedImage, channel: number): [number, number] {
  let [low, high] = [255, 0];
  for (let i = 0; i < image.data.length; i += 4) {
    if (image.data[i + 3] !== 255) continue;
    low = Math.min(low, image.data[i + channel]!);
    high = Math.max(high, image.data[i + channel]!);
  }
  return [low, high];
}

describe('sheen', () => {
  const cloth = (roughness: number, color: [number, number, number]) => (material: Material, document: Document) => {
    const sheen = document.createExtension(KHRMaterialsSheen).createSheen();
    material.setExtension('KHR_materials_sheen', sheen.setSheenColorFactor(color).setSheenRoughnessFactor(roughness));
  };

  test.each([0.15, 0.3, 0.6, 1])('of roughness %d over white takes no more light than it gives', async (roughness) => {
    const [low, high] = range(await ball(cloth(roughness, [1, 1, 1])), 0);
    expect(low).toBeGreaterThanOrEqual(WHITE - 4);
    expect(high).toBeLessThanOrEqual(WHITE + 2);
  });

  test('is brightest along the outline', async () => {
    const image = await ball((material, document) => {
      cloth(0.5, [1, 0, 0])(material.setBaseColorFactor([0, 0, 0, 1]), document);
    });
    const [middle, side] = [pixel(image, 32, 32), pixel(image, 32, 6)];
    expect(side[0]! - side[2]!).toBeGreaterThan(middle[0]! - middle[2]! + 30);
  });
});

describe('a thin film', () => {
  const film = (thickness: number) => (material: Material, document: Document) => {
    const iridescence = document.createExtension(KHRMaterialsIridescence).createIridescence();
    iridescence.setIridescenceFactor(1).setIridescenceThicknessMaximum(thickness).setIridescenceIOR(1.8);
    material
      .setBaseColorFactor([0, 0, 0, 1])
      .setRoughnessFactor(0.1)
      .setExtension('KHR_materials_iridescence', iridescence);
  };

  test('colours what a surface mirrors, by its thickness and by the angle', async () => {
    const images = await Promise.all([250, 400, 550].map((thickness) => ball(film(thickness))));
    const hues = images.map((image) => pixel(image, 32, 32));
    const spread = Math.hypot(...[0, 1, 2].map((c) => hues[0]![c]! - hues[2]![c]!));
    expect(spread).toBeGreaterThan(20);
    const [middle, side] = [pixel(images[1]!, 32, 32), pixel(images[1]!, 32, 9)];
    expect(Math.abs(middle[0]! - middle[2]! - (side[0]! - side[2]!))).toBeGreaterThan(10);
  });

  test('over white lets through what it does not reflect, and no more', async () => {
    const image = await ball((material, document) => {
      film(400)(material, document);
      material.setBaseColorFactor([1, 1, 1, 1]);
    });
    for (const channel of [0, 1, 2]) expect(range(image, channel)[1]).toBeLessThanOrEqual(WHITE + 6);
  });
});

describe('anisotropy', () => {
  const brushed = (rotation: number) => (material: Material, document: Document) => {
    const anisotropy = document.createExtension(KHRMaterialsAnisotropy).createAnisotropy();
    anisotropy.setAnisotropyStrength(1).setAnisotropyRotation(rotation);
    material.setMetallicFactor(1).setRoughnessFactor(0.2).setExtension('KHR_materials_anisotropy', anisotropy);
  };

  test('in uniform light takes none of it', async () => {
    const [low, high] = range(await ball(brushed(0.4)), 1);
    expect(low).toBeGreaterThanOrEqual(WHITE - 3);
    expect(high).toBeLessThanOrEqual(WHITE + 2);
  });

  test('stretches highlights across the brushing: turned by a quarter they run the other way', async () => {
    const lit = async (rotation: number) => {
      const document = new Document();
      const material = document.createMaterial();
      brushed(rotation)(material, document);
      addMesh(document, sphere(), material);
      const image = await draw(document, { toneMapping: 'none' });
      const value = (x: number, y: number) =>
        pixel(image, x, y)
          .slice(0, 3)
          .reduce((a, b) => a + b);
      let [along, up] = [0, 0];
      for (let i = -18; i < 18; i++) {
        along += Math.abs(value(32 + i, 32) - value(33 + i, 32));
        up += Math.abs(value(32, 32 + i) - value(32, 33 + i));
      }
      return up / along;
    };
    expect(await lit(0)).toBeGreaterThan(1.5 * (await lit(Math.PI / 2)));
  });
});

test('diffuse transmission shows the light from behind in its own colour', async () => {
  const paper = (factor: number) => (material: Material, document: Document) => {
    const extension = document.createExtension(KHRMaterialsDiffuseTransmission).createDiffuseTransmission();
    extension.setDiffuseTransmissionFactor(factor).setDiffuseTransmissionColorFactor([1, 0, 0]);
    material.setBaseColorFactor([0, 0, 1, 1]).setRoughnessFactor(1);
    material.setExtension('KHR_materials_diffuse_transmission', extension);
  };
  const [some, all] = [pixel(await ball(paper(0.5)), 32, 32), pixel(await ball(paper(1)), 32, 32)];
  expect(some[0]).toBeGreaterThan(120);
  expect(some[2]).toBeGreaterThan(120);
  expect(all[0]).toBeGreaterThan(some[0]!);
  expect(all[2]).toBeLessThan(70);
});
