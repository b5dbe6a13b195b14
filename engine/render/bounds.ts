import type { Affine } from './matrix.ts';
import type { PartShapes } from './part-shapes.ts';
import type { Normalisation } from './render-space.ts';
import type { Scene } from './scene.ts';
import type { SceneMotion } from './scene-motion.ts';
import { splatBounds } from './splats.ts';

/** Moments of a clip, evenly spread, whose bounds are taken: its steps between them are small. */
const MOMENTS = 13;

/**
 * The normalisation of all that is finite; undefined where nothing is. What moves counts at moments of its whole clip, so
 * that render space, and with it the ground, is the same in all frames.
 */
export function normalisationOf(scene: Scene, shapes: PartShapes, motion: SceneMotion | undefined) {
  const bounds = new Bounds();
  const include = (moves: boolean) => {
    for (const mesh of scene.meshes) {
      if (mesh.copies ? (mesh.copies[0]?.motion === 'rigid') !== moves : mesh.deforms !== moves) continue;
      for (const part of mesh.parts) {
        const positions = (mesh.deforms ? shapes.update(part) : shapes.of(part))?.positions;
        if (!positions) continue;
        if (!mesh.copies) bounds.include(positions);
        else {
          const corners = boxCorners(positions);
          for (const { transform } of mesh.copies) bounds.include(moved(corners, transform));
        }
      }
    }
    for (const cloud of scene.splats) {
      if ((cloud.draw.motion !== 'still') === moves) bounds.include(splatBounds(cloud));
    }
  };
  include(false);
  for (let i = 0; motion && i < MOMENTS; i++) {
    motion.pose((motion.seconds * i) / (MOMENTS - 1));
    include(true);
  }
  return bounds.normalisation();
}

class Bounds {
  readonly #lo = [Infinity, Infinity, Infinity];
  readonly #hi = [-Infinity, -Infinity, -Infinity];

  /** Infinity and values whose squares overflow single precision do not count; NaN fails every comparison. */
  include(positions: Float64Array): void {
    for (let axis = 0; axis < 3; axis++) {
      let a = this.#lo[axis]!;
      let b = this.#hi[axis]!;
      for (let i = axis; i < positions.length; i += 3) {
        const x = positions[i]!;
        if (x < a && x > -1e30) a = x;
        if (x > b && x < 1e30) b = x;
      }
      this.#lo[axis] = a;
      this.#hi[axis] = b;
    }
  }

  normalisation(): Normalisation | undefined {
    const lo = this.#lo;
    const hi = this.#hi;
    if (!lo.every((value, axis) => value <= hi[axis]!)) return undefined;
    const size = [0, 1, 2].map((i) => hi[i]! - lo[i]!) as [number, number, number];
    const radius = Math.sqrt(size[0] ** 2 + size[1] ** 2 + size[2] ** 2) / 2;
    const scale = radius > 0 ? 1 / radius : 1;
    return {
      scale,
      half: size.map((length) => (length / 2) * scale) as [number, number, number],
      center: [0, 1, 2].map((i) => (lo[i]! + hi[i]!) / 2) as [number, number, number],
    };
  }
}

/** The corners of the bounds of `positions`: enough to bound a copy, whatever its vertices. */
function boxCorners(positions: Float64Array): Float64Array {
  const lo = [Infinity, Infinity, Infinity];
  const hi = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const x = positions[i]!;
    if (x < lo[i % 3]! && x > -1e30) lo[i % 3] = x;
    if (x > hi[i % 3]! && x < 1e30) hi[i % 3] = x;
  }
  const corners = new Float64Array(24);
  for (let i = 0; i < 24; i++) {
    const axis = i % 3;
    corners[i] = Math.floor(i / 3) & (1 << axis) ? hi[axis]! : lo[axis]!;
  }
  return corners;
}

function moved(points: Float64Array, m: Affine): Float64Array {
  const out = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i]!;
    const y = points[i + 1]!;
    const z = points[i + 2]!;
    out[i] = m[0]! * x + m[1]! * y + m[2]! * z + m[3]!;
    out[i + 1] = m[4]! * x + m[5]! * y + m[6]! * z + m[7]!;
    out[i + 2] = m[8]! * x + m[9]! * y + m[10]! * z + m[11]!;
  }
  return out;
}
