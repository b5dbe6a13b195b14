// Entry of the kernel: every thread calls `run` with the same task; work items are taken from a shared counter, so the
// result depends on neither the number of threads nor their order.

import { runBake } from './bake';
import { buildDfgRow } from './dfg-table';
import { isEnvironmentTask, runEnvironment } from './environment-tasks';
import { isFilmTask, runFilm } from './film-tasks';
import { filterTile, filterWideTile } from './filter-pass';
import { useTaps } from './footprint';
import { findExtremes } from './framing';
import {
  DFG_SIZE, H_BAND_FIRST, H_BAND_ROWS, H_DONE, H_RAYS, H_SHADE_END, H_SHADE_FIRST, HEADER,
  MESH_DEFORMS, TASK_BAKE, TASK_EXTREMES, TASK_FILTER, TASK_FILTER_WIDE, TASK_HEMISPHERE, TASK_MIPMAPS, TASK_PREPARE, TASK_REBUILD,
  TASK_REFIT, TASK_SHADE, TASK_TOP_LEVEL, TASK_VIEW, TASK_VISIBILITY, TILE,
} from './layout';
import { addRange, meshOfRange, rangeInMesh, rangesOfAll } from './mesh-trees';
import { buildMipmaps } from './mipmap';
import { isPathTask, runPath } from './path-tasks';
import { checkRange } from './refit';
import { buildHemisphere } from './sampling';
import { stackOf } from './scratch';
import { shadeTile } from './shade-pass';
import { isSplatTask, runSplats } from './splats';
import { tileColumns, tilesIn } from './tiles';
import { buildTopLevel } from './top-level';
import { raysTraced } from './traverse';
import { workOnTrees } from './tree-work';
import { runView } from './view-pass';
import { visibilityTile } from './visibility-pass';
import { next } from './work';

export { probeBsdf, probeBsdfEvaluate, probeBsdfPoint, probeBsdfSample } from './bsdf/probe';
export {
  probeEmitter, probeEmitterPdf, probeEnvironment, probeEnvironmentPdf, probeEnvironmentSample, probeIrradiance, probeLight, testHitId, testHitT, traceClosest, traceOccluded,
  traceFours, traceRays,
} from './probe';

/** Triangles for the trees of meshes first, then tables that no request changes, then the trees themselves. */
function prepare(thread: i32): void {
  const ranges = rangesOfAll();
  const end = ranges + DFG_SIZE;
  for (let i = next(); i < end; i = next()) {
    if (i < ranges) addRange(meshOfRange(i), rangeInMesh);
    else buildDfgRow(i - ranges, stackOf(thread));
    atomic.add<i32>(HEADER + H_DONE, 1);
  }
  workOnTrees(end, thread);
}

/** Trees of the meshes whose vertices have moved: built anew, or refitted. */
function follow(task: i32, thread: i32): void {
  const ranges = rangesOfAll();
  for (let i = next(); i < ranges; i = next()) {
    const mesh = meshOfRange(i);
    if (load<i32>(mesh, MESH_DEFORMS)) {
      if (task == TASK_REFIT) checkRange(mesh, rangeInMesh);
      else addRange(mesh, rangeInMesh);
    }
    atomic.add<i32>(HEADER + H_DONE, 1);
  }
  workOnTrees(ranges, thread);
}

/** What one thread does for an image before its pixels are drawn. */
function once(task: i32, thread: i32): void {
  if (next() != 0) return;
  if (task == TASK_EXTREMES) findExtremes(thread);
  else buildHemisphere();
}

function tiles(task: i32, thread: i32): void {
  const columns = tileColumns();
  const first = task == TASK_SHADE ? load<i32>(HEADER + H_SHADE_FIRST) : load<i32>(HEADER + H_BAND_FIRST);
  const rows = task == TASK_SHADE ? load<i32>(HEADER + H_SHADE_END) - first : load<i32>(HEADER + H_BAND_ROWS);
  const end = columns * tilesIn(rows), before = raysTraced;
  for (let i = next(); i < end; i = next()) {
    const x = (i % columns) * TILE, y = first + (i / columns) * TILE;
    if (task == TASK_VISIBILITY) visibilityTile(x, y, thread);
    else if (task == TASK_FILTER) filterTile(x, y, thread);
    else if (task == TASK_FILTER_WIDE) filterWideTile(x, y, thread);
    else shadeTile(x, y, thread);
  }
  atomic.add<i32>(HEADER + H_RAYS, raysTraced - before);
}

/** Works on `task` until its items are used up or the host cancels. `thread` counts from 0. */
export function run(task: i32, thread: i32): void {
  useTaps(thread);
  if (task == TASK_PREPARE) prepare(thread);
  else if (task == TASK_REBUILD || task == TASK_REFIT) follow(task, thread);
  else if (task == TASK_MIPMAPS) buildMipmaps();
  else if (task == TASK_TOP_LEVEL) buildTopLevel(thread);
  else if (isEnvironmentTask(task)) runEnvironment(task);
  else if (task == TASK_EXTREMES || task == TASK_HEMISPHERE) once(task, thread);
  else if (task == TASK_VISIBILITY || task == TASK_FILTER || task == TASK_FILTER_WIDE || task == TASK_SHADE) tiles(task, thread);
  else if (isFilmTask(task)) runFilm(task, thread);
  else if (isPathTask(task)) runPath(task, thread);
  else if (isSplatTask(task)) runSplats(task, thread);
  else if (task == TASK_VIEW) runView(thread);
  else if (task == TASK_BAKE) runBake(thread);
}
