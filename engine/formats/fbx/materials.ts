import type { Document, Material, Texture, vec3 } from '@gltf-transform/core';
import {
  KHRMaterialsClearcoat,
  KHRMaterialsEmissiveStrength,
  KHRMaterialsIOR,
  KHRMaterialsTransmission,
} from '@gltf-transform/extensions';
import { srgbToLinear } from '../geometry/color.ts';
import type { FbxFindings } from './fbx-findings.ts';
import type { FbxObject } from './fbx-scene.ts';
import { mergeGreyMaps } from './merge-grey-maps.ts';
import { readSurface, type SourceProgram, type Surface, type SurfaceMap } from './read-surface.ts';
import type { FbxTextures } from './textures.ts';

/** Makes glTF materials of FBX ones. */
export class FbxMaterials {
  private readonly document: Document;
  private readonly textures: FbxTextures;
  private readonly findings: FbxFindings;
  private readonly program: SourceProgram;
  private readonly made = new Map<string, Material>();
  private readonly merged = new Map<string, Texture | null>();

  constructor(document: Document, textures: FbxTextures, program: SourceProgram, findings: FbxFindings) {
    this.document = document;
    this.textures = textures;
    this.program = program;
    this.findings = findings;
  }

  /**
   * @param uvSets names of the mesh's sets of texture coordinates
   * @param extraMaps textures that hang on the model instead of the material, as before FBX 7.0
   */
  get(source: FbxObject, uvSets: readonly string[], extraMaps: readonly FbxObject[]): Material {
    // Meshes whose sets are merely named differently share the material.
    const sets = [...source.children.map(({ object }) => object), ...extraMaps].map((texture) =>
      Math.max(0, uvSets.indexOf(texture.properties.text('UVSet') ?? '')),
    );
    const key = [source.id, uvSets.length > 0, ...sets, '', ...extraMaps.map((texture) => texture.id)].join('\n');
    let material = this.made.get(key);
    if (!material) {
      const surface = readSurface(source, this.program, this.findings);
      if (extraMaps[0] && !surface.maps.has('baseColor')) surface.maps.set('baseColor', extraMaps[0]);
      // Without texture coordinates there is no telling where a texture lies.
      if (uvSets.length === 0) surface.maps.clear();
      material = this.convert(source, surface, uvSets);
      this.made.set(key, material);
    }
    return material;
  }

  private convert(source: FbxObject, surface: Surface, uvSets: readonly string[]): Material {
    // FBX files say `CullingOff` of every model, and planes for hair or leaves rely on it.
    const material = this.document.createMaterial(source.name).setDoubleSided(true);
    const linear = (color: readonly number[]): vec3 =>
      (surface.linear ? color.map((value) => Math.min(1, Math.max(0, value))) : color.map(srgbToLinear)) as vec3;
    this.setBaseColor(material, surface, linear, uvSets);
    this.setRoughness(material, surface, uvSets);
    this.setEmission(material, surface, uvSets);
    const normal = this.use(surface, 'normal');
    if (normal) {
      material.setNormalTexture(this.textures.get(normal));
      this.textures.apply(normal, material.getNormalTextureInfo()!, uvSets);
    }
    const occlusion = this.use(surface, 'occlusion');
    if (occlusion) {
      material.setOcclusionTexture(this.textures.get(occlusion));
      this.textures.apply(occlusion, material.getOcclusionTextureInfo()!, uvSets);
    }
    this.setExtensions(material, surface);
    for (const [map, texture] of surface.unused) {
      this.findings.add('unused_map', `"${texture.name}" (${map} of "${source.name}")`);
    }
    const extras = source.properties.extras();
    if (extras) material.setExtras(extras);
    return material;
  }

  /** The texture of a slot, where its image is there. */
  private use(surface: Surface, map: SurfaceMap): FbxObject | null {
    const texture = surface.maps.get(map);
    return texture && this.textures.get(texture) ? texture : null;
  }

