// Tasks of the `path` integrator.

import { buildGlassRow } from './bsdf/albedo-tables';
import {
  GLASS_TABLE_ROUGHNESSES, H_CANCEL, H_HEIGHT, H_PATH_ACTIVE, H_PATH_ACTIVE_COUNT, H_PATH_COUNT, H_PATH_FIRST,
  H_PATH_TILE_COUNT, H_PATH_TILES, H_RAYS, H_WIDTH, HEADER, TASK_GLASS_TABLE, TASK_PATH_CONVERGENCE, TASK_PATH_POOL,
  TASK_PATH_TABLES, TILE,
} from './layout';
import { measureConvergence } from './path-convergence';
import { tracePixel } from './path-film';
import { drawPool, POOL_PARTS } from './path-pool';
import { buildPathTables, PATH_TABLE_PARTS } from './path-tables';
import { stackOf } from './scratch';
import { filterByChance } from './texture';
import { tileColumns } from './tiles';
import { raysTraced } from './traverse';
import { next } from './work';

/** Whether the task is one of the integrator's. */
export function isPathTask(task: i32): bool {
  return task >= TASK_PATH_TABLES && task <= TASK_GLASS_TABLE;
}

function traceTile(tile: i32, stack: usize): void {
  const width = load<i32>(HEADER + H_WIDTH);
  const columns = tileColumns();
  const x0 = (tile % columns) * TILE, y0 = (tile / columns) * TILE;
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, load<i32>(HEADER + H_HEIGHT));
  const active = <usize>load<u32>(HEADER + H_PATH_ACTIVE);
  const first = load<u32>(HEADER + H_PATH_FIRST), count = load<u32>(HEADER + H_PATH_COUNT);
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      if (!load<u8>(active + <usize>(y * width + x))) continue;
      // A pixel may take long: the host must not wait for the tile.
      if (atomic.load<i32>(HEADER + H_CANCEL)) return;
      tracePixel(stack, x, y, first, count);
    }
  }
}

/** Works on `task` until its items are used up. */
export function runPath(task: i32, thread: i32): void {
  if (task == TASK_PATH_TABLES) {
    for (let i = next(); i < PATH_TABLE_PARTS; i = next()) buildPathTables(i, stackOf(thread));
    return;
  }
  if (task == TASK_GLASS_TABLE) {
    for (let i = next(); i < GLASS_TABLE_ROUGHNESSES; i = next()) buildGlassRow(i, stackOf(thread));
    return;
  }
  if (task == TASK_PATH_POOL) {
    for (let i = next(); i < POOL_PARTS; i = next()) drawPool(i);
    return;
  }
  if (task == TASK_PATH_CONVERGENCE) {
    const end = load<i32>(HEADER + H_HEIGHT);
    for (let i = next(); i < end; i = next()) atomic.add<i32>(HEADER + H_PATH_ACTIVE_COUNT, measureConvergence(i));
    return;
  }
  filterByChance(true);
  const before = raysTraced;
  const end = load<i32>(HEADER + H_PATH_TILE_COUNT), tiles = <usize>load<u32>(HEADER + H_PATH_TILES);
  for (let i = next(); i < end; i = next()) traceTile(load<i32>(tiles + (<usize>i << 2)), stackOf(thread));
  filterByChance(false);
  atomic.add<i32>(HEADER + H_RAYS, raysTraced - before);
}
