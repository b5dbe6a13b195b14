// What clear glass does to the colour of the background behind it. A film's pixel holds light and one number for how much
// the background shows, of which nothing is coloured; so the difference to what tinted glass shows counts as light.

import { H_BACKGROUND, H_BACKGROUND_MODE, H_EXPOSURE, HEADER } from './layout';
import { mul, scale, sub } from './vec';

/**
 * Light that makes a background of which the share `kept` shows the one that is seen `through` tinted glass, before
 * exposure: of luminance 0 unless a sample counts for more than one. Over a transparent background the tint is that of a
 * white backdrop.
 */
export function backgroundTint(through: v128, kept: f32): v128 {
  const tint = scale(sub(through, f32x4.splat(kept)), <f32>1 / load<f32>(HEADER + H_EXPOSURE));
  return load<i32>(HEADER + H_BACKGROUND_MODE) ? mul(tint, v128.load(HEADER + H_BACKGROUND)) : tint;
}
