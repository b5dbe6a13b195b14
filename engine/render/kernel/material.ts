// Reads materials: opacity along occlusion rays.

import {
  M_ALPHA_CUTOFF, M_BASE_COLOR, M_FLAGS, M_TRANSMISSION, MF_BLEND, MF_MASK, MF_TRANSMISSION, MF_VERTEX_COLOR,
  SLOT_BASE_COLOR, V_COLOR, V_UV,
} from './layout';
import { materialAt, triangleAt, vertexAt } from './records';
import { hasTexture, sampleAt } from './texture';
import { add, scale, sub, W } from './vec';

/**
 * How much of the light the surface stops at barycentric (u, v) of a triangle: 0 lets all of it through. With
 * `transmitting`, what it lets through by transmission counts too.
 */
export function opacityAt(id: u32, u: f32, v: f32, transmitting: bool = true): f32 {
  const t = triangleAt(id);
  const material = materialAt(load<u32>(t, 12));
  const flags = load<u32>(material, M_FLAGS);
  // Alpha means nothing to opaque materials (glTF 2.0, 3.9.4).
  let opacity: f32 = 1;
  if (flags & (MF_MASK | MF_BLEND)) {
    const alpha = alphaAt(material, t, u, v);
    opacity = flags & MF_BLEND ? alpha : alpha >= load<f32>(material, M_ALPHA_CUTOFF) ? 1 : 0;
  }
  return transmitting && flags & MF_TRANSMISSION ? opacity * (<f32>1 - load<f32>(material, M_TRANSMISSION)) : opacity;
}

/** Both sets of texture coordinates at barycentric (u, v) of the triangle at `t`, a lane each. */
export function coordinatesAt(t: usize, u: f32, v: f32): v128 {
  const p = v128.load(vertexAt(load<u32>(t)), V_UV);
  const q = v128.load(vertexAt(load<u32>(t, 4)), V_UV), r = v128.load(vertexAt(load<u32>(t, 8)), V_UV);
  return add(p, add(scale(sub(q, p), u), scale(sub(r, p), v)));
}

/** Alpha of a triangle's material with texture and vertex colours. */
function alphaAt(material: usize, t: usize, u: f32, v: f32): f32 {
  let alpha = load<f32>(material, M_BASE_COLOR + 12);
  if (hasTexture(material, SLOT_BASE_COLOR)) alpha *= W(sampleAt(material, SLOT_BASE_COLOR, coordinatesAt(t, u, v)));
  if (load<u32>(material, M_FLAGS) & MF_VERTEX_COLOR) {
    const a = vertexAt(load<u32>(t)), b = vertexAt(load<u32>(t, 4)), c = vertexAt(load<u32>(t, 8));
    const w = <f32>1 - u - v;
    alpha *= (<f32>load<u16>(a, V_COLOR + 6) * w + <f32>load<u16>(b, V_COLOR + 6) * u + <f32>load<u16>(c, V_COLOR + 6) * v) * <f32>(1.0 / 65535.0);
  }
  return alpha;
}
