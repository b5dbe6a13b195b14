// Gaussian splats: projected, sorted by distance, listed by tile, and laid over the picture from front to back (Kerbl et al.,
// "3D Gaussian splatting for real-time radiance field rendering", 2023).

import {
  H_SPLAT_COUNT, HEADER, TASK_SPLAT_BIN, TASK_SPLAT_DRAW, TASK_SPLAT_PROJECT, TASK_SPLAT_SORT, TILE,
} from './layout';
import { stackOf } from './scratch';
import { drawSplatTile } from './splat-draw';
import { projectChunk } from './splat-project';
import { binSplats, sortSplats } from './splat-sort';
import { tileColumns, tileRows } from './tiles';
import { next } from './work';

/** Splats that one item of work projects. */
const CHUNK: i32 = 4096;

/** Whether the task is one of the splats'. */
export function isSplatTask(task: i32): bool {
  return task >= TASK_SPLAT_PROJECT && task <= TASK_SPLAT_DRAW;
}

/** Works on a task of splats until nothing of it is left. */
export function runSplats(task: i32, thread: i32): void {
  if (task == TASK_SPLAT_SORT || task == TASK_SPLAT_BIN) {
    if (next() != 0) return;
    if (task == TASK_SPLAT_SORT) sortSplats();
    else binSplats();
    return;
  }
  const count = load<i32>(HEADER + H_SPLAT_COUNT);
  const columns = tileColumns(), rows = tileRows();
  const end = task == TASK_SPLAT_PROJECT ? (count + CHUNK - 1) / CHUNK : columns * rows;
  for (let i = next(); i < end; i = next()) {
    if (task == TASK_SPLAT_PROJECT) projectChunk(i * CHUNK, min((i + 1) * CHUNK, count));
    else drawSplatTile(i, (i % columns) * TILE, (i / columns) * TILE, stackOf(thread));
  }
}
