import type { Document, Material, Texture, TextureInfo, vec3 } from '@gltf-transform/core';
import {
  EXTTextureAVIF,
  EXTTextureWebP,
  KHRMaterialsClearcoat,
  KHRMaterialsEmissiveStrength,
  KHRMaterialsIOR,
  KHRMaterialsSpecular,
  KHRTextureBasisu,
  KHRTextureTransform,
} from '@gltf-transform/extensions';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelTooLarge } from '../errors.ts';
import { readImageHeader } from '../image-header.ts';
import { baseName, type ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import type { ObjFindings } from './obj-findings.ts';
import type { MtlMap, MtlMaterial } from './parse-mtl.ts';

/** Maps that glTF has no place for, or that would have to be combined with others pixel by pixel. */
const UNUSED_MAPS = [
  'map_ka',
  'map_ks',
  'map_ns',
  'map_ps',
  'map_pc',
  'map_pcr',
  'disp',
  'map_disp',
  'decal',
  'refl',
  'map_refl',
  'map_tr',
  'map_ao',
  'map_rma',
];

/** Grey of surfaces without a material. */
const DEFAULT_GREY = 0.6;

const CLAMP_TO_EDGE = 33071;

/** Makes glTF materials of MTL materials, each image once. */
export class ObjMaterials {
  private readonly document: Document;
  private readonly resources: ResourceFiles;
  private readonly issues: ObjFindings;
  private readonly limits: ModelLimits;
  private readonly definitions: Map<string, { material: MtlMaterial; from: string; fromBlender: boolean }>;
  private readonly made = new Map<string, Material>();
  private readonly textures = new Map<ModelFile, Texture | null>();

  constructor(
    document: Document,
    definitions: Map<string, { material: MtlMaterial; from: string; fromBlender: boolean }>,
    resources: ResourceFiles,
    issues: ObjFindings,
    limits: ModelLimits,
  ) {
    this.document = document;
    this.definitions = definitions;
    this.resources = resources;
    this.issues = issues;
    this.limits = limits;
  }

  /** The material of that name; a grey one where no library defines it. With vertex colours the grey gives way. */
  get(name: string, hasColors: boolean): Material {
    const key = `${name}\n${hasColors}`;
    let material = this.made.get(key);
    if (!material) {
      const definition = this.definitions.get(name);
      if (definition) material = this.convert(definition.material, definition.from, definition.fromBlender);
      else {
        if (name !== '') this.issues.add('missing_material', `"${name}"`);
        const grey = hasColors ? 1 : DEFAULT_GREY;
        material = this.document.createMaterial(name || 'Default').setBaseColorFactor([grey, grey, grey, 1]);
        material.setMetallicFactor(0).setRoughnessFactor(0.7).setDoubleSided(true);
      }
      this.made.set(key, material);
    }
    return material;
  }

  private convert(source: MtlMaterial, from: string, fromBlender: boolean): Material {
    const material = this.document.createMaterial(source.name);
    // OBJ knows no culling, and the winding of its faces is often mixed.
    material.setDoubleSided(true);
    this.setBaseColor(material, source, from);
    this.setSurface(material, source, from, fromBlender);
    this.setEmission(material, source, from);
    this.setNormalMap(material, source, from);
    this.setExtensions(material, source);
    for (const key of UNUSED_MAPS) {
      const map = source.maps.get(key);
      if (map && key !== 'map_ka') this.issues.add('unused_map', `"${map.path}" (${key} of "${source.name}")`);
    }
    return material;
  }

  private setBaseColor(material: Material, source: MtlMaterial, from: string): void {
    const map = source.maps.get('map_kd');
    const texture = map && this.texture(map, from, source.name);
    // A texture takes the place of the colour, as in Blender and obj2gltf: most exporters leave a default grey beside it.
    const color = texture ? [1, 1, 1] : (source.diffuse ?? [1, 1, 1]);
    const [r, g, b] = color.map(srgbToLinear) as vec3;
    const alpha = opacity(source);
    material.setBaseColorFactor([r, g, b, alpha]);
    if (texture) {
      material.setBaseColorTexture(texture);
      this.setTransform(material.getBaseColorTextureInfo()!, map);
    }
    const cutout = source.maps.get('map_d');
    if (alpha < 1) material.setAlphaMode('BLEND');
    if (!cutout) return;
    const cutoutFile = this.file(cutout, from);
    const hasAlpha = cutoutFile !== null && map !== undefined && cutoutFile === this.file(map, from);
    if (hasAlpha) material.setAlphaMode(alpha < 1 ? 'BLEND' : 'MASK');
    else this.issues.add('unused_map', `"${cutout.path}" (map_d of "${source.name}")`);
  }

  private setSurface(material: Material, source: MtlMaterial, from: string, fromBlender: boolean): void {
    const diffuse = Math.max(...(source.diffuse ?? [1]));
    const specular = source.specular ? Math.max(...source.specular) : 0;
    const looksMetallic = source.metallic === null && diffuse < 0.04 && specular > 0.3 && !source.maps.has('map_kd');
    if (looksMetallic) {
      const [r, g, b] = source.specular!.map(srgbToLinear) as vec3;
      material.setBaseColorFactor([r, g, b, opacity(source)]);
    }
    material.setMetallicFactor(looksMetallic ? 1 : clamp(source.metallic ?? 0));
    material.setRoughnessFactor(roughness(source, specular, fromBlender));
    const rough = source.maps.get('map_pr');
    const metal = source.maps.get('map_pm');
    const packed = source.maps.get('map_orm');
    const map = packed ?? rough ?? metal;
    if (!map) return;
    const same = rough && metal && this.file(rough, from) === this.file(metal, from);
    // A grey roughness map serves alone where nothing is metallic: glTF reads roughness from its green channel.
    const usable = packed || same || (rough && !metal && !source.metallic);
    if (!usable) {
      this.issues.add('unused_map', `"${map.path}" (roughness and metalness of "${source.name}" in separate images)`);
      return;
    }
    const texture = this.texture(map, from, source.name);
    if (!texture) return;
    material.setMetallicRoughnessTexture(texture).setRoughnessFactor(1);
    if (same || packed) material.setMetallicFactor(1);
    this.setTransform(material.getMetallicRoughnessTextureInfo()!, map);
  }

  private setEmission(material: Material, source: MtlMaterial, from: string): void {
    const map = source.maps.get('map_ke');
    const texture = map && this.texture(map, from, source.name);
    let color = (source.emissive ?? [0, 0, 0]).map((value) => Math.max(0, value));
    if (texture && Math.max(...color) === 0) color = [1, 1, 1];
    const peak = Math.max(...color);
    if (peak === 0) return;
    const scale = Math.max(peak, 1);
    material.setEmissiveFactor(color.map((value) => srgbToLinear(value / scale)) as vec3);
    if (scale > 1) {
      const strength = this.document.createExtension(KHRMaterialsEmissiveStrength).createEmissiveStrength();
      material.setExtension('KHR_materials_emissive_strength', strength.setEmissiveStrength(scale));
    }
    if (texture) {
      material.setEmissiveTexture(texture);
      this.setTransform(material.getEmissiveTextureInfo()!, map);
    }
  }

  private setNormalMap(material: Material, source: MtlMaterial, from: string): void {
    const { maps } = source;
    const bump = maps.get('map_bump') ?? maps.get('bump');
    const named = bump && /(norm|nrm|[_.-]n)[^/\\]*\.\w+$/i.test(bump.path) ? bump : undefined;
    const map = maps.get('norm') ?? maps.get('map_kn') ?? named;
    if (bump && !map) this.issues.add('unused_map', `"${bump.path}" (height map of "${source.name}")`);
    const texture = map && this.texture(map, from, source.name);
    if (!texture) return;
    material.setNormalTexture(texture).setNormalScale(map.bumpMultiplier);
    this.setTransform(material.getNormalTextureInfo()!, map);
  }

  private setExtensions(material: Material, source: MtlMaterial): void {
    if (source.clearcoat !== null && source.clearcoat > 0) {
      const clearcoat = this.document.createExtension(KHRMaterialsClearcoat).createClearcoat();
      clearcoat
        .setClearcoatFactor(clamp(source.clearcoat))
        .setClearcoatRoughnessFactor(clamp(source.clearcoatRoughness ?? 0));
      material.setExtension('KHR_materials_clearcoat', clearcoat);
    }
    const ior = source.indexOfRefraction;
    if (ior !== null && ior > 1.01 && ior < 4 && Math.abs(ior - 1.5) > 0.001 && material.getMetallicFactor() === 0) {
      material.setExtension(
        'KHR_materials_ior',
        this.document.createExtension(KHRMaterialsIOR).createIOR().setIOR(ior),
      );
    }
    // A library that says "no highlights" means a matt surface, not the 4 % that glTF gives every dielectric.
    const matt = source.specular !== null && Math.max(...source.specular) === 0 && source.roughness === null;
    if (matt && material.getMetallicFactor() === 0) {
      const specular = this.document.createExtension(KHRMaterialsSpecular).createSpecular().setSpecularFactor(0);
      material.setExtension('KHR_materials_specular', specular);
    }
  }

  private setTransform(info: TextureInfo, map: MtlMap): void {
    if (map.clamp) info.setWrapS(CLAMP_TO_EDGE).setWrapT(CLAMP_TO_EDGE);
    const [su, sv] = map.scale;
    const [ou, ov] = map.offset;
    if (su === 1 && sv === 1 && ou === 0 && ov === 0) return;
    // OBJ scales about the lower left corner, glTF about the upper left.
    const transform = this.document.createExtension(KHRTextureTransform).createTransform();
    info.setExtension('KHR_texture_transform', transform.setScale([su, sv]).setOffset([ou, 1 - sv - ov]));
  }

  private file(map: MtlMap, from: string): ModelFile | null {
    try {
      const found = this.resources.resolve(map.path, from, from);
      return found.kind === 'found' ? found.file : null;
    } catch (error) {
      if (error instanceof MaquetteError && error.code === 'model_resource_unsafe') return null;
      throw error;
    }
  }

  private texture(map: MtlMap, from: string, materialName: string): Texture | null {
    const file = this.file(map, from);
    if (!file) {
      this.issues.add('missing_texture', `"${map.path}" (of "${materialName}")`);
      return null;
    }
    let texture = this.textures.get(file);
    if (texture === undefined) {
      texture = this.load(file);
      this.textures.set(file, texture);
      if (!texture) this.issues.add('unsupported_texture', `"${map.path}" (of "${materialName}")`);
    }
    return texture;
  }

  private load(file: ModelFile): Texture | null {
    const header = readImageHeader(file.bytes);
    if (!header) return null;
    switch (header.mimeType) {
      case 'image/png':
      case 'image/jpeg':
        break;
      case 'image/webp':
        this.document.createExtension(EXTTextureWebP).setRequired(true);
        break;
      case 'image/avif':
        this.document.createExtension(EXTTextureAVIF).setRequired(true);
        break;
      case 'image/ktx2':
        this.document.createExtension(KHRTextureBasisu).setRequired(true);
        break;
      default:
        return null;
    }
    if (header.width * header.height > this.limits.texturePixels) {
      throw modelTooLarge(
        file.name,
        `The texture "${file.name}" has ${formatCount(header.width)} × ${formatCount(header.height)} pixels; the limit is ${formatCount(this.limits.texturePixels)} pixels.`,
        'texturePixels',
      );
    }
    const stem = baseName(file.name).replace(/\.\w+$/, '');
    return this.document.createTexture(stem).setImage(file.bytes.slice()).setMimeType(header.mimeType);
  }
}

/** `d` wins over `Tr`. A material that would be fully invisible is taken for the common mix-up of the two. */
function opacity(source: MtlMaterial): number {
  const value = source.dissolve ?? (source.transparency === null ? 1 : 1 - source.transparency);
  return value <= 0 ? 1 : clamp(value);
}

/**
 * Roughness from `Pr`, or else from the Blinn-Phong exponent: the lobe widths agree for α² = 2 / (Ns + 2)
 * (Walter et al. 2007, "Microfacet Models for Refraction", section 5.3), and α is the square of glTF's roughness.
 * Blender writes Ns = 1000 (1 - roughness)².
 */
function roughness(source: MtlMaterial, specular: number, fromBlender: boolean): number {
  if (source.roughness !== null) return clamp(source.roughness);
  if (source.shininess === null || specular === 0)
    return source.specular === null && source.shininess === null ? 0.7 : 1;
  if (fromBlender) return clamp(1 - Math.sqrt(clamp(source.shininess / 1000)));
  return clamp((2 / (Math.max(0, source.shininess) + 2)) ** 0.25);
}

/** IEC 61966-2-1. Colours in MTL files come from colour pickers, hence sRGB. */
export function srgbToLinear(value: number): number {
  const v = clamp(value);
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
