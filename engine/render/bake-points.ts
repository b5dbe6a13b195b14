import type { Primitive } from '@gltf-transform/core';
import { ImageRequest } from '#contracts/render/image-request.ts';
import type { KeptScene } from './kept-scene.ts';
import * as L from './kernel/layout.ts';
import type { KernelCall, KernelMemory } from './kernel-memory.ts';

/** Numbers of a point, and of what is found there; see `kernel/layout/bake.ts`. */
export const POINT_FLOATS = L.BAKE_POINT_BYTES / 4;
export const FOUND_FLOATS = L.BAKE_FOUND_BYTES / 4;

/** What is to be found from points. */
export interface PointQuery {
  /**
   * `POINT_FLOATS` numbers for each point, in the model's space: place, seed, unit direction outwards, side of a texel,
   * how far a surface may lie outwards and inwards, the range of triangles that it is one of (`trianglesOf`).
   */
  points: Float32Array;
  /** Rays over the hemisphere of what is found that tell how open it is; 0: it is open. */
  rays: number;
  /** How far these look, in the model's units. */
  reach: number;
}

/** All triangles, for points that look for any. */
export const ANY_TRIANGLE: readonly [first: number, end: number] = [0, 2 ** 29];

/** What of a scene the request of a picture does not matter for. */
export const PLAIN = ImageRequest.parse({ width: 16, height: 16 });
/** Points that are sent to the kernel at once. */
const BATCH = 65_536;

/**
 * Finds the surface nearest to each point, along its direction, and what its material says there.
 *
 * @returns `FOUND_FLOATS` numbers for each point; distances in the model's units
 */
export async function findSurfaces(
  { points, rays, reach }: PointQuery,
  kept: KeptScene,
  kernel: KernelMemory,
  call: KernelCall,
): Promise<Float32Array> {
  const prepared = await kept.prepare(PLAIN, call);
  const { scale, center } = prepared.normalisation;
  const count = points.length / POINT_FLOATS;
  const size = Math.min(BATCH, count);
  const start = await kept.reserveBehind(prepared, PLAIN, 'points', size * (L.BAKE_POINT_BYTES + L.BAKE_FOUND_BYTES));
  const { memory, header } = kernel.opened;
  const foundAt = start + size * L.BAKE_POINT_BYTES;
  const sent = new Float32Array(memory.buffer, start, size * POINT_FLOATS);
  const whole = new Uint32Array(memory.buffer, start, size * POINT_FLOATS);
  const answers = new Float32Array(memory.buffer, foundAt, size * FOUND_FLOATS);
  header.setAll([
    [L.H_BAKE_POINTS, start],
    [L.H_BAKE_FOUND, foundAt],
    [L.H_BAKE_RAYS, rays],
    [L.H_DISPLAY, 0],
  ]);
  header.setFloats(L.H_BAKE_REACH, Math.min(reach * scale, 1e30));
  const found = new Float32Array(count * FOUND_FLOATS);
  for (let first = 0; first < count; first += size) {
    const batch = Math.min(size, count - first);
    for (let i = 0; i < batch; i++) {
      const from = (first + i) * POINT_FLOATS;
      const to = i * POINT_FLOATS;
      for (let k = 0; k < 3; k++) {
        sent[to + k] = (points[from + k]! - center[k]!) * scale;
        sent[to + 4 + k] = points[from + 4 + k]!;
      }
      whole[to + 3] = points[from + 3]!;
      for (let k = 7; k < 10; k++) sent[to + k] = points[from + k]! * scale;
      for (let k = 10; k < 12; k++) whole[to + k] = points[from + k]!;
    }
    header.set(L.H_BAKE_COUNT, batch);
    await call.run(L.TASK_BAKE);
    found.set(answers.subarray(0, batch * FOUND_FLOATS), first * FOUND_FLOATS);
  }
  for (let i = L.BF_DISTANCE / 4; i < found.length; i += FOUND_FLOATS) found[i] = found[i]! / scale;
  return found;
}

/**
 * The triangles of each primitive in a scene, by their numbers: from the first of any copy of it to the last, which may
 * take in others in between.
 */
export async function trianglesOf(
  kept: KeptScene,
  call: KernelCall,
): Promise<ReadonlyMap<Primitive, [number, number]>> {
  const { scene } = await kept.prepare(PLAIN, call);
  const ranges = new Map<Primitive, [number, number]>();
  let first = 0;
  for (const { parts } of scene.meshes) {
    for (const { source, triangles } of parts) {
      const range = ranges.get(source.primitive);
      if (range) range[1] = first + triangles;
      else ranges.set(source.primitive, [first, first + triangles]);
      first += triangles;
    }
  }
  return ranges;
}
