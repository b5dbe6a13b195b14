import type { Document, Material, Texture } from '@gltf-transform/core';
import { KHRMaterialsClearcoat, KHRMaterialsIOR, KHRTextureTransform } from '@gltf-transform/extensions';
import type { MeshPhysicalMaterial, Material as ThreeMaterial, Texture as ThreeTexture } from 'three';
import type { TextureLibrary } from '../textures/texture-library.ts';
import { IMAGE, type UsdImage } from './read-usd.ts';

const WRAPS: Record<number, 10497 | 33071 | 33648> = { 1000: 10497, 1001: 33071, 1002: 33648 };

/** Turns preview surfaces, as the composer read them, into materials of glTF. */
export class UsdMaterials {
  private readonly document: Document;
  private readonly textures: TextureLibrary;
  private readonly made = new Map<string, Material>();

  constructor(document: Document, textures: TextureLibrary) {
    this.document = document;
    this.textures = textures;
  }

  /** The material that stands for one of the composer's; the same for the same. */
  materialOf(source: ThreeMaterial, doubleSided: boolean): Material {
    const key = `${source.uuid} ${doubleSided}`;
    const known = this.made.get(key);
    if (known) return known;
    const standard = source as MeshPhysicalMaterial;
    const material = this.document.createMaterial(source.name);
    this.made.set(key, material);
    const { r, g, b } = standard.color;
    const opacity = standard.opacity ?? 1;
    material
      .setBaseColorFactor([r, g, b, opacity])
      .setMetallicFactor(standard.metalness ?? 0)
      .setRoughnessFactor(standard.roughness ?? 0.5)
      .setEmissiveFactor([clamp(standard.emissive?.r), clamp(standard.emissive?.g), clamp(standard.emissive?.b)])
      .setDoubleSided(doubleSided || standard.side === 2)
      .setAlphaMode(standard.alphaTest > 0 ? 'MASK' : standard.transparent || opacity < 1 ? 'BLEND' : 'OPAQUE');
    if (standard.alphaTest > 0) material.setAlphaCutoff(standard.alphaTest);
    const map = this.texture(standard.map);
    if (map) this.describe(material.setBaseColorTexture(map).getBaseColorTextureInfo(), standard.map);
    const normal = this.texture(standard.normalMap);
    if (normal) this.describe(material.setNormalTexture(normal).getNormalTextureInfo(), standard.normalMap);
    const emissive = this.texture(standard.emissiveMap);
    if (emissive) this.describe(material.setEmissiveTexture(emissive).getEmissiveTextureInfo(), standard.emissiveMap);
    const occlusion = this.texture(standard.aoMap);
    if (occlusion) this.describe(material.setOcclusionTexture(occlusion).getOcclusionTextureInfo(), standard.aoMap);
    // glTF keeps both in one image: green is the roughness and blue the metalness, as in the source where both name it.
    const surface = this.texture(standard.roughnessMap ?? standard.metalnessMap);
    if (surface)
      this.describe(
        material.setMetallicRoughnessTexture(surface).getMetallicRoughnessTextureInfo(),
        standard.roughnessMap ?? standard.metalnessMap,
      );
    if (standard.clearcoat > 0) {
      const extension = this.document.createExtension(KHRMaterialsClearcoat);
      material.setExtension(
        'KHR_materials_clearcoat',
        extension
          .createClearcoat()
          .setClearcoatFactor(clamp(standard.clearcoat))
          .setClearcoatRoughnessFactor(clamp(standard.clearcoatRoughness)),
      );
    }
    if (standard.ior !== undefined && standard.ior !== 1.5 && standard.ior >= 1) {
      material.setExtension(
        'KHR_materials_ior',
        this.document.createExtension(KHRMaterialsIOR).createIOR().setIOR(standard.ior),
      );
    }
    return material;
  }

  private texture(source: ThreeTexture | null | undefined): Texture | null {
    const image = source?.userData[IMAGE] as UsdImage | undefined;
    return image ? this.textures.fromBytes(image.bytes, image.name) : null;
  }

  private describe(
    info: ReturnType<Material['getBaseColorTextureInfo']>,
    source: ThreeTexture | null | undefined,
  ): void {
    if (!info || !source) return;
    info.setWrapS(WRAPS[source.wrapS] ?? 10497).setWrapT(WRAPS[source.wrapT] ?? 10497);
    const { offset, repeat, rotation } = source;
    if (offset.x === 0 && offset.y === 0 && repeat.x === 1 && repeat.y === 1 && rotation === 0) return;
    // USD turns coordinates about the lower left corner of the image, glTF about the upper left.
    const x = offset.x - repeat.y * Math.sin(rotation);
    const y = 1 - offset.y - repeat.y * Math.cos(rotation);
    const extension = this.document.createExtension(KHRTextureTransform);
    info.setExtension(
      'KHR_texture_transform',
      extension.createTransform().setScale([repeat.x, repeat.y]).setRotation(rotation).setOffset([x, y]),
    );
  }
}

/** Within 0 to 1; 0 for what is no number. */
export function clamp(value: number | undefined): number {
  return value !== undefined && value > 0 ? Math.min(1, value) : 0;
}
