// The triangles that shine, as lights: a list of them in render space, and over it a tree for choosing one by what it
// sheds on a point (Conty Estevez and Kulla, "Importance sampling of many lights with adaptive tree splitting", 2018).
//
// Nodes have four children. The tree is complete over the emitters in Morton order of their centres: child c of node k
// is node 4k + c of the level below, so that no reference is stored and a probability can be found from leaf to root.

import {
  EMITTER_BYTES, EMITTER_NODE_BYTES, EMITTER_POWER, H_CANCEL, H_EMITTER_CAPACITY, H_EMITTER_COUNT, H_EMITTER_LEAVES,
  H_EMITTER_LEVELS, H_EMITTER_NODES, H_EMITTER_ORDER, H_EMITTERS, H_HAS_TOP, H_INSTANCE_COUNT, HEADER,
  INSTANCE_IDENTITY, INSTANCE_KIND, INSTANCE_MESH, INSTANCE_TO_WORLD, M_EMISSIVE, M_FLAGS, MESH_POSITIONS, MESH_SHINES,
  MESH_TRIANGLE_COUNT, MESH_TRIANGLE_FIRST, MESH_VERTEX_COUNT, MESH_VERTEX_FIRST, MF_DOUBLE_SIDED, MF_EMISSIVE,
  MF_UNLIT, NODE_AXIS, NODE_COSINE, NODE_HIGH, NODE_POWER, SLOT_EMISSIVE, V_UV,
} from './layout';
import { sortPairs } from './radix-sort';
import { instanceAt, materialAt, meshAt, triangleAt, vertexAt } from './records';
import { hasTexture, sample, setCoordinates, setDerivatives } from './texture';
import {
  add, cross, dot, largest, load3, loadLane, luminance, mul, normalizeOr, scale, sub, vec3, X, Y, Z,
} from './vec';

/** Emitters that a thread takes at once when they are measured. */
const EMITTER_CHUNK: i32 = 256;

// @ts-ignore: decorator
@inline
export function emitterAt(index: u32): usize {
  return <usize>load<u32>(HEADER + H_EMITTERS) + <usize>index * EMITTER_BYTES;
}

/** Whether triangles of a material shed light on others. */
// @ts-ignore: decorator
@inline
function shines(material: usize): bool {
  return (load<u32>(material, M_FLAGS) & (MF_EMISSIVE | MF_UNLIT)) == MF_EMISSIVE;
}

/**
 * Lists the triangles that may shine, by instance and then by index, as far as there is room. Those beyond shine all the
 * same: who meets them finds their light, only nobody looks for them.
 */
export function listEmitters(): void {
  const capacity = load<i32>(HEADER + H_EMITTER_CAPACITY);
  const instances = load<i32>(HEADER + H_HAS_TOP) ? load<i32>(HEADER + H_INSTANCE_COUNT) : 1;
  let count = 0;
  for (let i = 0; i < instances && count < capacity; i++) {
    const instance = instanceAt(i);
    const mesh = meshAt(load<u32>(instance, INSTANCE_MESH));
    if (!load<i32>(mesh, MESH_SHINES)) continue;
    if (atomic.load<i32>(HEADER + H_CANCEL)) return;
    const first = load<u32>(mesh, MESH_TRIANGLE_FIRST), end = first + load<u32>(mesh, MESH_TRIANGLE_COUNT);
    for (let t = first; t < end && count < capacity; t++) {
      const material = load<i32>(triangleAt(t), 12);
      if (material < 0 || !shines(materialAt(material))) continue;
      const e = emitterAt(count++);
      store<u32>(e, t, 12);
      store<i32>(e, i, 28);
      store<f32>(e, 0, EMITTER_POWER);
    }
  }
  store<i32>(HEADER + H_EMITTER_COUNT, count);
}

/** A corner in render space. */
function corner(mesh: usize, instance: usize, index: u32): v128 {
  const p = load3(<usize>load<u32>(mesh, MESH_POSITIONS) + <usize>index * 12);
  if (load<i32>(instance, INSTANCE_KIND) == INSTANCE_IDENTITY) return p;
  const m = instance + INSTANCE_TO_WORLD;
  return vec3(
    dot(load3(m), p) + load<f32>(m, 12), dot(load3(m + 16), p) + load<f32>(m, 28), dot(load3(m + 32), p) + load<f32>(m, 44),
  );
}

