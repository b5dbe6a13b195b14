// The environment as what is seen behind the model.

import { pinholeRay, pixelSide, rayDirection } from './camera';
import { radianceBy, sharpLevelAt, sharpLevels } from './environment';
import { log2Fast } from './footprint';
import { H_ENV_BLUR, H_ENV_INTENSITY, H_ENV_MAP_SIZE, HEADER } from './layout';
import { fetchMap, fetchSmooth, project, spread } from './octahedral';
import { mix, scale } from './vec';

/**
 * Radiance seen behind the model at image position (x, y) in pixels: sharp, as far as pixels are wide enough, or blurred
 * as a surface of that roughness mirrors it.
 */
export function backdrop(x: f32, y: f32): v128 {
  pinholeRay(x, y);
  const blur = load<f32>(HEADER + H_ENV_BLUR);
  if (blur > 0) return radianceBy(rayDirection, blur, true);
  project(rayDirection);
  const size = load<i32>(HEADER + H_ENV_MAP_SIZE);
  // Texels in the width of a pixel.
  const width = pixelSide() * <f32>size / sqrt<f32>(spread);
  let light: v128;
  if (width <= 1) light = fetchSmooth(sharpLevelAt(0), size);
  else {
    const lod = log2Fast(width), last = sharpLevels() - 1;
    const i = min(<i32>lod, last);
    light = fetchMap(sharpLevelAt(i), size >> i);
    if (i < last) light = mix(light, fetchMap(sharpLevelAt(i + 1), size >> (i + 1)), lod - <f32>i);
  }
  return scale(light, load<f32>(HEADER + H_ENV_INTENSITY));
}
