// Entry of the kernel: every thread calls `run` with the same task; work items are taken from a shared counter, so the
// result depends on neither the number of threads nor their order.

import { buildDfgRow } from './brdf';
import { buildEmitterTree, listEmitters, measureEmitters } from './emitters';
import { buildEnvironmentTable, ENVIRONMENT_TABLE_PARTS } from './environment-sampling';
import { findExtremes } from './framing';
import { buildMesh, buildTop } from './bvh-build';
import {
  DFG_SIZE, H_BAND_FIRST, H_BAND_ROWS, H_CANCEL, H_DONE, H_HAS_TOP, H_INSTANCE_COUNT, H_INSTANCES, H_MESH_COUNT,
  H_MESHES, H_NEXT, H_NODES, H_ROOT, H_SHADE_END, H_SHADE_FIRST, H_TEXTURE_COUNT, H_TEXTURES, H_TOP_NODE,
  H_TOP_REFS, H_WIDTH, HEADER, INSTANCE_BYTES, INSTANCE_MESH, INSTANCE_ROOT, INSTANCE_TO_WORLD, MESH_BYTES,
  MESH_ROOT, MESH_TRIANGLES_USED, NODE_BYTES, TASK_EMITTER_LIST, TASK_EMITTER_POWER, TASK_EMITTER_TREE, TASK_ENVIRONMENT_TABLE, TASK_EXTREMES, TASK_FILTER, TASK_FILTER_WIDE, TASK_HEMISPHERE,
  TASK_MIPMAPS, TASK_PREPARE, TASK_SHADE, TASK_TOP_LEVEL,
  TASK_VISIBILITY, TEXTURE_BYTES, TILE,
} from './layout';
import { buildMipmaps, buildSrgbTable } from './mipmap';
import { buildHemisphere } from './sampling';
import { visibilityTile } from './visibility-pass';
import { next } from './work';
import { isFilmTask, runFilm } from './film-tasks';
import { filterTile, filterWideTile } from './filter-pass';
import { shadeTile } from './shade-pass';

export {
  probeEmitter, probeEmitterPdf, probeEnvironment, probeEnvironmentPdf, probeEnvironmentSample, probeLight, testHitId, testHitT, traceClosest, traceOccluded,
} from './probe';

/** Trees of meshes first, since they take longest, then tables that no request changes. */
function prepare(thread: i32): void {
  const meshes = load<i32>(HEADER + H_MESH_COUNT);
  const end = meshes + DFG_SIZE + 1;
  for (let i = next(); i < end; i = next()) {
    if (i < meshes) buildMesh(<usize>load<u32>(HEADER + H_MESHES) + <usize>i * MESH_BYTES, thread);
    else if (i < end - 1) buildDfgRow(i - meshes);
    else buildSrgbTable();
    atomic.add<i32>(HEADER + H_DONE, 1);
  }
}

/** Half-size levels of all textures. */
function mipmaps(): void {
  const end = load<i32>(HEADER + H_TEXTURE_COUNT);
  for (let i = next(); i < end; i = next()) {
    buildMipmaps(<usize>load<u32>(HEADER + H_TEXTURES) + <usize>i * TEXTURE_BYTES);
    atomic.add<i32>(HEADER + H_DONE, 1);
  }
}

/** What shines: all threads measure, one lists and one builds the tree. */
function emitters(task: i32): void {
  if (task == TASK_EMITTER_POWER) {
    for (let i = next(); i < i32.MAX_VALUE; i = next()) if (!measureEmitters(i)) return;
  } else if (next() == 0) {
    if (task == TASK_EMITTER_LIST) listEmitters();
    else buildEmitterTree();
  }
}

/** The table for sampling the environment. */
function environmentTable(): void {
  for (let i = next(); i < ENVIRONMENT_TABLE_PARTS; i = next()) {
    buildEnvironmentTable(i);
    atomic.add<i32>(HEADER + H_DONE, 1);
  }
}

