import type { Document, Material } from '@gltf-transform/core';
import { KHRMaterialsTransmission, KHRMaterialsVolume, type Volume } from '@gltf-transform/extensions';

/** White glass of one side: a thin sheet, or with `fill` a volume of thickness 1 unless that says otherwise. */
export function glass(document: Document, roughness: number, fill?: (volume: Volume) => unknown): Material {
  const material = document
    .createMaterial()
    .setMetallicFactor(0)
    .setRoughnessFactor(roughness)
    .setExtension(
      'KHR_materials_transmission',
      document.createExtension(KHRMaterialsTransmission).createTransmission().setTransmissionFactor(1),
    );
  if (!fill) return material;
  const volume = document.createExtension(KHRMaterialsVolume).createVolume().setThicknessFactor(1);
  fill(volume);
  return material.setExtension('KHR_materials_volume', volume);
}
