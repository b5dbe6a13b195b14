import type { Material } from '@gltf-transform/core';
import type { Transform } from '@gltf-transform/extensions';
import * as L from './kernel/layout.ts';
import { slotsOf } from './material-slots.ts';

/** Which of a primitive's sets of texture coordinates become the two that a vertex of the kernel holds. */
export interface CoordinateSets {
  first: number;
  second: number;
  /** Sets that textures of the material ask for beyond two; these textures use the first set instead. */
  dropped: number[];
}

const PLAIN: CoordinateSets = { first: 0, second: 1, dropped: [] };

/**
 * The sets of texture coordinates that `material` uses. Sets 0 and 1 where these suffice; otherwise the two used, that
 * of the normal texture first, since tangents that a file leaves out follow the first.
 */
export function coordinateSetsOf(material: Material | null): CoordinateSets {
  if (!material) return PLAIN;
  const used = new Set<number>();
  const slots = slotsOf(material);
  for (const slot of [slots[L.SLOT_NORMAL], ...slots]) {
    if (!slot?.info) continue;
    used.add(slot.info.getExtension<Transform>('KHR_texture_transform')?.getTexCoord() ?? slot.info.getTexCoord());
  }
  const [first = 0, second, ...dropped] = used;
  if (Math.max(...used, 0) < 2 && (first === 0 || !slots[L.SLOT_NORMAL])) return PLAIN;
  return { first, second: second ?? (first === 0 ? 1 : 0), dropped };
}
