// Surfaces found from the points of another: what is baked into its textures.

import { baseColorWithAlpha, bumped, emission, loadEmission } from './bsdf/parameters';
import { MAX_LAYERS, past } from './layers';
import {
  BAKE_FOUND_BYTES, BAKE_ITEM, BAKE_POINT_BYTES, BF_DISTANCE, BF_EMISSION, BF_METALLIC, BF_NORMAL, BF_OCCLUSION, BF_OPEN,
  BF_ROUGHNESS, BP_BACK, BP_END, BP_FIRST, BP_FRONT, BP_OUTWARDS, BP_SEED, BP_TEXEL, H_BAKE_COUNT, H_BAKE_FOUND, H_BAKE_POINTS,
  H_BAKE_RAYS, H_BAKE_REACH, H_RAYS, HEADER, ID_INDEX, ID_ROUND, M_FLAGS, M_METALLIC, M_NORMAL_SCALE, M_OCCLUSION_STRENGTH,
  M_ROUGHNESS, MF_BLEND, MF_EMISSIVE, MF_SPECULAR_GLOSSINESS, MF_TRANSMISSION, SLOT_METALLIC_ROUGHNESS, SLOT_NORMAL,
  SLOT_OCCLUSION, SLOT_SPECULAR_COLOR,
} from './layout';
import { opacityAt } from './material';
import { materialAt, triangleAt } from './records';
import { cosineDirection, point0, point1 } from './sampling';
import { stackOf } from './scratch';
import { geometric, hitPoint, liftAtHit, loadSurface, material, meetsFront, normal, perpendicular } from './surface';
import { hasTexture, sample } from './texture';
import {
  closest, hitBlock, hitId, hitInstance, hitLane, hitT, hitU, hitV, occluded, raysTraced, restoreHit,
} from './traverse';
import { add, cross, dot, load3, madd, saturate, scale, W, X, Y, Z } from './vec';
import { next } from './work';

/** Distance that rays keep from the surface they leave, in render space (whose radius is 1). */
const OFFSET: f32 = 2e-5;

/** Whether the last hit is a surface that can be baked: the front of a triangle in the range, no glass, not cut away. */
function isBaked(ray: v128, first: u32, after: u32): bool {
  const id = hitId & ID_INDEX;
  if (id < first || id >= after || hitId & ID_ROUND || !meetsFront(ray)) return false;
  if (load<u32>(materialAt(load<u32>(triangleAt(hitId), 12)), M_FLAGS) & (MF_BLEND | MF_TRANSMISSION)) return false;
  return opacityAt(hitId, hitU, hitV) >= <f32>0.5;
}

/**
 * Makes the surface, of a range of triangles, nearest to the point at distance `middle` along the ray the last hit;
 * false where there is none up to `end`. Of two as near, the one that the ray meets first.
 */
function nearestTo(stack: usize, origin: v128, ray: v128, middle: f32, end: f32, first: u32, after: u32): bool {
  let found = false;
  let bestT: f32 = 0, bestU: f32 = 0, bestV: f32 = 0;
  let bestId: u32 = 0;
  let bestBlock: usize = 0;
  let bestLane: i32 = 0, bestInstance: i32 = 0;
  let tMin: f32 = 0;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    // Nothing further off than the best can be nearer.
    const limit = found ? min<f32>(end, <f32>2 * middle - bestT) : end;
    if (!closest(stack, X(origin), Y(origin), Z(origin), X(ray), Y(ray), Z(ray), tMin, limit)) break;
    if (isBaked(ray, first, after) && (!found || abs<f32>(hitT - middle) < abs<f32>(bestT - middle))) {
      found = true;
      bestT = hitT;
      bestU = hitU;
      bestV = hitV;
      bestId = hitId;
      bestBlock = hitBlock;
      bestLane = hitLane;
      bestInstance = hitInstance;
    }
    if (hitT >= middle) break;
    tMin = past(hitT);
  }
  if (found) restoreHit(bestT, bestU, bestV, bestId, bestBlock, bestLane, bestInstance);
  return found;
}

