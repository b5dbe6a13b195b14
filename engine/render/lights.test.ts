import { Document } from '@gltf-transform/core';
import { KHRLightsPunctual, type Light } from '@gltf-transform/extensions';
import { expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { addMesh, difference, draw, pixel, SQUARE, testHost, uniformEnvironment } from '#test/render/scenes.ts';
import { openRenderSession } from './render-session.ts';

type Vector = [number, number, number];

/** A white matt square at z = 0 that faces the camera, under one light that stands at `at` and shines along −Z. */
function lit(kind: 'directional' | 'point' | 'spot', intensity: number, at: Vector, more?: (light: Light) => void) {
  const document = new Document();
  const material = document.createMaterial().setMetallicFactor(0).setRoughnessFactor(1);
  addMesh(document, SQUARE, material);
  const light = document.createExtension(KHRLightsPunctual).createLight().setType(kind).setIntensity(intensity);
  more?.(light);
  const node = document.createNode().setExtension('KHR_lights_punctual', light).setTranslation(at);
  document.getRoot().listScenes()[0]!.addChild(node);
  return document;
}

const dark = () => testHost(uniformEnvironment(0));
const middle = async (document: Document) => pixel(await draw(document, {}, dark()), 32, 32);

test('a directional light of π/2 lux lights a surface like surroundings of radiance 0.5', async () => {
  const [sun] = await middle(lit('directional', Math.PI / 2, [0, 0, 3]));
  const document = new Document();
  addMesh(document, SQUARE, document.createMaterial().setMetallicFactor(0).setRoughnessFactor(1));
  const [around] = pixel(await draw(document, {}, testHost(uniformEnvironment(0.5))), 32, 32);
  expect(sun!).toBeGreaterThan(150);
  expect(Math.abs(sun! - around!)).toBeLessThan(8);
});

test('light falls off with the square of distance, in the units of the file', async () => {
  const near = await middle(lit('point', 1.5, [0, 0, 1]));
  expect(near[0]).toBeGreaterThan(90);
  const far = await middle(lit('point', 6, [0, 0, 2]));
  for (let c = 0; c < 3; c++) expect(Math.abs(near[c]! - far[c]!)).toBeLessThanOrEqual(1);
});

test('colour of a light, range and cone', async () => {
  const red = await middle(lit('point', 2, [0, 0, 1], (light) => light.setColor([1, 0, 0])));
  expect(red[0]).toBeGreaterThan(90);
  expect(Math.max(red[1]!, red[2]!)).toBeLessThan(20);
  expect((await middle(lit('point', 2, [0, 0, 1], (light) => light.setRange(0.9))))[0]).toBe(0);
  const cone = (light: Light) => light.setInnerConeAngle(0.1).setOuterConeAngle(0.2);
  const image = await draw(lit('spot', 2, [0, 0, 1], cone), {}, dark());
  expect(pixel(image, 32, 32)[0]).toBeGreaterThan(90);
  expect(pixel(image, 8, 32)).toEqual([0, 0, 0, 255]);
});

test('what stands between the light and a surface casts a shadow', async () => {
  /** Black pixels, with a plate at this height; the light stands at 1. */
  const blacks = async (height: number) => {
    const document = lit('point', 3, [0.5, 0, 1]);
    const plate = document.createMaterial().setDoubleSided(true).setEmissiveFactor([0.2, 0.2, 0.2]);
    addMesh(document, SQUARE, plate, [0.3, 0, 0, 0, 0, 0.3, 0, 0, 0, 0, 0.3, 0, 0, 0, height, 1]);
    const { data } = await draw(document, { view: { azimuth: 20, elevation: 40 } }, dark());
    let black = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255 && data[i]! < 8) black++;
    return black;
  };
  expect(await blacks(0.4)).toBeGreaterThan(40);
  expect(await blacks(1.2)).toBe(0);
});

test('lights far too bright are dimmed, with a warning', async () => {
  const image = await draw(lit('point', 50_000, [0, 0, 1]), {}, dark());
  expect(image.stats.warnings.join()).toMatch(/too bright/);
  expect(pixel(image, 32, 32)[0]).toBeGreaterThan(90);
  expect(pixel(image, 32, 32)[0]).toBeLessThan(255);
  const fine = await draw(lit('point', 1, [0, 0, 1]), {}, dark());
  expect(fine.stats.warnings).toEqual([]);
});

test('lights of the file may be left off, picture by picture', async () => {
  for (const integrator of ['preview', 'path'] as const) {
    const document = lit('point', 1.5, [0, 0, 1]);
    const session = openRenderSession(document, dark());
    const shot = (lights: 'file' | 'none') =>
      session.render(ImageRequest.parse({ width: 64, height: 64, view: 'front', integrator, samples: 8, lights }));
    const [on, off, again] = [await shot('file'), await shot('none'), await shot('file')];
    session.close();
    expect(pixel(on, 32, 32)[0], integrator).toBeGreaterThan(90);
    expect(pixel(off, 32, 32), integrator).toEqual([0, 0, 0, 255]);
    expect(difference(on, again).max, integrator).toBe(0);
  }
});