/** Mean emission over a triangle: of its four quarters, each from a level of the texture as coarse as it is large. */
function meanEmission(material: usize, t: usize): f32 {
  const factor = load3(material + M_EMISSIVE);
  if (!hasTexture(material, SLOT_EMISSIVE)) return luminance(factor);
  const a = vertexAt(load<u32>(t)), b = vertexAt(load<u32>(t, 4)), c = vertexAt(load<u32>(t, 8));
  const p = v128.load(a, V_UV), q = sub(v128.load(b, V_UV), p), r = sub(v128.load(c, V_UV), p);
  const q0 = X(q), q1 = Y(q), q2 = Z(q), q3 = f32x4.extract_lane(q, 3), r0 = X(r), r1 = Y(r), r2 = Z(r), r3 = f32x4.extract_lane(r, 3);
  // A quarter is as large as a rectangle of 0.35 by 0.35 of the edges.
  const k: f32 = 0.35;
  setDerivatives(0, q0 * k, q1 * k, r0 * k, r1 * k);
  setDerivatives(1, q2 * k, q3 * k, r2 * k, r3 * k);
  let sum: f32 = 0;
  for (let i = 0; i < 4; i++) {
    const u: f32 = i == 1 ? <f32>(2.0 / 3.0) : i == 0 ? <f32>(1.0 / 3.0) : <f32>(1.0 / 6.0);
    const v: f32 = i == 2 ? <f32>(2.0 / 3.0) : i == 0 ? <f32>(1.0 / 3.0) : <f32>(1.0 / 6.0);
    const at = add(p, add(scale(q, u), scale(r, v)));
    setCoordinates(X(at), Y(at), Z(at), f32x4.extract_lane(at, 3));
    sum += luminance(mul(factor, sample(material, SLOT_EMISSIVE)));
  }
  return sum * <f32>0.25;
}

/** Places emitter `index` in render space and finds its power: what it sheds on all sides over π. */
function measureEmitter(index: i32): void {
  const e = emitterAt(index);
  const id = load<u32>(e, 12);
  const instance = instanceAt(load<u32>(e, 28));
  const mesh = meshAt(load<u32>(instance, INSTANCE_MESH));
  const t = triangleAt(id);
  const first = load<u32>(mesh, MESH_VERTEX_FIRST), count = load<u32>(mesh, MESH_VERTEX_COUNT);
  const ia = load<u32>(t) - first, ib = load<u32>(t, 4) - first, ic = load<u32>(t, 8) - first;
  if (ia >= count || ib >= count || ic >= count) return;
  const a = corner(mesh, instance, ia), e1 = sub(corner(mesh, instance, ib), a), e2 = sub(corner(mesh, instance, ic), a);
  const n = cross(e1, e2);
  const area = <f32>0.5 * sqrt<f32>(dot(n, n));
  // Also false for what is not finite.
  if (!(area > 1e-18 && area < 1e15)) return;
  const material = materialAt(load<u32>(t, 12));
  const power = area * meanEmission(material, t) * (load<u32>(material, M_FLAGS) & MF_DOUBLE_SIDED ? <f32>2 : <f32>1);
  v128.store(e, f32x4.replace_lane(a, 3, reinterpret<f32>(id)));
  store<f32>(e, X(e1), 16);
  store<f32>(e, Y(e1), 20);
  store<f32>(e, Z(e1), 24);
  store<f32>(e, X(e2), 32);
  store<f32>(e, Y(e2), 36);
  store<f32>(e, Z(e2), 40);
  store<f32>(e, power > 0 && power < 1e30 ? power : 0, EMITTER_POWER);
}

/** Measures one chunk; false when there is none of that index. */
export function measureEmitters(chunk: i32): bool {
  const count = load<i32>(HEADER + H_EMITTER_COUNT);
  const end = min(count, (chunk + 1) * EMITTER_CHUNK);
  for (let i = chunk * EMITTER_CHUNK; i < end; i++) measureEmitter(i);
  return chunk * EMITTER_CHUNK < count;
}

// @ts-ignore: decorator
@inline
function spreadBits(x: u32): u32 {
  x = (x | (x << 16)) & 0x030000ff;
  x = (x | (x << 8)) & 0x0300f00f;
  x = (x | (x << 4)) & 0x030c30c3;
  return (x | (x << 2)) & 0x09249249;
}

/** Bounds, power and cone of normals that a node or an emitter passes on to its parent. */
let low: v128 = f32x4.splat(0);
let high: v128 = f32x4.splat(0);
let power: f32 = 0;
let axis: v128 = f32x4.splat(0);
let cosine: f32 = 1;

function loadEmitter(index: u32): void {
  const e = emitterAt(index);
  const a = load3(e), e1 = load3(e + 16), e2 = load3(e + 32), b = add(a, e1), c = add(a, e2);
  low = f32x4.pmin(f32x4.pmin(a, b), c);
  high = f32x4.pmax(f32x4.pmax(a, b), c);
  power = load<f32>(e, EMITTER_POWER);
  axis = normalizeOr(scale(cross(e1, e2), <f32>1 / max<f32>(<f32>1e-15, sqrt<f32>(dot(e1, e1) * dot(e2, e2)))), vec3(0, 1, 0));
  const material = materialAt(load<u32>(triangleAt(load<u32>(e, 12)), 12));
  cosine = load<u32>(material, M_FLAGS) & MF_DOUBLE_SIDED ? -1 : 1;
}

