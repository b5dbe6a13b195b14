import type { Material, Texture, TextureInfo } from '@gltf-transform/core';
import type {
  Anisotropy,
  Clearcoat,
  DiffuseTransmission,
  Dispersion,
  EmissiveStrength,
  IOR,
  Iridescence,
  PBRSpecularGlossiness,
  Sheen,
  Specular,
  Transform,
  Transmission,
  Volume,
} from '@gltf-transform/extensions';
import { type CoordinateSets, coordinateSetsOf } from './coordinate-sets.ts';
import * as L from './kernel/layout.ts';
import { slotsOf } from './material-slots.ts';
import { cos, log, sin } from './portable-math.ts';

/** One image with the way its colours are meant; the same image may be used in both ways. */
export interface TextureUse {
  texture: Texture;
  srgb: boolean;
}

const WRAP: Record<number, number> = { 10497: 0, 33071: 1, 33648: 2 };
const NEAREST = 9728;

/** Lists the materials of a render, each with the textures it uses, and writes them for the kernel. */
export class MaterialTable {
  readonly #entries: { material: Material | null; unlit: boolean; vertexColors: boolean }[] = [];
  readonly #indices = new Map<Material | null, Map<boolean, number>>();
  readonly textures: TextureUse[] = [];
  #shining: readonly boolean[] = [];
  #porous = false;
  #voluminous = false;

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

  /** The file's materials by index; null: the default one. */
  list(): (Material | null)[] {
    return this.#entries.map(({ material }) => material);
  }

  /**
   * Judges what the materials do by their values as they are now: what shines becomes a light, only what is porous is
   * looked through, and volumes take tables of their own. Values that a clip moves are to be as great as it makes them.
   */
  judge(): void {
    this.#shining = this.#entries.map(
      ({ material, unlit }) =>
        !unlit && !material?.getExtension('KHR_materials_unlit') && emissionOf(material).some((c) => c > 0),
    );
    this.#porous = this.#entries.some(
      ({ material }) =>
        (material && material.getAlphaMode() !== 'OPAQUE') ||
        (material?.getExtension<Transmission>('KHR_materials_transmission')?.getTransmissionFactor() ?? 0) > 0,
    );
    this.#voluminous = this.#entries.some(({ material }) => hasVolume(material));
  }

  /** Whether triangles of a material shed light on others, as it was judged. */
  shines(index: number): boolean {
    return this.#shining[index] ?? false;
  }

  /** Whether some material lets light through by opacity or as a thin sheet, as it was judged. */
  get porous(): boolean {
    return this.#porous;
  }

  /** Whether light that passes some material goes on through a volume, as it was judged. */
  get voluminous(): boolean {
    return this.#voluminous;
  }

  /** What of the materials cannot be drawn as the file says. */
  warnings(): string[] {
    const lacking = this.#entries.filter(({ material }) => coordinateSetsOf(material).dropped.length > 0);
    return lacking.map(
      ({ material }) =>
        `Material “${material!.getName()}” uses more than two sets of texture coordinates; ` +
        `set ${coordinateSetsOf(material).dropped.join(', ')} is replaced by the first.`,
    );
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
      const sets = coordinateSetsOf(entry.material);
      let textured = 0;
      for (let s = 0; s < L.SLOT_COUNT; s++) {
        const slot = slots[s];
        const index = slot?.texture ? this.#textureIndex(slot.texture, slot.srgb) : -1;
        const filled = index >= 0 && usable[index] === true;
        writeSlot(memory, at + L.M_SLOTS + s * L.SLOT_BYTES, filled ? index : -1, slot?.info ?? null, sets);
        // Occlusion mostly comes with roughness.
        const twice = s === L.SLOT_OCCLUSION && slot?.texture === slots[L.SLOT_METALLIC_ROUGHNESS]?.texture;
        if (filled && !twice) textured |= 1 << s;
      }
      memory.setUint32(at + L.M_TEXTURED, textured, true);
    });
  }
}

/** Light that a material gives off where its texture is white, linear RGB. */
function emissionOf(material: Material | null): number[] {
  const strength = material?.getExtension<EmissiveStrength>('KHR_materials_emissive_strength')?.getEmissiveStrength();
  return (material?.getEmissiveFactor() ?? [0, 0, 0]).map((c) => c * (strength ?? 1));
}

