import type { Document, Material } from '@gltf-transform/core';
import { exp, log } from '../../render/portable-math.ts';

/** One sRGB value from 0 to 1 as linear light (IEC 61966-2-1). */
export function srgbToLinear(value: number): number {
  const v = value <= 0 ? 0 : Math.min(value, 1);
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
}

/** Linear light from 0 to 1 as sRGB (IEC 61966-2-1); the same on every machine. */
export function linearToSrgb(value: number): number {
  const v = value <= 0 ? 0 : Math.min(value, 1);
  return v <= 0.0031308 ? v * 12.92 : 1.055 * exp(log(v) / 2.4) - 0.055;
}

/** Linear light of the 256 sRGB bytes, 65535 for one. */
export const SRGB_BYTE_TO_LINEAR_16: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) =>
  Math.round(srgbToLinear(byte / 255) * 65535),
);

/** What a surface without a material looks like: a matt, light grey. White where vertex colours take over. */
export function createPlainMaterial(document: Document, hasColors = false): Material {
  const grey = hasColors ? 1 : 0.6;
  return document
    .createMaterial(hasColors ? 'Vertex colours' : 'Default')
    .setBaseColorFactor([grey, grey, grey, 1])
    .setMetallicFactor(0)
    .setRoughnessFactor(0.7);
}