/** Share of the directions over the loaded surface, weighed by their cosine, in which nothing lies within reach. */
function openShare(stack: usize, seed: u32, rays: i32, reach: f32): f32 {
  const point = hitPoint();
  const p = madd(add(point, liftAtHit(point)), geometric, OFFSET);
  const t = perpendicular(normal), b = cross(normal, t);
  let open = 0;
  for (let i = 0; i < rays; i++) {
    const d = cosineDirection(point0(i, seed), point1(i, seed));
    let w = add(add(scale(t, X(d)), scale(b, Y(d))), scale(normal, Z(d)));
    // Below the triangle's own plane there would be nothing but itself.
    const side = dot(w, geometric);
    if (side < 0) w = madd(w, geometric, -2 * side);
    if (!occluded(stack, X(p), Y(p), Z(p), X(w), Y(w), Z(w), 0, reach)) open++;
  }
  return <f32>open / <f32>rays;
}

function bakePoint(stack: usize, point: usize, to: usize): void {
  const outwards = load3(point + BP_OUTWARDS);
  const front = load<f32>(point, BP_FRONT), back = load<f32>(point, BP_BACK);
  const origin = madd(load3(point), outwards, front), ray = scale(outwards, -1);
  memory.fill(to, 0, BAKE_FOUND_BYTES);
  store<f32>(to, Infinity, BF_DISTANCE);
  if (!nearestTo(stack, origin, ray, front, front + back, load<u32>(point, BP_FIRST), load<u32>(point, BP_END))) return;
  const t = hitT;
  // The footprint is a texel, whatever the distance.
  const step = load<f32>(point, BP_TEXEL) / max<f32>(t, <f32>1e-12);
  const right = perpendicular(outwards);
  loadSurface(origin, ray, ray, scale(right, step), scale(cross(outwards, right), step), true);
  v128.store(to, baseColorWithAlpha());
  v128.store(to, f32x4.replace_lane(bumped(SLOT_NORMAL, load<f32>(material, M_NORMAL_SCALE)), 3, front - t), BF_NORMAL);
  const flags = load<u32>(material, M_FLAGS);
  let roughness = load<f32>(material, M_ROUGHNESS), metallic = load<f32>(material, M_METALLIC);
  if (flags & MF_SPECULAR_GLOSSINESS) {
    metallic = 0;
    if (hasTexture(material, SLOT_SPECULAR_COLOR)) {
      roughness = <f32>1 - (<f32>1 - roughness) * W(sample(material, SLOT_SPECULAR_COLOR));
    }
  } else if (hasTexture(material, SLOT_METALLIC_ROUGHNESS)) {
    const texel = sample(material, SLOT_METALLIC_ROUGHNESS);
    roughness *= Y(texel);
    metallic *= Z(texel);
  }
  store<f32>(to, roughness, BF_ROUGHNESS);
  store<f32>(to, saturate(metallic), BF_METALLIC);
  let occlusion: f32 = 1;
  if (hasTexture(material, SLOT_OCCLUSION)) {
    occlusion += load<f32>(material, M_OCCLUSION_STRENGTH) * (X(sample(material, SLOT_OCCLUSION)) - 1);
  }
  store<f32>(to, occlusion, BF_OCCLUSION);
  if (flags & MF_EMISSIVE) {
    loadEmission();
    v128.store(to, emission, BF_EMISSION);
  }
  const rays = load<i32>(HEADER + H_BAKE_RAYS);
  const open = rays > 0 ? openShare(stack, load<u32>(point, BP_SEED), rays, load<f32>(HEADER + H_BAKE_REACH)) : 1;
  store<f32>(to, open, BF_OPEN);
}

/** Works on the points until they are used up. */
export function runBake(thread: i32): void {
  const count = load<i32>(HEADER + H_BAKE_COUNT), stack = stackOf(thread), before = raysTraced;
  const points = <usize>load<u32>(HEADER + H_BAKE_POINTS), found = <usize>load<u32>(HEADER + H_BAKE_FOUND);
  const items = (count + BAKE_ITEM - 1) / BAKE_ITEM;
  for (let item = next(); item < items; item = next()) {
    const end = min((item + 1) * BAKE_ITEM, count);
    for (let i = item * BAKE_ITEM; i < end; i++) {
      bakePoint(stack, points + <usize>i * BAKE_POINT_BYTES, found + <usize>i * BAKE_FOUND_BYTES);
    }
  }
  atomic.add<i32>(HEADER + H_RAYS, raysTraced - before);
}