/** Whether light passes a material into a volume: a volume behind what lets nothing through is none. */
function hasVolume(material: Material | null): boolean {
  const clear = material?.getExtension<Transmission>('KHR_materials_transmission')?.getTransmissionFactor() ?? 0;
  const matt = material?.getExtension<DiffuseTransmission>('KHR_materials_diffuse_transmission');
  const lets = clear > 0 || (matt?.getDiffuseTransmissionFactor() ?? 0) > 0;
  return lets && (material?.getExtension<Volume>('KHR_materials_volume')?.getThicknessFactor() ?? 0) > 0;
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
  if (forceUnlit || m?.getDoubleSided()) flags |= L.MF_DOUBLE_SIDED;
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
  const volume = m?.getExtension<Volume>('KHR_materials_volume');
  const film = m?.getExtension<Iridescence>('KHR_materials_iridescence');
  const brushed = m?.getExtension<Anisotropy>('KHR_materials_anisotropy');
  const translucent = m?.getExtension<DiffuseTransmission>('KHR_materials_diffuse_transmission');
  const dispersion = m?.getExtension<Dispersion>('KHR_materials_dispersion')?.getDispersion() ?? 0;
  if (translucent && translucent.getDiffuseTransmissionFactor() > 0) flags |= L.MF_DIFFUSE_TRANSMISSION;
  if (hasVolume(m)) flags |= L.MF_VOLUME | L.MF_INSIDE;
  // Dispersion shows only where light is bent on its way through a volume.
  if (dispersion > 0 && flags & L.MF_VOLUME) flags |= L.MF_DISPERSION;
  if (film && film.getIridescenceFactor() > 0) flags |= L.MF_IRIDESCENCE;
  if (brushed && brushed.getAnisotropyStrength() > 0) flags |= L.MF_ANISOTROPY;
  const emission = emissionOf(m);
  if (emission.some((c) => c > 0)) flags |= L.MF_EMISSIVE;
  view.setUint32(at + L.M_FLAGS, flags, true);

  f32(L.M_BASE_COLOR, ...(glossy ? glossy.getDiffuseFactor() : (m?.getBaseColorFactor() ?? [1, 1, 1, 1])));
  f32(L.M_EMISSIVE, ...emission);
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
  // Beer's law: along a ray, and for the thickness that the material states; zero where there is no volume.
  const distance = volume?.getAttenuationDistance() ?? Infinity;
  const attenuation = (volume?.getAttenuationColor() ?? [1, 1, 1]).map((c) =>
    distance > 0 && distance < Infinity ? -log(Math.min(1, Math.max(c, 1e-4))) / distance : 0,
  );
  const thickness = volume?.getThicknessFactor() ?? 0;
  f32(L.M_ATTENUATION, ...attenuation);
  f32(L.M_ABSORPTION, ...attenuation.map((c) => c * thickness));
  f32(L.M_TRANSMISSION, transmission?.getTransmissionFactor() ?? 0);
  f32(L.M_DISPERSION, dispersion);
  f32(L.M_DIFFUSE_TRANSMISSION, translucent?.getDiffuseTransmissionFactor() ?? 0);
  f32(L.M_DIFFUSE_TRANSMISSION_COLOR, ...(translucent?.getDiffuseTransmissionColorFactor() ?? [1, 1, 1]));
  f32(L.M_IRIDESCENCE, film?.getIridescenceFactor() ?? 0);
  f32(L.M_IRIDESCENCE_IOR, film?.getIridescenceIOR() ?? 1.3);
  f32(L.M_IRIDESCENCE_THICKNESS_MIN, film?.getIridescenceThicknessMinimum() ?? 100);
  f32(L.M_IRIDESCENCE_THICKNESS_MAX, film?.getIridescenceThicknessMaximum() ?? 400);
  const turn = brushed?.getAnisotropyRotation() ?? 0;
  f32(L.M_ANISOTROPY, brushed?.getAnisotropyStrength() ?? 0);
  f32(L.M_ANISOTROPY_COS, cos(turn));
  f32(L.M_ANISOTROPY_SIN, sin(turn));
}

function writeSlot(
  view: DataView,
  at: number,
  texture: number,
  info: TextureInfo | null,
  { second }: CoordinateSets,
): void {
  view.setInt32(at + L.SLOT_TEXTURE, texture, true);
  if (!info) return;
  const transform = info.getExtension<Transform>('KHR_texture_transform');
  const set = transform?.getTexCoord() ?? info.getTexCoord();
  let flags = set === second ? L.SF_UV1 : 0;
  flags |= (WRAP[info.getWrapS()] ?? 0) << L.SF_WRAP_U;
  flags |= (WRAP[info.getWrapT()] ?? 0) << L.SF_WRAP_V;
  if (info.getMagFilter() === NEAREST) flags |= L.SF_NEAREST;
  view.setUint32(at + L.SLOT_FLAGS, flags, true);
  const [ox, oy] = transform?.getOffset() ?? [0, 0];
  const [sx, sy] = transform?.getScale() ?? [1, 1];
  const rotation = transform?.getRotation() ?? 0;
  const c = cos(rotation);
  const s = sin(rotation);
  [c * sx, s * sy, ox, -s * sx, c * sy, oy].forEach((value, i) => {
    view.setFloat32(at + L.SLOT_TRANSFORM + i * 4, value, true);
  });
}