/** The tree over the instances (one thread; it needs the meshes). */
function topLevel(thread: i32): void {
  if (next() != 0) return;
  const meshes = <usize>load<u32>(HEADER + H_MESHES), instances = <usize>load<u32>(HEADER + H_INSTANCES);
  const count = load<i32>(HEADER + H_INSTANCE_COUNT), refs = <usize>load<u32>(HEADER + H_TOP_REFS);
  if (!load<i32>(HEADER + H_HAS_TOP)) {
    store<u32>(HEADER + H_ROOT, load<u32>(meshes, MESH_ROOT));
    return;
  }
  const nodes = <usize>load<u32>(HEADER + H_NODES);
  let used = 0;
  for (let i = 0; i < count; i++) {
    const instance = instances + <usize>i * INSTANCE_BYTES;
    const mesh = meshes + <usize>load<u32>(instance, INSTANCE_MESH) * MESH_BYTES;
    const root = load<u32>(mesh, MESH_ROOT);
    store<u32>(instance, root, INSTANCE_ROOT);
    if (load<i32>(mesh, MESH_TRIANGLES_USED) == 0) continue;
    const node = nodes + <usize>root * NODE_BYTES;
    // Bounds of the mesh: of the up to four boxes in its root.
    let lo = f32x4.splat(Infinity), hi = f32x4.splat(-Infinity);
    for (let axis: usize = 0; axis < 3; axis++) {
      let a: f32 = Infinity, b: f32 = -Infinity;
      for (let k: usize = 0; k < 4; k++) {
        a = min<f32>(a, load<f32>(node + (axis << 4) + (k << 2)));
        b = max<f32>(b, load<f32>(node + (axis << 4) + (k << 2), 48));
      }
      lo = axis == 0 ? f32x4.replace_lane(lo, 0, a) : axis == 1 ? f32x4.replace_lane(lo, 1, a) : f32x4.replace_lane(lo, 2, a);
      hi = axis == 0 ? f32x4.replace_lane(hi, 0, b) : axis == 1 ? f32x4.replace_lane(hi, 1, b) : f32x4.replace_lane(hi, 2, b);
    }
    const r = refs + (<usize>used << 5);
    // Box of the transformed box, axis by axis (Arvo 1990), a little larger so that rounding loses no hit.
    for (let axis: usize = 0; axis < 3; axis++) {
      const m = instance + INSTANCE_TO_WORLD + (axis << 4);
      let a = load<f32>(m, 12), b = a;
      for (let k = 0; k < 3; k++) {
        const f = load<f32>(m + (<usize>k << 2));
        const l = f * (k == 0 ? f32x4.extract_lane(lo, 0) : k == 1 ? f32x4.extract_lane(lo, 1) : f32x4.extract_lane(lo, 2));
        const h = f * (k == 0 ? f32x4.extract_lane(hi, 0) : k == 1 ? f32x4.extract_lane(hi, 1) : f32x4.extract_lane(hi, 2));
        a += min<f32>(l, h);
        b += max<f32>(l, h);
      }
      const pad = (b - a) * <f32>1e-5 + <f32>1e-6;
      store<f32>(r + (axis << 2), a - pad);
      store<f32>(r + (axis << 2), b + pad, 16);
    }
    store<i32>(r, i, 12);
    store<i32>(r, 0, 28);
    used++;
  }
  store<u32>(HEADER + H_ROOT, buildTop(refs, used, load<i32>(HEADER + H_TOP_NODE), thread));
  atomic.add<i32>(HEADER + H_DONE, 1);
}

/** What one thread does for an image before its pixels are drawn. */
function once(task: i32): void {
  if (next() != 0) return;
  if (task == TASK_EXTREMES) findExtremes();
  else buildHemisphere();
  atomic.add<i32>(HEADER + H_DONE, 1);
}

function tiles(task: i32, thread: i32): void {
  const columns = (load<i32>(HEADER + H_WIDTH) + TILE - 1) / TILE;
  const first = task == TASK_SHADE ? load<i32>(HEADER + H_SHADE_FIRST) : load<i32>(HEADER + H_BAND_FIRST);
  const rows = task == TASK_SHADE ? load<i32>(HEADER + H_SHADE_END) - first : load<i32>(HEADER + H_BAND_ROWS);
  const end = columns * ((rows + TILE - 1) / TILE);
  for (let i = next(); i < end; i = next()) {
    const x = (i % columns) * TILE, y = first + (i / columns) * TILE;
    if (task == TASK_VISIBILITY) visibilityTile(x, y, thread);
    else if (task == TASK_FILTER) filterTile(x, y, thread);
    else if (task == TASK_FILTER_WIDE) filterWideTile(x, y);
    else shadeTile(x, y, thread);
    atomic.add<i32>(HEADER + H_DONE, 1);
  }
}

/** Works on `task` until its items are used up or the host cancels. `thread` counts from 0. */
export function run(task: i32, thread: i32): void {
  if (task == TASK_PREPARE) prepare(thread);
  else if (task == TASK_MIPMAPS) mipmaps();
  else if (task == TASK_TOP_LEVEL) topLevel(thread);
  else if (task == TASK_ENVIRONMENT_TABLE) environmentTable();
  else if (task >= TASK_EMITTER_LIST && task <= TASK_EMITTER_TREE) emitters(task);
  else if (task == TASK_EXTREMES || task == TASK_HEMISPHERE) once(task);
  else if (task == TASK_VISIBILITY || task == TASK_FILTER || task == TASK_FILTER_WIDE || task == TASK_SHADE) tiles(task, thread);
  else if (isFilmTask(task)) runFilm(task);
}
