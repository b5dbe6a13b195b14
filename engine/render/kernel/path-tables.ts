// Tables that the `path` integrator needs whatever the scene.

import { buildAlbedoRow } from './bsdf/albedo-tables';
import { BSDF_TABLE_SIZE, FILTER_TABLE_OFFSET, FILTER_TABLE_SIZE, H_PATH_TABLES, HEADER } from './layout';

/** Parts that the tables are built in, each by itself. */
export const PATH_TABLE_PARTS: i32 = BSDF_TABLE_SIZE + 1;

/** Full width of the pixel filter, in pixels. */
const FILTER_WIDTH: f32 = 1.5;
const STEPS: i32 = 4096;

/** The Blackman-Harris window over [−½, ½] (Harris 1978). */
function window(x: f32): f32 {
  const t = <f32>6.28318531 * (x + <f32>0.5);
  return <f32>0.35875 - <f32>0.48829 * Mathf.cos(t) + <f32>0.14128 * Mathf.cos(<f32>2 * t) - <f32>0.01168 * Mathf.cos(<f32>3 * t);
}

/** Offsets in pixels at equal steps of the filter's distribution, so that samples are spread as the filter weighs. */
function buildFilterTable(): void {
  const table = <usize>load<u32>(HEADER + H_PATH_TABLES) + FILTER_TABLE_OFFSET;
  let total: f32 = 0;
  for (let i = 0; i < STEPS; i++) total += window((<f32>i + <f32>0.5) / <f32>STEPS - <f32>0.5);
  let sum: f32 = 0;
  let next = 0;
  for (let i = 0; i < STEPS; i++) {
    const w = window((<f32>i + <f32>0.5) / <f32>STEPS - <f32>0.5);
    while (next <= FILTER_TABLE_SIZE && sum + w >= total * <f32>next / <f32>FILTER_TABLE_SIZE) {
      const inside = w > 0 ? (total * <f32>next / <f32>FILTER_TABLE_SIZE - sum) / w : 0;
      store<f32>(table + (<usize>next << 2), ((<f32>i + inside) / <f32>STEPS - <f32>0.5) * FILTER_WIDTH);
      next++;
    }
    sum += w;
  }
  for (; next <= FILTER_TABLE_SIZE; next++) store<f32>(table + (<usize>next << 2), <f32>0.5 * FILTER_WIDTH);
}

/** Offset from the pixel's middle for a number in [0, 1). */
export function filterOffset(u: f32): f32 {
  const x = u * <f32>FILTER_TABLE_SIZE;
  const i = <i32>x;
  const p = <usize>load<u32>(HEADER + H_PATH_TABLES) + FILTER_TABLE_OFFSET + (<usize>i << 2);
  const a = load<f32>(p);
  return a + (load<f32>(p, 4) - a) * (x - <f32>i);
}

/** Builds part `part` of `PATH_TABLE_PARTS`. */
export function buildPathTables(part: i32, scratch: usize): void {
  if (part < BSDF_TABLE_SIZE) buildAlbedoRow(part, scratch);
  else buildFilterTable();
}
