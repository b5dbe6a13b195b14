import type { Document, Material } from '@gltf-transform/core';

/** Turn of the colour wheel from one part to the next: any few in a row are far apart. */
const GOLDEN = 0.618033988749895;

/** A material that tells a part from its neighbours. */
export function partMaterial(document: Document, index: number): Material {
  const hue = ((index * GOLDEN) % 1) * 6;
  const channel = (shift: number) => {
    const place = (hue + shift) % 6;
    return 0.15 + 0.6 * Math.min(1, Math.max(0, Math.abs(place - 3) - 1));
  };
  return document
    .createMaterial(`part ${index + 1}`)
    .setBaseColorFactor([channel(0), channel(4), channel(2), 1])
    .setMetallicFactor(0)
    .setRoughnessFactor(0.7);
}
