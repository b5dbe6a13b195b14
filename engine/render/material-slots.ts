import type { Material, Texture, TextureInfo } from '@gltf-transform/core';
import type {
  Anisotropy,
  Clearcoat,
  DiffuseTransmission,
  Iridescence,
  PBRSpecularGlossiness,
  Sheen,
  Specular,
  Transmission,
  Volume,
} from '@gltf-transform/extensions';
import * as L from './kernel/layout.ts';

/** A texture of a material, in the slot (`SLOT_*` of the kernel's layout) that it fills. */
export interface MaterialSlot {
  texture: Texture;
  info: TextureInfo | null;
  srgb: boolean;
}

/** The textures that a material uses, by slot. */
export function slotsOf(m: Material): (MaterialSlot | undefined)[] {
  const slots: (MaterialSlot | undefined)[] = [];
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
  const film = m.getExtension<Iridescence>('KHR_materials_iridescence');
  if (film) {
    set(L.SLOT_IRIDESCENCE, film.getIridescenceTexture(), film.getIridescenceTextureInfo());
    set(L.SLOT_IRIDESCENCE_THICKNESS, film.getIridescenceThicknessTexture(), film.getIridescenceThicknessTextureInfo());
  }
  const brushed = m.getExtension<Anisotropy>('KHR_materials_anisotropy');
  if (brushed) set(L.SLOT_ANISOTROPY, brushed.getAnisotropyTexture(), brushed.getAnisotropyTextureInfo());
  const translucent = m.getExtension<DiffuseTransmission>('KHR_materials_diffuse_transmission');
  if (translucent) {
    set(
      L.SLOT_DIFFUSE_TRANSMISSION,
      translucent.getDiffuseTransmissionTexture(),
      translucent.getDiffuseTransmissionTextureInfo(),
    );
    set(
      L.SLOT_DIFFUSE_TRANSMISSION_COLOR,
      translucent.getDiffuseTransmissionColorTexture(),
      translucent.getDiffuseTransmissionColorTextureInfo(),
      true,
    );
  }
  return slots;
}
