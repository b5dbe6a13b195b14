// First pass: what each pixel's centre sees, and the occlusion there.

import { HEADER, H_WIDTH, H_BAND_FIRST, H_BAND_ROWS, H_RAYS, TILE, G_OCCLUSION, ID_POROUS } from './layout';
import { X, Y, Z, scale, dot, packNormal } from './vec';
import { closest, restoreHit, hitT, hitId, hitU, hitV, hitBlock, hitLane, hitInstance } from './traverse';
import { loadSurface, position, geometric, normal, materialIndex } from './surface';
import { opacityAt, triangleAt } from './material';
import { traceOcclusion, litShare, openShare } from './occlusion';
import { cameraOrigin, planeDirection } from './camera';
import { pixelAt, packShares, storePixel, stackOf, MAX_LAYERS, STEP, POROUS, MIXED } from './gbuffer';
import { patternOf } from './sampling';

// @ts-ignore: decorator
@inline
function materialOf(id: u32): u32 {
  return load<u32>(triangleAt(id), 12);
}

/** First surface at each pixel's centre that stops at least half of the light, and the occlusion there. */
export function visibilityTile(x0: i32, y0: i32, thread: i32): void {
  const stack = stackOf(thread);
  const x1 = min(x0 + TILE, load<i32>(HEADER + H_WIDTH));
  const y1 = min(y0 + TILE, load<i32>(HEADER + H_BAND_FIRST) + load<i32>(HEADER + H_BAND_ROWS));
  const origin = cameraOrigin();
  const ox = X(origin), oy = Y(origin), oz = Z(origin);
  const zero = f32x4.splat(0);
  let rays = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const plane = planeDirection(<f32>x + <f32>0.5, <f32>y + <f32>0.5);
      const length = sqrt<f32>(dot(plane, plane));
      const ray = scale(plane, <f32>1 / length);
      const g = pixelAt(x, y);
      let tMin: f32 = 0, porous: u32 = 0, hit = false;
      for (let layer = 0; layer < MAX_LAYERS; layer++) {
        rays++;
        hit = closest(stack, ox, oy, oz, X(ray), Y(ray), Z(ray), tMin, 1e30);
        if (!hit || !(hitId & ID_POROUS)) break;
        porous = POROUS;
        if (opacityAt(hitId, hitU, hitV) >= 0.5) break;
        tMin = hitT * (1 + STEP) + STEP;
        hit = false;
      }
      // One more ray, on alternating sides, finds things thinner than a pixel; where it disagrees, shading takes all of
      // its samples.
      let mixed: u32 = 0;
      const centerT = hitT, centerU = hitU, centerV = hitV, centerId = hitId, centerBlock = hitBlock, centerLane = hitLane, centerInstance = hitInstance;
      {
        rays++;
        const odd = ((x ^ y) & 1) != 0;
        const p = planeDirection(<f32>x + (odd ? <f32>0.85 : <f32>0.15), <f32>y + (odd ? <f32>0.3 : <f32>0.7));
        const d = scale(p, <f32>1 / sqrt<f32>(dot(p, p)));
        const also = closest(stack, ox, oy, oz, X(d), Y(d), Z(d), 0, 1e30);
        if (also != hit || (also && (materialOf(hitId) != materialOf(centerId) || abs<f32>(hitT - centerT) > centerT * <f32>0.01))) mixed = MIXED;
        if (also && (hitId & ID_POROUS)) mixed = MIXED;
      }
      restoreHit(centerT, centerU, centerV, centerId, centerBlock, centerLane, centerInstance);
      if (!hit) {
        storePixel(g, Infinity, 0, porous | mixed);
        store<u32>(g, 0xffffffff, G_OCCLUSION);
        continue;
      }
      const depth = hitT / length;
      loadSurface(origin, ray, plane, zero, zero, false);
      storePixel(g, depth, packNormal(normal), (materialIndex + 1) | porous | mixed);
      rays += traceOcclusion(stack, position, normal, geometric, patternOf(x, y), 1);
      store<u32>(g, packShares(litShare, openShare), G_OCCLUSION);
    }
  }
  atomic.add<i32>(HEADER + H_RAYS, rays);
}
