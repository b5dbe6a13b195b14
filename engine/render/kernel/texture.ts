// Texture lookups, filtered over the footprint of the pixel.

import { endPlan, planByChance, planFootprint, planPoint, readTaps, touchTaps } from './footprint';
import {
  H_TEXTURES, HEADER, M_SLOTS, M_TEXTURED, SF_UV1, SLOT_BASE_COLOR, SLOT_BYTES, SLOT_FLAGS, SLOT_TEXTURE, SLOT_TRANSFORM, TEXTURE_BYTES,
  TEXTURE_HEIGHT, TEXTURE_SRGB, TEXTURE_TEXEL, TEXTURE_WIDTH,
} from './layout';
import { add, madd, mul, scale, W, X, Y } from './vec';

// Coordinates of the hit and how they change per sample step to the right (x) and down (y), both sets.
let u0: f32 = 0, v0: f32 = 0, u1: f32 = 0, v1: f32 = 0;
let u0x: f32 = 0, v0x: f32 = 0, u0y: f32 = 0, v0y: f32 = 0;
let u1x: f32 = 0, v1x: f32 = 0, u1y: f32 = 0, v1y: f32 = 0;

export function setCoordinates(a: f32, b: f32, c: f32, d: f32): void {
  plannedSlot = 0;
  u0 = a;
  v0 = b;
  u1 = c;
  v1 = d;
}

/** First set of texture coordinates of the loaded surface. */
// @ts-ignore: decorator
@inline
export function coordinateU(): f32 {
  return u0;
}
// @ts-ignore: decorator
@inline
export function coordinateV(): f32 {
  return v0;
}

/** Slot and texture whose taps are planned for the coordinates that are set; 0: none. */
let plannedSlot: usize = 0;
let plannedTexture: usize = 0;

let byChance: bool = false;
let chanceAlong: f32 = 0.5;
let chanceLevel: f32 = 0.5;

/** Whether `sample` makes one lookup at a point of the footprint chosen by chance, or filters over all of it. */
export function filterByChance(on: bool): void {
  byChance = on;
}

/** Sets the two numbers in [0, 1) that choose the point, the same for all textures of a hit. */
// @ts-ignore: decorator
@inline
export function setFilterChance(along: f32, level: f32): void {
  chanceAlong = along;
  chanceLevel = level;
}

/** Sets the derivatives of set 0 (`set` 0) or set 1: du/dx, dv/dx, du/dy, dv/dy. */
export function setDerivatives(set: i32, ux: f32, vx: f32, uy: f32, vy: f32): void {
  plannedSlot = 0;
  if (set == 0) {
    u0x = ux;
    v0x = vx;
    u0y = uy;
    v0y = vy;
  } else {
    u1x = ux;
    v1x = vx;
    u1y = uy;
    v1y = vy;
  }
}

/**
 * Linear light for squares of sRGB values. In place of the power stands a polynomial that is within 0.004 of the 255
 * steps of the encoded value (fitted by weighted least squares) and exact at 1.
 */
// @ts-ignore: decorator
@inline
function decode(c: v128): v128 {
  const e2 = f32x4.pmin(f32x4.pmax(c, f32x4.splat(0)), f32x4.splat(1)), e = f32x4.sqrt(e2);
  let p = madd(f32x4.splat(0.3132124543), e, -0.0835370794);
  p = add(f32x4.splat(-0.5319559574), mul(p, e));
  p = add(f32x4.splat(0.7681403756), mul(p, e));
  p = add(f32x4.splat(0.4988191724), mul(p, e));
  p = add(f32x4.splat(0.0344481059), mul(p, e));
  p = add(f32x4.splat(0.0008729151), mul(p, e));
  const light = v128.bitselect(scale(e, <f32>(1.0 / 12.92)), p, f32x4.le(e, f32x4.splat(0.04045)));
  return f32x4.replace_lane(light, 3, W(c));
}

// @ts-ignore: decorator
@inline
function finiteCoordinate(x: f32): f32 {
  // Keeps repeats within what i32 arithmetic and f32 precision can take; also turns NaN into 0.
  return abs<f32>(x) < <f32>65536 ? x : 0;
}

/** Whether the material at `material` has a texture in `slot`. */
// @ts-ignore: decorator
@inline
export function hasTexture(material: usize, slot: i32): bool {
  return load<i32>(material + M_SLOTS + <usize>(slot * SLOT_BYTES), SLOT_TEXTURE) >= 0;
}

/**
 * The texture in `slot`, filtered over the footprint set by `setDerivatives`: up to eight trilinear taps along its
 * longer axis (McCormack et al., "Feline", 1999, in small), so that slanted surfaces stay sharp without noise.
 */
export function sample(material: usize, slot: i32): v128 {
  const s = material + M_SLOTS + <usize>(slot * SLOT_BYTES);
  const texture = textureOf(s);
  if (!plannedSlot || !laidOutAlike(plannedSlot, plannedTexture, s, texture)) {
    planSlot(s, texture);
    plannedSlot = s;
    plannedTexture = texture;
    if (slot == SLOT_BASE_COLOR) touchOthers(material);
  }
  const filtered = readTaps(texture);
  return load<i32>(texture, TEXTURE_SRGB) ? decode(filtered) : filtered;
}

