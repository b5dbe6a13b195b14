// First pass: what each pixel's centre sees, and the occlusion there.

import { MAX_LAYERS, MIN_THROUGH, past } from './layers';
import {
  G_OCCLUSION, H_BAND_FIRST, H_BAND_ROWS, H_GROUND, H_LIGHT_COUNT, H_WIDTH, HEADER, HIT_GROUND, ID_POROUS, M_FLAGS,
  MF_MASK, TILE,
} from './layout';
import { materialAt, triangleAt } from './records';
import { stackOf } from './scratch';
import { X, Y, Z, packNormal, vec4 } from './vec';
import { closestFour, FOUR_BYTES, recallRay } from './traverse-four';
import { closestFrom, restoreHit, hitT, hitId, hitU, hitV, hitBlock, hitLane, hitInstance } from './traverse';
import { loadSurface, position, geometric, normal } from './surface';
import { traceLights } from './lights';
import { GROUND_MATERIAL, groundT, loadGroundHit, meetsGround } from './ground';
import { opacityAt } from './material';
import { traceOcclusion, traced } from './occlusion';
import { all, lit, open as openShare, PLACES_BYTES, setPlace, traceOcclusionOfFour } from './occlusion-four';
import { pinholeRay, rayDirection, rayLength, rayOrigin, rayPlane } from './camera';
import { setPinholeRays } from './camera-four';
import { hitAt, MIXED, openTileAt, pixelAt, POROUS, SIGNATURE, storePixel, tracedAt } from './gbuffer';
import { patternOf } from './sampling';
import { bends } from './through';
import { tileIsEmpty, viewTile } from './tile-view';

// @ts-ignore: decorator
@inline
function materialOf(id: u32): u32 {
  return load<u32>(triangleAt(id), 12);
}

/** Where the rays that are traced four at a time lie, in scratch memory behind the traversal stack. */
const FOURS: usize = 8192;
/** Places of a block's pixels in each quarter of the tile, and of which quarters occlusion is wanted. */
const PLACES: usize = FOURS + 3 * FOUR_BYTES;
const WANTED: usize = PLACES + 8 * PLACES_BYTES;

// What the last ray of `look` met.
let seenLayers: u32 = 0;
let seenPorous: bool = false;
let seenFine: bool = false;
// The hit to be shown: the first that stops at least half of the light.
let shownHit: bool = false;
let shownT: f32 = 0, shownU: f32 = 0, shownV: f32 = 0;
let shownGround: bool = false;
let shownId: u32 = 0, shownBlock: usize = 0, shownLane: i32 = 0, shownInstance: i32 = 0;

/** Makes the last hit the one to be shown. */
// @ts-ignore: decorator
@inline
function showHit(): void {
  shownHit = true;
  shownT = hitT;
  shownU = hitU;
  shownV = hitV;
  shownId = hitId;
  shownBlock = hitBlock;
  shownLane = hitLane;
  shownInstance = hitInstance;
}

/** Whether a porous material may show something finer than pixels, whatever the rays through their middles meet. */
function isFine(material: usize): bool {
  return (load<u32>(material, M_FLAGS) & MF_MASK) != 0 || bends(material);
}

/**
 * Follows the ray through an image position, number `k` of the four whose nearest hits are known, through all that is porous. The sequence of
 * materials becomes a signature: where it is the same in neighbouring pixels, they look through the same things.
 */
function look(root: u32, stack: usize, four: usize, k: i32, x: f32, y: f32): void {
  let tMin: f32 = 0, through: f32 = 1;
  shownHit = false;
  shownGround = false;
  seenPorous = false;
  seenFine = false;
  seenLayers = 0;
  let met = recallRay(four, k);
  if (met && !(hitId & ID_POROUS)) {
    seenLayers = materialOf(hitId) + 1;
    showHit();
    return;
  }
  if (!met && !load<i32>(HEADER + H_GROUND)) return;
  pinholeRay(x, y);
  const origin = rayOrigin, ray = rayDirection;
  const ox = X(origin), oy = Y(origin), oz = Z(origin);
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    if (layer > 0) met = closestFrom(root, stack, ox, oy, oz, X(ray), Y(ray), Z(ray), tMin, 1e30);
    if (!met) {
      if (meetsGround(origin, ray)) {
        seenLayers = seenPorous ? (seenLayers ^ GROUND_MATERIAL) * 0x9e3779b1 + 1 : GROUND_MATERIAL;
        if (!shownHit) {
          shownHit = true;
          shownGround = true;
          shownT = groundT;
        }
      }
      break;
    }
    const material = materialOf(hitId) + 1;
    const porous = (hitId & ID_POROUS) != 0;
    const stops = porous ? opacityAt(hitId, hitU, hitV) : <f32>1;
    seenPorous = seenPorous || porous;
    seenFine = seenFine || (porous && isFine(materialAt(material - 1)));
    seenLayers = seenPorous ? (seenLayers ^ material) * 0x9e3779b1 + 1 : material;
    if (!shownHit && stops >= <f32>0.5) showHit();
    through *= <f32>1 - stops;
    if (through < MIN_THROUGH) break;
    tMin = past(hitT);
  }
}

