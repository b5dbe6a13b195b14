import { KHRMaterialsAnisotropy, KHRTextureTransform } from '@gltf-transform/extensions';
import { describe, expect, it } from 'vitest';
import { cpuTime } from '#test/cpu-time.ts';
import { documentOf, plate } from '../../operations/testing/shapes.ts';
import { outcome, png, primitiveOf, setAttribute, texturedQuad, valueIn } from './testing/models.ts';

describe('texture coordinates', () => {
  it('overlap by the share of the covered space', () => {
    const document = texturedQuad(64, 64);
    expect(valueIn(document, 'UV_OVERLAP')).toBe(0);
    expect(valueIn(document, 'UV_OUT_OF_RANGE')).toBe(0);
    // Both triangles fold onto the lower left half, which then is covered twice.
    setAttribute(document, 'TEXCOORD_0', 'VEC2', [0, 0, 1, 0, 0, 1, 0, 0]);
    expect(valueIn(document, 'UV_OVERLAP')).toBe(1);
    // Two squares of a half, shifted by a quarter: the overlap is a half of one, a third of both.
    const two = texturedQuad(64, 64);
    const vertices = [0, 0, 0.5, 0, 0, 0.5, 0.5, 0.5];
    setAttribute(two, 'TEXCOORD_0', 'VEC2', vertices);
    const copy = two.createPrimitive().setMaterial(primitiveOf(two).getMaterial());
    copy.setIndices(primitiveOf(two).getIndices()).setAttribute('POSITION', primitiveOf(two).getAttribute('POSITION'));
    const shifted = vertices.map((value, i) => (i % 2 === 0 ? value + 0.25 : value));
    copy.setAttribute('TEXCOORD_0', two.createAccessor().setType('VEC2').setArray(new Float32Array(shifted)));
    two.getRoot().listMeshes()[0]!.addPrimitive(copy);
    expect(valueIn(two, 'UV_OVERLAP')).toBeCloseTo(1 / 3, 6);
  });

  it('neighbours in an unwrapped mesh never overlap, whatever their shape', () => {
    const grid = plate(1, 37);
    const document = documentOf(grid);
    const coordinates = Array.from({ length: grid.positions.length / 3 }, (_, i) => {
      const [x, z] = [grid.positions[i * 3]!, grid.positions[i * 3 + 2]!];
      return [0.1 + 0.7 * x + 0.1 * z, 0.05 + 0.8 * z + 0.08 * x * z];
    }).flat();
    setAttribute(document, 'TEXCOORD_0', 'VEC2', coordinates);
    expect(valueIn(document, 'UV_OVERLAP')).toBe(0);
  });

  it('overlap takes no longer where very many triangles repeat the whole texture', () => {
    const document = texturedQuad(64, 64);
    const indices = new Uint32Array(600_000).map((_, i) => [0, 2, 1, 1, 2, 3][i % 6]!);
    primitiveOf(document).getIndices()!.setArray(indices);
    const start = cpuTime();
    expect(valueIn(document, 'UV_OVERLAP')).toBe(1);
    expect(cpuTime() - start).toBeLessThan(5000);
  });

  it('out of range by the share of the triangles', () => {
    const document = texturedQuad(64, 64);
    setAttribute(document, 'TEXCOORD_0', 'VEC2', [0, 0, 1, 0, 0, 1, 1, 1.2]);
    const { value, issue } = outcome(document, 'UV_OUT_OF_RANGE');
    expect(value).toBe(0.5);
    expect(issue!.message).toContain('50.0 %');
  });

  it('texel density by texture, scale and transform', () => {
    const document = texturedQuad(64, 64);
    expect(valueIn(document, 'UNEVEN_TEXEL_DENSITY')).toBeNull();
    // The same quad ten times as large, with a texture of twice the side: a fifth as fine.
    const scene = document.getRoot().getDefaultScene()!;
    const primitive = primitiveOf(document).clone();
    const material = document.createMaterial('large');
    material.setBaseColorTexture(document.createTexture().setImage(png(128, 128)).setMimeType('image/png'));
    const node = document.createNode().setMesh(document.createMesh().addPrimitive(primitive.setMaterial(material)));
    scene.addChild(node.setScale([10, 10, 10]));
    expect(valueIn(document, 'UNEVEN_TEXEL_DENSITY')).toBeCloseTo(5, 4);
    const transform = document.createExtension(KHRTextureTransform).createTransform().setScale([5, 5]);
    material.getBaseColorTextureInfo()!.setExtension('KHR_texture_transform', transform);
    expect(valueIn(document, 'UNEVEN_TEXEL_DENSITY')).toBeCloseTo(1, 4);
  });
});

describe('textures and tangents', () => {
  it('sizes and formats', () => {
    expect(valueIn(texturedQuad(4096, 4096), 'TEXTURE_TOO_LARGE')).toBe(0);
    const large = outcome(texturedQuad(8192, 64), 'TEXTURE_TOO_LARGE');
    expect(large).toMatchObject({ value: 1, issue: { pointer: '/images/0' } });
    expect(large.issue!.message).toContain('texture "wood" (8192 × 64)');
    const strange = texturedQuad(64, 64);
    expect(valueIn(strange, 'TEXTURE_FORMAT')).toBe(0);
    strange
      .getRoot()
      .listTextures()[0]!
      .setImage(new Uint8Array([1, 2, 3, 4]));
    expect(valueIn(strange, 'TEXTURE_FORMAT')).toBe(1);
  });

  it('powers of two matter where a texture repeats or has mip-maps', () => {
    const document = texturedQuad(250, 64);
    const info = document.getRoot().listMaterials()[0]!.getBaseColorTextureInfo()!;
    expect(valueIn(document, 'TEXTURE_NOT_POWER_OF_TWO')).toBe(1);
    info.setWrapS(33071).setWrapT(33071).setMinFilter(9729);
    expect(valueIn(document, 'TEXTURE_NOT_POWER_OF_TWO')).toBeNull();
    info.setMinFilter(9987);
    expect(valueIn(document, 'TEXTURE_NOT_POWER_OF_TWO')).toBe(1);
    expect(valueIn(texturedQuad(256, 1), 'TEXTURE_NOT_POWER_OF_TWO')).toBe(0);
  });

  it('tangents are missed where the material needs them', () => {
    const document = texturedQuad(64, 64);
    const material = document.getRoot().listMaterials()[0]!;
    expect(valueIn(document, 'MISSING_TANGENTS')).toBeNull();
    material.setNormalTexture(document.getRoot().listTextures()[0]!);
    expect(valueIn(document, 'MISSING_TANGENTS')).toBe(1);
    setAttribute(document, 'TANGENT', 'VEC4', [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]);
    expect(valueIn(document, 'MISSING_TANGENTS')).toBe(0);
    const brushed = texturedQuad(64, 64);
    const anisotropy = brushed.createExtension(KHRMaterialsAnisotropy).createAnisotropy();
    brushed.getRoot().listMaterials()[0]!.setExtension('KHR_materials_anisotropy', anisotropy);
    expect(valueIn(brushed, 'MISSING_TANGENTS')).toBe(1);
  });
});
