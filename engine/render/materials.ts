import type { Material, Texture, TextureInfo } from '@gltf-transform/core';
import type {
  Clearcoat,
  EmissiveStrength,
  IOR,
  PBRSpecularGlossiness,
  Sheen,
  Specular,
  Transform,
  Transmission,
  Volume,
} from '@gltf-transform/extensions';
import * as L from './kernel/layout.ts';

/** One image with the way its colours are meant; the same image may be used in both ways. */
export interface TextureUse {
  texture: Texture;
  srgb: boolean;
}

interface Slot {
  texture: Texture | null;
  info: TextureInfo | null;
  srgb: boolean;
}

const WRAP: Record<number, number> = { 10497: 0, 33071: 1, 33648: 2 };
const NEAREST = 9728;

/** Lists the materials of a render, each with the textures it uses, and writes them for the kernel. */
export class MaterialTable {
  readonly #entries: { material: Material | null; unlit: boolean; vertexColors: boolean }[] = [];
  readonly #indices = new Map<Material | null, Map<boolean, number>>();
  readonly textures: TextureUse[] = [];

  get count(): number {
    return this.#entries.length;
  }

  /** Index of `material` (null: the default one); `unlit` forces a copy without lighting, for points and lines. */
  indexOf(material: Material | null, unlit: boolean, vertexColors: boolean): number {
    let variants = this.#indices.get(material);
    if (!variants) {
      variants = new Map();
      this.#indices.set(material, variants);
    }
    let index = variants.get(unlit);
    if (index === undefined) {
      index = this.#entries.push({ material, unlit, vertexColors }) - 1;
      variants.set(unlit, index);
      if (material)
        for (const slot of slotsOf(material)) if (slot?.texture) this.#textureIndex(slot.texture, slot.srgb);
    }
    if (vertexColors) this.#entries[index]!.vertexColors = true;
    return index;
  }

  #textureIndex(texture: Texture, srgb: boolean): number {
    const found = this.textures.findIndex((use) => use.texture === texture && use.srgb === srgb);
    return found >= 0 ? found : this.textures.push({ texture, srgb }) - 1;
  }

  /**
   * Writes all materials from `address` on. `usable` tells which of `textures` could be decoded; a slot whose texture
   * could not is left empty.
   */
  write(memory: DataView, address: number, usable: readonly boolean[]): void {
    this.#entries.forEach((entry, i) => {
      const at = address + i * L.MATERIAL_BYTES;
      writeMaterial(memory, at, entry.material, entry.unlit, entry.vertexColors);
      const slots = entry.material ? slotsOf(entry.material) : [];
      for (let s = 0; s < L.SLOT_COUNT; s++) {
        const slot = slots[s];
        const index = slot?.texture ? this.#textureIndex(slot.texture, slot.srgb) : -1;
        writeSlot(
          memory,
          at + L.M_SLOTS + s * L.SLOT_BYTES,
          index >= 0 && usable[index] ? index : -1,
          slot?.info ?? null,
        );
      }
    });
  }
}

