import { Document } from '@gltf-transform/core';
import {
  KHRMaterialsAnisotropy,
  KHRMaterialsDiffuseTransmission,
  KHRMaterialsDispersion,
  KHRMaterialsIridescence,
  KHRMaterialsTransmission,
  KHRMaterialsUnlit,
  KHRMaterialsVolume,
  KHRTextureTransform,
} from '@gltf-transform/extensions';
import { describe, expect, test } from 'vitest';
import { addMesh, draw, pixel, rawImage, SQUARE } from '#test/render/scenes.ts';
import { coordinateSetsOf } from './coordinate-sets.ts';
import * as L from './kernel/layout.ts';
import { MaterialTable } from './materials.ts';

/** The record of one material, its textures counted as decoded. */
function recordOf(make: (document: Document) => ReturnType<Document['createMaterial']>): DataView {
  const table = new MaterialTable();
  table.indexOf(make(new Document()), false, false);
  const view = new DataView(new ArrayBuffer(L.MATERIAL_BYTES));
  table.write(
    view,
    0,
    table.textures.map(() => true),
  );
  return view;
}

describe('material records', () => {
  test('slots end before the parameters behind them, and parameters within the record', () => {
    expect(L.M_SLOTS + L.SLOT_COUNT * L.SLOT_BYTES).toBeLessThanOrEqual(L.M_ABSORPTION);
    expect(L.M_ANISOTROPY_SIN + 4).toBeLessThanOrEqual(L.MATERIAL_BYTES);
  });

  test('glass with a volume: absorption by length and by thickness, dispersion', () => {
    const view = recordOf((document) =>
      document
        .createMaterial()
        .setExtension(
          'KHR_materials_transmission',
          document.createExtension(KHRMaterialsTransmission).createTransmission().setTransmissionFactor(1),
        )
        .setExtension(
          'KHR_materials_volume',
          document
            .createExtension(KHRMaterialsVolume)
            .createVolume()
            .setThicknessFactor(2)
            .setAttenuationDistance(0.5)
            .setAttenuationColor([0.5, 1, 0.25]),
        )
        .setExtension(
          'KHR_materials_dispersion',
          document.createExtension(KHRMaterialsDispersion).createDispersion().setDispersion(0.3),
        ),
    );
    const flags = view.getUint32(L.M_FLAGS, true);
    for (const flag of [L.MF_TRANSMISSION, L.MF_VOLUME, L.MF_DISPERSION]) expect(flags & flag).toBe(flag);
    expect(view.getFloat32(L.M_ATTENUATION, true)).toBeCloseTo(Math.log(2) / 0.5, 5);
    expect(view.getFloat32(L.M_ATTENUATION + 4, true)).toBeCloseTo(0, 6);
    expect(view.getFloat32(L.M_ABSORPTION + 8, true)).toBeCloseTo((Math.log(4) / 0.5) * 2, 5);
    expect(view.getFloat32(L.M_DISPERSION, true)).toBeCloseTo(0.3, 6);
  });

  test('a volume behind a surface that lets nothing through is none', () => {
    const view = recordOf((document) =>
      document
        .createMaterial()
        .setExtension(
          'KHR_materials_volume',
          document.createExtension(KHRMaterialsVolume).createVolume().setThicknessFactor(2),
        ),
    );
    expect(view.getUint32(L.M_FLAGS, true) & L.MF_VOLUME).toBe(0);
  });

  test('iridescence, anisotropy, diffuse transmission', () => {
    const view = recordOf((document) =>
      document
        .createMaterial()
        .setExtension(
          'KHR_materials_iridescence',
          document
            .createExtension(KHRMaterialsIridescence)
            .createIridescence()
            .setIridescenceFactor(0.5)
            .setIridescenceIOR(1.4)
            .setIridescenceThicknessMinimum(200)
            .setIridescenceThicknessMaximum(600),
        )
        .setExtension(
          'KHR_materials_anisotropy',
          document
            .createExtension(KHRMaterialsAnisotropy)
            .createAnisotropy()
            .setAnisotropyStrength(0.8)
            .setAnisotropyRotation(Math.PI / 6),
        )
        .setExtension(
          'KHR_materials_diffuse_transmission',
          document
            .createExtension(KHRMaterialsDiffuseTransmission)
            .createDiffuseTransmission()
            .setDiffuseTransmissionFactor(0.7)
            .setDiffuseTransmissionColorFactor([1, 0.5, 0.25]),
        ),
    );
    const floats = (offset: number, count: number) =>
      Array.from({ length: count }, (_, i) => Number(view.getFloat32(offset + i * 4, true).toFixed(5)));
    const flags = view.getUint32(L.M_FLAGS, true);
    for (const flag of [L.MF_IRIDESCENCE, L.MF_ANISOTROPY, L.MF_DIFFUSE_TRANSMISSION]) expect(flags & flag).toBe(flag);
    expect(floats(L.M_IRIDESCENCE, 4)).toEqual([0.5, 1.4, 200, 600]);
    expect(floats(L.M_ANISOTROPY, 3)).toEqual([0.8, Number(Math.sqrt(0.75).toFixed(5)), 0.5]);
    expect(floats(L.M_DIFFUSE_TRANSMISSION_COLOR, 4)).toEqual([1, 0.5, 0.25, 0.7]);
  });
});

describe('sets of texture coordinates', () => {
  test('a texture may use any set', async () => {
    const document = new Document();
    const texture = document.createTexture().setImage(rawImage(2, 1, (x) => (x ? [0, 255, 0, 255] : [255, 0, 0, 255])));
    const material = document
      .createMaterial()
      .setExtension('KHR_materials_unlit', document.createExtension(KHRMaterialsUnlit).createUnlit())
      .setBaseColorTexture(texture);
    material.getBaseColorTextureInfo()!.setTexCoord(3).setMagFilter(9728);
    const { primitive } = addMesh(document, SQUARE, material);
    primitive.setAttribute('TEXCOORD_3', primitive.getAttribute('TEXCOORD_0'));
    const zero = new Float32Array(8);
    primitive.setAttribute('TEXCOORD_0', document.createAccessor().setType('VEC2').setArray(zero));
    const image = await draw(document);
    expect(pixel(image, 16, 32)).toEqual([255, 0, 0, 255]);
    expect(pixel(image, 48, 32)).toEqual([0, 255, 0, 255]);
  });

  test('the set of the normal texture comes first, and a third is reported', () => {
    const document = new Document();
    const texture = document.createTexture();
    const material = document
      .createMaterial('three')
      .setBaseColorTexture(texture)
      .setNormalTexture(texture)
      .setEmissiveTexture(texture);
    material.getBaseColorTextureInfo()!.setTexCoord(0);
    material.getNormalTextureInfo()!.setTexCoord(1);
    expect(coordinateSetsOf(material)).toEqual({ first: 1, second: 0, dropped: [] });
    const transform = document.createExtension(KHRTextureTransform).createTransform().setTexCoord(2);
    material.getEmissiveTextureInfo()!.setExtension('KHR_texture_transform', transform);
    expect(coordinateSetsOf(material)).toEqual({ first: 1, second: 0, dropped: [2] });
    const table = new MaterialTable();
    table.indexOf(material, false, false);
    expect(table.warnings()).toEqual([expect.stringMatching(/“three”.*set 2 is replaced/)]);
  });
});