  private setBaseColor(
    material: Material,
    surface: Surface,
    linear: (color: readonly number[]) => vec3,
    uvSets: readonly string[],
  ): void {
    const texture = this.use(surface, 'baseColor');
    // A texture takes the place of the colour: most exporters leave the default grey beside it.
    const weight = surface.baseWeight > 0 ? surface.baseWeight : 1;
    const [r, g, b] = texture ? [weight, weight, weight] : linear(surface.baseColor);
    if (texture) {
      material.setBaseColorTexture(this.textures.get(texture));
      this.textures.apply(texture, material.getBaseColorTextureInfo()!, uvSets);
    }
    const cutout = surface.maps.get('opacity');
    const inColor = cutout !== undefined && texture !== null && this.textures.isSame(cutout, texture);
    // With an opacity map the stated opacity is what the map would be multiplied with, often 0 by mistake.
    const alpha = cutout && surface.opacity <= 0 ? 1 : surface.opacity;
    material.setBaseColorFactor([r!, g!, b!, alpha]);
    if (alpha < 1) material.setAlphaMode('BLEND');
    else if (inColor) material.setAlphaMode('MASK');
    if (cutout && !inColor) surface.unused.push(['opacity', cutout]);
  }

  private setRoughness(material: Material, surface: Surface, uvSets: readonly string[]): void {
    material.setRoughnessFactor(surface.roughness).setMetallicFactor(surface.metallic);
    const rough = this.use(surface, 'roughness');
    const metal = this.use(surface, 'metallic');
    if (!rough && !metal) return;
    // glTF reads roughness from green and metalness from blue of one image; other programs use two grey images.
    const packed = rough !== null && metal !== null && this.textures.isSame(rough, metal);
    const alone = rough !== null && metal === null && surface.metallic === 0;
    const texture = packed || alone ? this.textures.get(rough) : this.merge(rough, metal);
    if (!texture) {
      if (rough) surface.unused.push(['roughness', rough]);
      if (metal) surface.unused.push(['metalness', metal]);
      return;
    }
    material.setMetallicRoughnessTexture(texture);
    if (rough) material.setRoughnessFactor(1);
    if (metal) material.setMetallicFactor(1);
    this.textures.apply((rough ?? metal)!, material.getMetallicRoughnessTextureInfo()!, uvSets);
  }

  private merge(rough: FbxObject | null, metal: FbxObject | null): Texture | null {
    const images = [rough, metal].map((map) => map && this.textures.get(map));
    const key = images.map((image) => (image ? this.document.getRoot().listTextures().indexOf(image) : -1)).join();
    let texture = this.merged.get(key);
    if (texture === undefined) {
      const [first, second] = images.map((image) => image?.getImage() ?? null);
      const png = mergeGreyMaps(first ?? null, second ?? null);
      const names = images.flatMap((image) => (image ? [image.getName()] : []));
      texture =
        png &&
        this.document
          .createTexture(names.join(' + '))
          .setMimeType('image/png')
          .setImage(png as Uint8Array<ArrayBuffer>);
      this.merged.set(key, texture);
    }
    return texture;
  }

  private setEmission(material: Material, surface: Surface, uvSets: readonly string[]): void {
    const texture = this.use(surface, 'emissive');
    const color = texture ? [1, 1, 1] : surface.linear ? surface.emissive : surface.emissive.map(srgbToLinear);
    const light = color.map((value) => value * surface.emissiveWeight);
    const peak = Math.max(...light);
    if (!(peak > 0)) return;
    // Light above 1 is a colour of full brightness and a strength.
    const scale = Math.max(1, peak);
    material.setEmissiveFactor(light.map((value) => value / scale) as vec3);
    if (scale > 1) {
      const extension = this.document.createExtension(KHRMaterialsEmissiveStrength).createEmissiveStrength();
      material.setExtension('KHR_materials_emissive_strength', extension.setEmissiveStrength(scale));
    }
    if (!texture) return;
    material.setEmissiveTexture(this.textures.get(texture));
    this.textures.apply(texture, material.getEmissiveTextureInfo()!, uvSets);
  }

  private setExtensions(material: Material, surface: Surface): void {
    if (surface.clearcoat > 0) {
      const clearcoat = this.document.createExtension(KHRMaterialsClearcoat).createClearcoat();
      clearcoat.setClearcoatFactor(surface.clearcoat).setClearcoatRoughnessFactor(surface.clearcoatRoughness);
      material.setExtension('KHR_materials_clearcoat', clearcoat);
    }
    if (surface.transmission > 0) {
      const transmission = this.document.createExtension(KHRMaterialsTransmission).createTransmission();
      material.setExtension('KHR_materials_transmission', transmission.setTransmissionFactor(surface.transmission));
    }
    const { ior } = surface;
    if (ior !== null && ior >= 1 && ior < 4 && Math.abs(ior - 1.5) > 0.001) {
      material.setExtension(
        'KHR_materials_ior',
        this.document.createExtension(KHRMaterialsIOR).createIOR().setIOR(ior),
      );
    }
  }
}
