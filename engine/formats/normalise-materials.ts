import type { Document, vec3, vec4 } from '@gltf-transform/core';
import { type Corrections, plural } from './corrections.ts';

/** Brings the factors of materials into the ranges that glTF gives them (0 to 1); what is no number becomes 1. */
export function normaliseMaterials(document: Document, corrections: Corrections): void {
  let changed = 0;
  const clamp = (value: number): number => {
    const clamped = Number.isNaN(value) ? 1 : Math.min(1, Math.max(0, value));
    if (clamped !== value) changed++;
    return clamped;
  };
  for (const material of document.getRoot().listMaterials()) {
    const before = changed;
    const base = material.getBaseColorFactor().map(clamp) as vec4;
    const emissive = material.getEmissiveFactor().map(clamp) as vec3;
    const metallic = clamp(material.getMetallicFactor());
    const roughness = clamp(material.getRoughnessFactor());
    const occlusion = clamp(material.getOcclusionStrength());
    if (changed > before) {
      material.setBaseColorFactor(base).setEmissiveFactor(emissive).setMetallicFactor(metallic);
      material.setRoughnessFactor(roughness).setOcclusionStrength(occlusion);
    }
    if (!(material.getAlphaCutoff() >= 0)) material.setAlphaCutoff(0.5);
  }
  corrections.add(
    'clamped_factors',
    changed,
    (n) => `${plural(n, 'material factor')} outside of 0 to 1 ${n === 1 ? 'was' : 'were'} brought into the range.`,
  );
}
