// Which pixels beside an edge it really crosses. Of the pixels along an edge about half only lie next to it. A straight
// edge that crosses a pixel has one of its corners on the other side, so that rays through the corners, which neighbours
// share, spare the others all of their samples.

import { pinholeRay, rayDirection, rayLength, rayOrigin, rayPlane } from './camera';
import { setPinholeRays } from './camera-four';
import { alike, interiorAt, pixelAt, SIGNATURE } from './gbuffer';
import { GROUND_MATERIAL } from './ground';
import {
  G_NORMAL, G_SURFACE, ID_POROUS, PIXEL_BESIDE, PIXEL_CORNERS_SHIFT, PIXEL_EDGE, PIXEL_EMPTY, PIXEL_INTERIOR, TILE,
} from './layout';
import { loadSurface, materialIndex, normal } from './surface';
import { hitId, hitT } from './traverse';
import { closestFour, FOUR_BYTES, recallRay } from './traverse-four';
import { unpackNormal, vec4 } from './vec';

/** Corners of a tile's pixels along one side. */
const SIDE: i32 = TILE + 1;
// In scratch memory behind the traversal stack: of each corner the normal of what is seen there, with its depth as the
// fourth lane, and its signature as pixels have it; then four rays and the corners that they go through.
const NORMALS: usize = 8192;
const SIGNATURES: usize = NORMALS + (SIDE * SIDE << 4);
const FOUR: usize = (SIGNATURES + (SIDE * SIDE << 2) + 15) & ~15;
const CORNERS: usize = FOUR + FOUR_BYTES;

// In place of a signature, which is smaller: nobody asks for the corner, somebody does, it shows something porous.
const UNASKED: u32 = 0xffffffff;
const ASKED: u32 = 0xfffffffe;
const OTHER: u32 = 0xfffffffd;

// @ts-ignore: decorator
@inline
function signatureAt(stack: usize, corner: i32): usize {
  return stack + SIGNATURES + (<usize>corner << 2);
}

/** Corner `k`, rows first, of the pixel in a column and row of the tile. */
// @ts-ignore: decorator
@inline
function cornerOf(column: i32, row: i32, k: i32): i32 {
  return (row + (k >> 1)) * SIDE + column + (k & 1);
}

/** Settles the need of all pixels of the tile that are `PIXEL_BESIDE`. Its rays begin at the node `root`. */
export function settleTile(x0: i32, y0: i32, x1: i32, y1: i32, root: u32, stack: usize): void {
  let any = false;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const need = <i32>load<u8>(interiorAt(x, y));
      if ((need & PIXEL_BESIDE) != PIXEL_BESIDE) continue;
      if (!any) memory.fill(signatureAt(stack, 0), 0xff, <usize>(SIDE * SIDE << 2));
      any = true;
      for (let corners = need >> PIXEL_CORNERS_SHIFT; corners; corners &= corners - 1) {
        store<u32>(signatureAt(stack, cornerOf(x - x0, y - y0, ctz(corners))), ASKED);
      }
    }
  }
  if (!any) return;
  let count = 0;
  for (let corner = 0; corner < SIDE * SIDE; corner++) {
    if (load<u32>(signatureAt(stack, corner)) != ASKED) continue;
    store<i32>(stack + CORNERS + (<usize>count << 2), corner);
    if (++count == 4) {
      traceCorners(x0, y0, count, root, stack);
      count = 0;
    }
  }
  if (count) traceCorners(x0, y0, count, root, stack);
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const need = <i32>load<u8>(interiorAt(x, y));
      if ((need & PIXEL_BESIDE) != PIXEL_BESIDE) continue;
      store<u8>(interiorAt(x, y), <u8>needOf(x, y, x0, y0, need >> PIXEL_CORNERS_SHIFT, stack));
    }
  }
}

/** Traces the rays through the corners that are listed, and stores what they show. */
function traceCorners(x0: i32, y0: i32, count: i32, root: u32, stack: usize): void {
  const last = count - 1;
  const a = listed(stack, 0), b = listed(stack, min(1, last)), c = listed(stack, min(2, last)), d = listed(stack, last);
  setPinholeRays(
    stack + FOUR, vec4(<f32>(x0 + a % SIDE), <f32>(x0 + b % SIDE), <f32>(x0 + c % SIDE), <f32>(x0 + d % SIDE)),
    vec4(<f32>(y0 + a / SIDE), <f32>(y0 + b / SIDE), <f32>(y0 + c / SIDE), <f32>(y0 + d / SIDE)),
  );
  closestFour(root, stack, stack + FOUR);
  const zero = f32x4.splat(0);
  for (let k = 0; k < count; k++) {
    const corner = listed(stack, k);
    let signature: u32 = 0;
    if (recallRay(stack + FOUR, k)) {
      signature = OTHER;
      if (!(hitId & ID_POROUS)) {
        pinholeRay(<f32>(x0 + corner % SIDE), <f32>(y0 + corner / SIDE));
        loadSurface(rayOrigin, rayDirection, rayPlane, zero, zero, false);
        signature = (materialIndex + 1) & SIGNATURE;
        v128.store(stack + NORMALS + (<usize>corner << 4), f32x4.replace_lane(normal, 3, hitT / rayLength));
      }
    }
    store<u32>(signatureAt(stack, corner), signature);
  }
}

// @ts-ignore: decorator
@inline
function listed(stack: usize, k: i32): i32 {
  return load<i32>(stack + CORNERS + (<usize>k << 2));
}

/** What a pixel needs, now that its corners are known. */
function needOf(x: i32, y: i32, x0: i32, y0: i32, corners: i32, stack: usize): i32 {
  const g = pixelAt(x, y), depth = load<f32>(g), surface = load<u32>(g, G_SURFACE);
  // Rays that meet nothing but the ground have met nothing yet.
  const signature = surface == GROUND_MATERIAL ? 0 : surface;
  const n = f32x4.replace_lane(unpackNormal(load<u32>(g, G_NORMAL)), 3, depth);
  for (; corners; corners &= corners - 1) {
    const corner = cornerOf(x - x0, y - y0, ctz(corners));
    if (load<u32>(signatureAt(stack, corner)) != signature) return PIXEL_EDGE;
    if (signature && !alike(n, v128.load(stack + NORMALS + (<usize>corner << 4)))) return PIXEL_EDGE;
  }
  return surface ? PIXEL_INTERIOR : PIXEL_EMPTY;
}