/** Unites the four children of a node. */
function loadNode(node: usize): void {
  let lo = f32x4.splat(Infinity), hi = f32x4.splat(-Infinity), sum: f32 = 0, mean = f32x4.splat(0);
  for (let k: usize = 0; k < 16; k += 4) {
    const p = load<f32>(node + k, NODE_POWER);
    if (!(p > 0)) continue;
    sum += p;
    lo = f32x4.pmin(lo, loadLane(node + k));
    hi = f32x4.pmax(hi, loadLane(node + k + NODE_HIGH));
    mean = add(mean, scale(loadLane(node + k + NODE_AXIS), p));
  }
  low = lo;
  high = hi;
  power = sum;
  axis = normalizeOr(scale(mean, <f32>1 / max<f32>(sum, 1e-30)), vec3(0, 1, 0));
  // The cone about the mean axis that holds every child's cone.
  let least: f32 = 1;
  for (let k: usize = 0; k < 16; k += 4) {
    if (!(load<f32>(node + k, NODE_POWER) > 0)) continue;
    const c = load<f32>(node + k, NODE_COSINE);
    const a = dot(axis, loadLane(node + k + NODE_AXIS));
    const turned = min<f32>(max<f32>(a, -1), 1);
    // cos(α + β), and −1 where the angles together pass π.
    const together = turned < -c ? <f32>-1 : turned * c - sqrt<f32>((1 - turned * turned) * (1 - c * c));
    least = min<f32>(least, together);
  }
  cosine = max<f32>(least, -1);
}

function storeChild(node: usize, child: i32, filled: bool): void {
  const lane = node + (<usize>child << 2);
  for (let k: usize = 0; k < 3; k++) {
    store<f32>(lane + (k << 4), filled ? (k == 0 ? X(low) : k == 1 ? Y(low) : Z(low)) : 0);
    store<f32>(lane + (k << 4), filled ? (k == 0 ? X(high) : k == 1 ? Y(high) : Z(high)) : 0, NODE_HIGH);
    store<f32>(lane + (k << 4), filled ? (k == 0 ? X(axis) : k == 1 ? Y(axis) : Z(axis)) : 0, NODE_AXIS);
  }
  store<f32>(lane, filled ? power : 0, NODE_POWER);
  store<f32>(lane, filled ? cosine : 1, NODE_COSINE);
}

/** First node of a level; level 0 lies above the emitters. */
// @ts-ignore: decorator
@inline
export function emitterLevelAt(level: i32): usize {
  const nodes = <usize>load<u32>(HEADER + H_EMITTER_NODES);
  return nodes + 64 + <usize>load<u32>(nodes + (<usize>level << 2)) * EMITTER_NODE_BYTES;
}

/** Orders the emitters that shine and builds the tree over them; one thread. */
export function buildEmitterTree(): void {
  const count = load<i32>(HEADER + H_EMITTER_COUNT);
  const order = <usize>load<u32>(HEADER + H_EMITTER_ORDER), leaves = <usize>load<u32>(HEADER + H_EMITTER_LEAVES);
  let lo = f32x4.splat(Infinity), hi = f32x4.splat(-Infinity);
  for (let i = 0; i < count; i++) {
    if (!(load<f32>(emitterAt(i), EMITTER_POWER) > 0)) continue;
    loadEmitter(i);
    lo = f32x4.pmin(lo, low);
    hi = f32x4.pmax(hi, high);
  }
  // Keys go where the nodes will be: a node takes more than the four pairs of its children, twice.
  const nodes = <usize>load<u32>(HEADER + H_EMITTER_NODES);
  const pairs = nodes + 1024 + 64, spare = pairs + (<usize>count << 3);
  const size = sub(hi, lo);
  const k = <f32>1023 / max<f32>(largest(size), 1e-20);
  let used = 0;
  for (let i = 0; i < count; i++) {
    store<i32>(leaves + (<usize>i << 2), -1);
    if (!(load<f32>(emitterAt(i), EMITTER_POWER) > 0)) continue;
    loadEmitter(i);
    const c = scale(sub(scale(add(low, high), 0.5), lo), k);
    const key = spreadBits(<u32>X(c)) | (spreadBits(<u32>Y(c)) << 1) | (spreadBits(<u32>Z(c)) << 2);
    store<u32>(pairs + (<usize>used << 3), key);
    store<i32>(pairs + (<usize>used << 3), i, 4);
    used++;
  }
  sortPairs(pairs, spare, nodes + 64, used);
  for (let i = 0; i < used; i++) {
    const index = load<u32>(pairs + (<usize>i << 3), 4);
    store<u32>(order + (<usize>i << 2), index);
    store<i32>(leaves + (<usize>index << 2), i);
  }
  let below = used, levels = 0, first = 0;
  while (below > 0) {
    const here = (below + 3) >> 2;
    store<u32>(nodes + (<usize>levels << 2), first);
    const at = emitterLevelAt(levels);
    for (let i = 0; i < here; i++) {
      for (let c = 0; c < 4; c++) {
        const child = (i << 2) + c;
        if (child < below) {
          if (levels == 0) loadEmitter(load<u32>(order + (<usize>child << 2)));
          else loadNode(emitterLevelAt(levels - 1) + <usize>child * EMITTER_NODE_BYTES);
        }
        storeChild(at + <usize>i * EMITTER_NODE_BYTES, c, child < below);
      }
    }
    first += here;
    levels++;
    if (here == 1) break;
    below = here;
  }
  store<i32>(HEADER + H_EMITTER_LEVELS, levels);
}