function slotsOf(m: Material): (Slot | undefined)[] {
  const slots: (Slot | undefined)[] = [];
  const set = (index: number, texture: Texture | null, info: TextureInfo | null, srgb = false) => {
    if (texture) slots[index] = { texture, info, srgb };
  };
  const glossy = m.getExtension<PBRSpecularGlossiness>('KHR_materials_pbrSpecularGlossiness');
  if (glossy) {
    set(L.SLOT_BASE_COLOR, glossy.getDiffuseTexture(), glossy.getDiffuseTextureInfo(), true);
    set(L.SLOT_SPECULAR_COLOR, glossy.getSpecularGlossinessTexture(), glossy.getSpecularGlossinessTextureInfo(), true);
  } else {
    set(L.SLOT_BASE_COLOR, m.getBaseColorTexture(), m.getBaseColorTextureInfo(), true);
    set(L.SLOT_METALLIC_ROUGHNESS, m.getMetallicRoughnessTexture(), m.getMetallicRoughnessTextureInfo());
    const specular = m.getExtension<Specular>('KHR_materials_specular');
    if (specular) {
      set(L.SLOT_SPECULAR, specular.getSpecularTexture(), specular.getSpecularTextureInfo());
      set(L.SLOT_SPECULAR_COLOR, specular.getSpecularColorTexture(), specular.getSpecularColorTextureInfo(), true);
    }
  }
  set(L.SLOT_NORMAL, m.getNormalTexture(), m.getNormalTextureInfo());
  set(L.SLOT_OCCLUSION, m.getOcclusionTexture(), m.getOcclusionTextureInfo());
  set(L.SLOT_EMISSIVE, m.getEmissiveTexture(), m.getEmissiveTextureInfo(), true);
  const coat = m.getExtension<Clearcoat>('KHR_materials_clearcoat');
  if (coat) {
    set(L.SLOT_CLEARCOAT, coat.getClearcoatTexture(), coat.getClearcoatTextureInfo());
    set(L.SLOT_CLEARCOAT_ROUGHNESS, coat.getClearcoatRoughnessTexture(), coat.getClearcoatRoughnessTextureInfo());
    set(L.SLOT_CLEARCOAT_NORMAL, coat.getClearcoatNormalTexture(), coat.getClearcoatNormalTextureInfo());
  }
  const sheen = m.getExtension<Sheen>('KHR_materials_sheen');
  if (sheen) {
    set(L.SLOT_SHEEN_COLOR, sheen.getSheenColorTexture(), sheen.getSheenColorTextureInfo(), true);
    set(L.SLOT_SHEEN_ROUGHNESS, sheen.getSheenRoughnessTexture(), sheen.getSheenRoughnessTextureInfo());
  }
  const transmission = m.getExtension<Transmission>('KHR_materials_transmission');
  const volume = m.getExtension<Volume>('KHR_materials_volume');
  if (volume) set(L.SLOT_THICKNESS, volume.getThicknessTexture(), volume.getThicknessTextureInfo());
  if (transmission)
    set(L.SLOT_TRANSMISSION, transmission.getTransmissionTexture(), transmission.getTransmissionTextureInfo());
  return slots;
}