/**
 * Touches the texels of all textures of a material that the planned taps serve: those of most textures lie where no
 * cache has them, and so they are waited for together.
 */
function touchOthers(material: usize): void {
  for (let slots = load<u32>(material, M_TEXTURED) & ~(1 << SLOT_BASE_COLOR); slots; slots &= slots - 1) {
    const s = material + M_SLOTS + <usize>(ctz(slots) * SLOT_BYTES), texture = textureOf(s);
    if (laidOutAlike(plannedSlot, plannedTexture, s, texture)) touchTaps(texture);
  }
}

// @ts-ignore: decorator
@inline
function textureOf(slot: usize): usize {
  return <usize>load<u32>(HEADER + H_TEXTURES) + <usize>load<i32>(slot, SLOT_TEXTURE) * TEXTURE_BYTES;
}

/** Plans the taps of the slot at `s` under the coordinates and derivatives that are set. */
function planSlot(s: usize, texture: usize): void {
  const flags = load<u32>(s, SLOT_FLAGS);
  const second = (flags & SF_UV1) != 0;
  const a = load<f32>(s, SLOT_TRANSFORM), b = load<f32>(s, SLOT_TRANSFORM + 4), c = load<f32>(s, SLOT_TRANSFORM + 8);
  const d = load<f32>(s, SLOT_TRANSFORM + 12), e = load<f32>(s, SLOT_TRANSFORM + 16), f = load<f32>(s, SLOT_TRANSFORM + 20);
  const iu = second ? u1 : u0, iv = second ? v1 : v0;
  const u = finiteCoordinate(a * iu + b * iv + c), v = finiteCoordinate(d * iu + e * iv + f);
  const ux = second ? u1x : u0x, vx = second ? v1x : v0x, uy = second ? u1y : u0y, vy = second ? v1y : v0y;
  const w = <f32>load<i32>(texture, TEXTURE_WIDTH), h = <f32>load<i32>(texture, TEXTURE_HEIGHT);
  let sx = (a * ux + b * vx) * w, tx = (d * ux + e * vx) * h;
  let sy = (a * uy + b * vy) * w, ty = (d * uy + e * vy) * h;
  let long2 = sx * sx + tx * tx, short2 = sy * sy + ty * ty;
  if (short2 > long2) {
    const t = long2;
    long2 = short2;
    short2 = t;
    sx = sy;
    tx = ty;
  }
  if (byChance) planByChance(texture, u, v, sx / w, tx / h, long2, short2, flags, chanceAlong, chanceLevel);
  else planFootprint(texture, u, v, sx / w, tx / h, long2, short2, flags);
  endPlan();
}

/** Whether two slots and their textures are laid out alike, so that the taps of one serve the other. */
// @ts-ignore: decorator
@inline
function laidOutAlike(a: usize, textureA: usize, b: usize, textureB: usize): bool {
  if (a == b) return true;
  const slots = v128.or(
    v128.xor(v128.load(a, SLOT_FLAGS), v128.load(b, SLOT_FLAGS)),
    v128.xor(v128.load(a, SLOT_TRANSFORM + 8), v128.load(b, SLOT_TRANSFORM + 8)),
  );
  return !v128.any_true(slots) && load<u64>(textureA, TEXTURE_WIDTH) == load<u64>(textureB, TEXTURE_WIDTH)
    && load<i32>(textureA, TEXTURE_TEXEL) == load<i32>(textureB, TEXTURE_TEXEL);
}

/** The texture in `slot` at given coordinates, both sets, without filtering: for opacity along occlusion rays. */
export function sampleAt(material: usize, slot: i32, at: v128): v128 {
  const s = material + M_SLOTS + <usize>(slot * SLOT_BYTES);
  const texture = textureOf(s);
  const flags = load<u32>(s, SLOT_FLAGS);
  const second = (flags & SF_UV1) != 0;
  const set = second ? v128.shuffle<f32>(at, at, 2, 3, 2, 3) : at;
  const iu = X(set), iv = Y(set);
  const u = finiteCoordinate(load<f32>(s, SLOT_TRANSFORM) * iu + load<f32>(s, SLOT_TRANSFORM + 4) * iv + load<f32>(s, SLOT_TRANSFORM + 8));
  const v = finiteCoordinate(load<f32>(s, SLOT_TRANSFORM + 12) * iu + load<f32>(s, SLOT_TRANSFORM + 16) * iv + load<f32>(s, SLOT_TRANSFORM + 20));
  planPoint(texture, u, v, flags);
  endPlan();
  plannedSlot = 0;
  const c = readTaps(texture);
  return load<i32>(texture, TEXTURE_SRGB) ? decode(c) : c;
}

/** Whether two slots read the same texels. */
// @ts-ignore: decorator
@inline
export function sameTexture(material: usize, a: i32, b: i32): bool {
  const p = material + M_SLOTS + <usize>(a * SLOT_BYTES), q = material + M_SLOTS + <usize>(b * SLOT_BYTES);
  return !v128.any_true(v128.or(
    v128.xor(v128.load(p), v128.load(q)),
    v128.xor(v128.load(p, 16), v128.load(q, 16)),
  ));
}
