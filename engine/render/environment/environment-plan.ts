import { environmentTableBytes, FILTERED_BYTES, mapBytes } from '../environment-file.ts';
import * as L from '../kernel/layout.ts';
import { aligned } from '../memory-layout.ts';
import type { EnvironmentSource } from './environment-source.ts';

/** Addresses of an environment in the kernel's memory, in bytes. */
export interface EnvironmentPlan {
  /** End of what is needed while the maps are made: the picture lies behind the scene, where the image will. */
  peak: number;
  /** Texels a side of the sharp map. */
  size: number;
  /** The sharp map with its half-size levels, the filtered maps, coefficients of irradiance, the table for sampling. */
  map: number;
  filtered: number;
  table: number;
  irradiance: number;
  panorama: number;
  lobes: number;
  directions: number;
}

/** Bytes of four directions with their light: see `kernel/environment-filter.ts`. */
const DIRECTION_BYTES = 112;
/** Bytes of the coefficients of irradiance: see `kernel/irradiance.ts`. */
const IRRADIANCE_BYTES = 320;

/** Bytes of a sharp map with all its half-size levels. */
function sharpBytes(size: number): number {
  let bytes = 0;
  for (let n = size; n >= L.ENV_SMALLEST_LEVEL; n >>= 1) bytes += mapBytes(n);
  return aligned(bytes);
}

/** Bytes that an environment takes for as long as it is used. */
export function environmentBytes({ size }: Pick<EnvironmentSource, 'size'>): number {
  return sharpBytes(size) + aligned(FILTERED_BYTES) + IRRADIANCE_BYTES + aligned(environmentTableBytes(size));
}

/** Lays out the memory of an environment in the room that a scene has for it. Nothing is allocated. */
export function planEnvironment(
  { environment, buildEnd }: { environment: number; buildEnd: number },
  source: EnvironmentSource,
): EnvironmentPlan {
  const { size } = source;
  const filtered = environment + sharpBytes(size);
  const irradiance = filtered + aligned(FILTERED_BYTES);
  const table = irradiance + IRRADIANCE_BYTES;
  const kept = { size, map: environment, filtered, irradiance, table };
  if (source.kind === 'prefiltered') return { ...kept, peak: buildEnd, panorama: 0, lobes: 0, directions: 0 };
  const { width, height } = source.picture;
  // Behind what the builder of trees takes meanwhile.
  const lobes = buildEnd + aligned(width * height * 16);
  const directions = lobes + aligned(2 * L.ENV_LOBE_SAMPLES * 32);
  const peak = directions + aligned((L.ENV_INTEGRATED_SIZE ** 2 / 4) * DIRECTION_BYTES);
  return { ...kept, peak, panorama: buildEnd, lobes, directions };
}