/** Stores the hit to be shown, so that shading need not trace it again. */
function storeHit(hit: usize): void {
  store<f32>(hit, shownT);
  store<f32>(hit, shownU, 4);
  store<f32>(hit, shownV, 8);
  store<u32>(hit, shownGround ? HIT_GROUND : shownId, 12);
  store<u32>(hit, <u32>shownBlock | <u32>shownLane, 16);
  store<i32>(hit, shownInstance, 20);
}

/** Loads what is shown, and stores where it is. */
function storePixelOf(stack: usize, g: usize, origin: v128, ray: v128, plane: v128, length: f32, surface: u32): void {
  const zero = f32x4.splat(0);
  if (shownGround) {
    meetsGround(origin, ray);
    loadGroundHit(origin, ray);
  } else {
    restoreHit(shownT, shownU, shownV, shownId, shownBlock, shownLane, shownInstance);
    loadSurface(origin, ray, plane, zero, zero, false);
  }
  // Pixels on both sides of a shadow's edge count as different surfaces.
  if (load<i32>(HEADER + H_LIGHT_COUNT) && !shownGround) {
    surface = (surface & ~SIGNATURE) | ((surface ^ (traceLights(stack) * 0x9e3779b1)) & SIGNATURE);
  }
  storePixel(g, shownT / length, packNormal(normal), surface);
}

/** A tile in which nothing is seen. */
function clearTile(x0: i32, y0: i32, x1: i32, y1: i32): void {
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const g = pixelAt(x, y);
      storePixel(g, Infinity, 0, 0);
      store<u32>(g, 0xffffffff, G_OCCLUSION);
    }
  }
  store<u8>(openTileAt(x0, y0), 1);
}

/** Columns and rows of pixels whose rays are traced together. */
const BLOCK_COLUMNS: i32 = 4;
const BLOCK_ROWS: i32 = 2;
/** Side of a quarter of a tile. */
const QUARTER: i32 = TILE / 2;

/**
 * Whether a pixel has one more ray: in every other one it finds things thinner than a pixel. Where it disagrees, shading
 * takes all of the pixel's samples, in the neighbours too.
 */
// @ts-ignore: decorator
@inline
function isChecked(x: i32, y: i32): bool {
  return ((x ^ y) & 1) == 0;
}

// Where in a pixel the ray runs that checks it.
// @ts-ignore: decorator
@inline
function checkX(x: i32): f32 {
  return <f32>x + (x & 1 ? <f32>0.9 : <f32>0.1);
}
// @ts-ignore: decorator
@inline
function checkY(x: i32, y: i32): f32 {
  return <f32>y + (x & 1 ? <f32>0.3 : <f32>0.7);
}

/** First surface at each pixel's centre that stops at least half of the light, and the occlusion there. */
export function visibilityTile(x0: i32, y0: i32, thread: i32): void {
  const stack = stackOf(thread);
  const x1 = min(x0 + TILE, load<i32>(HEADER + H_WIDTH));
  const y1 = min(y0 + TILE, load<i32>(HEADER + H_BAND_FIRST) + load<i32>(HEADER + H_BAND_ROWS));
  const root = viewTile(<f32>x0, <f32>y0, <f32>x1, <f32>y1, thread);
  if (tileIsEmpty && !load<i32>(HEADER + H_GROUND)) {
    clearTile(x0, y0, x1, y1);
    return;
  }
  let open = true;
  for (let y = y0; y < y0 + QUARTER; y += BLOCK_ROWS) {
    for (let x = x0; x < x0 + QUARTER; x += BLOCK_COLUMNS) open = blocksAreOpen(x, y, x1, y1, root, stack) && open;
  }
  store<u8>(openTileAt(x0, y0), open ? 1 : 0);
}

/**
 * Does all that for a block of pixels and those as far on in the tile's other quarters, as far as they lie within x1 and
 * y1; whether nothing blocks any light there. Their pixels take the same patterns of occlusion rays.
 */
