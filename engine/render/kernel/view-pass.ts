// What a small picture shows of surfaces, for judging views: depth, normal, and which triangle and material it is.

import { pinholeRay, rayDirection, rayLength, rayOrigin, rayPlane } from './camera';
import { H_HEIGHT, H_VIEW_PIXELS, H_WIDTH, HEADER, VIEW_PIXEL_BYTES } from './layout';
import { stackOf } from './scratch';
import { loadSurface, materialIndex, normal } from './surface';
import { closest, hitId, hitInstance, hitT } from './traverse';
import { packNormal, X, Y, Z } from './vec';
import { next } from './work';

/** Works on the rows of the picture. */
export function runView(thread: i32): void {
  const stack = stackOf(thread);
  const width = load<i32>(HEADER + H_WIDTH), height = load<i32>(HEADER + H_HEIGHT);
  const zero = f32x4.splat(0);
  for (let y = next(); y < height; y = next()) {
    for (let x = 0; x < width; x++) {
      const at = <usize>load<u32>(HEADER + H_VIEW_PIXELS) + <usize>(y * width + x) * VIEW_PIXEL_BYTES;
      pinholeRay(<f32>x + 0.5, <f32>y + 0.5);
      const o = rayOrigin, d = rayDirection;
      if (!closest(stack, X(o), Y(o), Z(o), X(d), Y(d), Z(d), 0, 1e30)) {
        store<f32>(at, Infinity);
        continue;
      }
      const t = hitT, id = hitId ^ <u32>hitInstance * 0x9e3779b1;
      loadSurface(o, d, rayPlane, zero, zero, false);
      store<f32>(at, t / rayLength);
      store<u32>(at, packNormal(normal), 4);
      store<u32>(at, id, 8);
      store<u32>(at, materialIndex, 12);
    }
  }
}