function writeMaterial(
  view: DataView,
  at: number,
  m: Material | null,
  forceUnlit: boolean,
  vertexColors: boolean,
): void {
  const f32 = (offset: number, ...values: number[]) =>
    values.forEach((value, i) => {
      view.setFloat32(at + offset + i * 4, Number.isFinite(value) ? value : 0, true);
    });
  let flags = vertexColors ? L.MF_VERTEX_COLOR : 0;
  if (forceUnlit || m?.getExtension('KHR_materials_unlit')) flags |= L.MF_UNLIT;
  if (!m || forceUnlit || m.getDoubleSided()) flags |= m?.getDoubleSided() || forceUnlit ? L.MF_DOUBLE_SIDED : 0;
  if (m?.getAlphaMode() === 'MASK') flags |= L.MF_MASK;
  if (m?.getAlphaMode() === 'BLEND') flags |= L.MF_BLEND;

  const glossy = m?.getExtension<PBRSpecularGlossiness>('KHR_materials_pbrSpecularGlossiness');
  const specular = m?.getExtension<Specular>('KHR_materials_specular');
  const coat = m?.getExtension<Clearcoat>('KHR_materials_clearcoat');
  const sheen = m?.getExtension<Sheen>('KHR_materials_sheen');
  const transmission = m?.getExtension<Transmission>('KHR_materials_transmission');
  if (glossy) flags |= L.MF_SPECULAR_GLOSSINESS;
  if (coat && coat.getClearcoatFactor() > 0) flags |= L.MF_CLEARCOAT;
  if (sheen?.getSheenColorFactor().some((c) => c > 0)) flags |= L.MF_SHEEN;
  if (transmission && transmission.getTransmissionFactor() > 0) flags |= L.MF_TRANSMISSION;
  view.setUint32(at + L.M_FLAGS, flags, true);

  const emission = m?.getExtension<EmissiveStrength>('KHR_materials_emissive_strength')?.getEmissiveStrength() ?? 1;
  f32(L.M_BASE_COLOR, ...(glossy ? glossy.getDiffuseFactor() : (m?.getBaseColorFactor() ?? [1, 1, 1, 1])));
  f32(L.M_EMISSIVE, ...(m?.getEmissiveFactor() ?? [0, 0, 0]).map((c) => c * emission));
  // Without a material glTF means metallic 1 and roughness 1, which nobody wants to look at; neutral grey plastic instead.
  f32(L.M_METALLIC, m ? m.getMetallicFactor() : 0);
  f32(L.M_ROUGHNESS, glossy ? 1 - glossy.getGlossinessFactor() : (m?.getRoughnessFactor() ?? 0.6));
  f32(L.M_NORMAL_SCALE, m?.getNormalScale() ?? 1);
  f32(L.M_OCCLUSION_STRENGTH, m?.getOcclusionStrength() ?? 1);
  f32(L.M_ALPHA_CUTOFF, m?.getAlphaCutoff() ?? 0.5);
  f32(L.M_IOR, m?.getExtension<IOR>('KHR_materials_ior')?.getIOR() ?? 1.5);
  f32(L.M_SPECULAR, specular?.getSpecularFactor() ?? 1);
  f32(L.M_SPECULAR_COLOR, ...(glossy ? glossy.getSpecularFactor() : (specular?.getSpecularColorFactor() ?? [1, 1, 1])));
  f32(L.M_CLEARCOAT, coat?.getClearcoatFactor() ?? 0);
  f32(L.M_CLEARCOAT_ROUGHNESS, coat?.getClearcoatRoughnessFactor() ?? 0);
  f32(L.M_CLEARCOAT_NORMAL_SCALE, coat?.getClearcoatNormalScale() ?? 1);
  f32(L.M_SHEEN_COLOR, ...(sheen?.getSheenColorFactor() ?? [0, 0, 0]));
  f32(L.M_SHEEN_ROUGHNESS, sheen?.getSheenRoughnessFactor() ?? 0);
  // Beer's law with the thickness that the material states; zero where there is no volume.
  const volume = m?.getExtension<Volume>('KHR_materials_volume');
  const distance = volume?.getAttenuationDistance() ?? Infinity;
  f32(
    L.M_ABSORPTION,
    ...(volume?.getAttenuationColor() ?? [1, 1, 1]).map((c) =>
      distance > 0 && distance < Infinity
        ? (-Math.log(Math.max(c, 1e-4)) / distance) * (volume?.getThicknessFactor() ?? 0)
        : 0,
    ),
  );
  f32(L.M_TRANSMISSION, transmission?.getTransmissionFactor() ?? 0);
}

function writeSlot(view: DataView, at: number, texture: number, info: TextureInfo | null): void {
  view.setInt32(at + L.SLOT_TEXTURE, texture, true);
  if (!info) return;
  const transform = info.getExtension<Transform>('KHR_texture_transform');
  const set = transform?.getTexCoord() ?? info.getTexCoord();
  let flags = set === 1 ? L.SF_UV1 : 0;
  flags |= (WRAP[info.getWrapS()] ?? 0) << L.SF_WRAP_U;
  flags |= (WRAP[info.getWrapT()] ?? 0) << L.SF_WRAP_V;
  if (info.getMagFilter() === NEAREST) flags |= L.SF_NEAREST;
  view.setUint32(at + L.SLOT_FLAGS, flags, true);
  const [ox, oy] = transform?.getOffset() ?? [0, 0];
  const [sx, sy] = transform?.getScale() ?? [1, 1];
  const rotation = transform?.getRotation() ?? 0;
  const c = Math.cos(rotation);
  const s = Math.sin(rotation);
  [c * sx, s * sy, ox, -s * sx, c * sy, oy].forEach((value, i) => {
    view.setFloat32(at + L.SLOT_TRANSFORM + i * 4, value, true);
  });
}
