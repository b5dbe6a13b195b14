import { ANY_TRIANGLE, FOUND_FLOATS, POINT_FLOATS } from '../../render/bake-points.ts';
import { BF_DISTANCE, BF_OPEN } from '../../render/kernel/layout.ts';
import type { RenderSession } from '../../render/render-session.ts';
import type { BakeSettings } from './bake-texels.ts';
import type { PlacedFrames } from './placed-frames.ts';

/** How far from a corner towards the middle of its triangle occlusion is measured: on the corner itself rays may miss. */
const INSET = 0.1;

/** Share of directions over each vertex that are open: the mean of what is measured beside it in each of its triangles. */
export async function vertexOcclusion(
  { positions, outwards, indices }: PlacedFrames,
  { front, back, rays, reach, seed }: BakeSettings,
  session: RenderSession,
): Promise<Float32Array> {
  const points = new Float32Array(indices.length * POINT_FLOATS);
  for (let i = 0; i < indices.length; i++) {
    const first = i - (i % 3);
    const at = i * POINT_FLOATS;
    for (let k = 0; k < 3; k++) {
      const middle = [0, 1, 2].reduce((sum, corner) => sum + positions[indices[first + corner]! * 3 + k]! / 3, 0);
      points[at + k] = positions[indices[i]! * 3 + k]! * (1 - INSET) + middle * INSET;
      points[at + 4 + k] = outwards[indices[i]! * 3 + k]!;
    }
    points[at + 3] = (Math.imul(i + 1, 0x9e3779b1) ^ seed) >>> 8;
    points[at + 8] = front;
    points[at + 9] = back;
    points.set(ANY_TRIANGLE, at + 10);
  }
  const found = await session.findSurfaces({ points, rays, reach });
  const sums = new Float64Array(positions.length / 3);
  const counts = new Uint32Array(positions.length / 3);
  for (let i = 0; i < indices.length; i++) {
    if (!Number.isFinite(found[i * FOUND_FLOATS + BF_DISTANCE / 4]!)) continue;
    const vertex = indices[i]!;
    sums[vertex] = sums[vertex]! + found[i * FOUND_FLOATS + BF_OPEN / 4]!;
    counts[vertex] = counts[vertex]! + 1;
  }
  return Float32Array.from(sums, (sum, i) => (counts[i]! > 0 ? sum / counts[i]! : 1));
}