function blocksAreOpen(x0: i32, y0: i32, x1: i32, y1: i32, root: u32, stack: usize): bool {
  let open = true;
  for (let k = 0; k < BLOCK_COLUMNS * BLOCK_ROWS; k++) store<u32>(stack + WANTED + (<usize>k << 2), 0);
  for (let quarter = 0; quarter < 4; quarter++) {
    const x = x0 + (quarter & 1 ? QUARTER : 0), y = y0 + (quarter & 2 ? QUARTER : 0);
    if (x < x1 && y < y1) open = blockIsOpen(x, y, x1, y1, root, stack, quarter) && open;
  }
  for (let k = 0; k < BLOCK_COLUMNS * BLOCK_ROWS; k++) {
    const mask = load<u32>(stack + WANTED + (<usize>k << 2));
    if (!mask) continue;
    const x = x0 + k % BLOCK_COLUMNS, y = y0 + k / BLOCK_COLUMNS;
    traceOcclusionOfFour(stack, stack + PLACES + <usize>k * PLACES_BYTES, mask, patternOf(x, y), stack + FOURS);
    const low = v128.shuffle<i32>(lit, all, 0, 4, 1, 5), high = v128.shuffle<i32>(lit, all, 2, 6, 3, 7);
    if (mask & 1) v128.store(tracedAt(x, y), v128.shuffle<i32>(low, openShare, 0, 1, 4, 4));
    if (mask & 2) v128.store(tracedAt(x + QUARTER, y), v128.shuffle<i32>(low, openShare, 2, 3, 5, 5));
    if (mask & 4) v128.store(tracedAt(x, y + QUARTER), v128.shuffle<i32>(high, openShare, 0, 1, 6, 6));
    if (mask & 8) v128.store(tracedAt(x + QUARTER, y + QUARTER), v128.shuffle<i32>(high, openShare, 2, 3, 7, 7));
    const all4 = v128.and(f32x4.eq(lit, all), f32x4.eq(openShare, f32x4.splat(1)));
    open = open && (i32x4.bitmask(all4) & mask) == mask;
  }
  return open;
}

/** The same for one block, in a quarter of the tile; places whose occlusion is still to be traced are kept. */
function blockIsOpen(x0: i32, y0: i32, x1: i32, y1: i32, root: u32, stack: usize, quarter: i32): bool {
  const left = stack + FOURS, right = left + FOUR_BYTES, checks = right + FOUR_BYTES;
  const x = <f32>x0 + <f32>0.5, y = <f32>y0 + <f32>0.5;
  const middles = vec4(y, y, y + 1, y + 1);
  setPinholeRays(left, vec4(x, x + 1, x, x + 1), middles);
  setPinholeRays(right, vec4(x + 2, x + 3, x + 2, x + 3), middles);
  // Those that are checked, in the same order.
  const upper = x0 + (y0 & 1), lower = x0 + 1 - (y0 & 1);
  setPinholeRays(
    checks, vec4(checkX(upper), checkX(upper + 2), checkX(lower), checkX(lower + 2)),
    vec4(checkY(upper, y0), checkY(upper, y0), checkY(lower, y0 + 1), checkY(lower, y0 + 1)),
  );
  closestFour(root, stack, left);
  closestFour(root, stack, right);
  closestFour(root, stack, checks);
  let open = true;
  let check = 0;
  for (let y = y0; y < y0 + BLOCK_ROWS; y++) {
    for (let x = x0; x < x0 + BLOCK_COLUMNS; x++) {
      const checked = isChecked(x, y);
      const checking = check;
      if (checked) check++;
      if (x >= x1 || y >= y1) continue;
      const g = pixelAt(x, y);
      let alsoLayers: u32 = 0, alsoHit = false, alsoT: f32 = 0;
      if (checked) {
        look(root, stack, checks, checking, checkX(x), checkY(x, y));
        alsoLayers = seenLayers;
        alsoHit = shownHit;
        alsoT = shownT;
      }
      look(root, stack, x & 2 ? right : left, (y - y0) << 1 | x & 1, <f32>x + <f32>0.5, <f32>y + <f32>0.5);
      // What two rays cannot tell: the edges of masks, and what glass bends.
      const mixed: u32 = seenFine || (checked && (alsoHit != shownHit || alsoLayers != seenLayers
        || (shownHit && abs<f32>(alsoT - shownT) > shownT * <f32>0.01))) ? MIXED : 0;
      const surface = (seenLayers & SIGNATURE) | (seenPorous ? POROUS : 0) | mixed;
      if (!shownHit) {
        storePixel(g, Infinity, 0, surface);
        store<u32>(g, 0xffffffff, G_OCCLUSION);
        continue;
      }
      pinholeRay(<f32>x + <f32>0.5, <f32>y + <f32>0.5);
      storePixelOf(stack, g, rayOrigin, rayDirection, rayPlane, rayLength, surface);
      storeHit(hitAt(x, y));
      if (!shownGround) {
        const k = <usize>((y - y0) * BLOCK_COLUMNS + x - x0);
        setPlace(stack + PLACES + k * PLACES_BYTES, quarter, position, normal, geometric);
        store<u32>(stack + WANTED + (k << 2), load<u32>(stack + WANTED + (k << 2)) | 1 << quarter);
        continue;
      }
      // The ground shows nothing but its shadow, so that noise shows most there.
      traceOcclusion(stack, position, normal, geometric, patternOf(x, y) << 2, 4);
      v128.store(tracedAt(x, y), traced);
      open = open && X(traced) == Y(traced) && Z(traced) == 1;
    }
  }
  return open;
}
