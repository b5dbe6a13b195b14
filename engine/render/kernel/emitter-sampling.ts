// Choice of a point on the triangles that shine, for next-event estimation, and the density of that choice for
// directions that were found otherwise.

import { emitterAt, emitterLevelAt } from './emitters';
import {
  EMITTER_NODE_BYTES, H_EMITTER_COUNT, H_EMITTER_LEAVES, H_EMITTER_LEVELS, H_EMITTER_ORDER, HEADER, ID_INDEX,
  M_EMISSIVE, M_FLAGS, MF_DOUBLE_SIDED, NODE_AXIS, NODE_COSINE, NODE_HIGH, NODE_POWER, SLOT_EMISSIVE,
} from './layout';
import { coordinatesAt, opacityAt } from './material';
import { materialAt, triangleAt } from './records';
import { hasTexture, sampleAt } from './texture';
import { hitId, hitInstance, hitT } from './traverse';
import { add, cross, dot, load3, mul, scale, sub, X, Y, Z } from './vec';

/** The point chosen last, the unit normal of its triangle on the side of the receiver, and the way to it. */
export let emitterPoint: v128 = f32x4.splat(0);
export let emitterNormal: v128 = f32x4.splat(0);
export let emitterDirection: v128 = f32x4.splat(0);
export let emitterDistance: f32 = 0;
/** Radiance that leaves it towards the receiver, and the density of its direction by solid angle. */
export let emitterRadiance: v128 = f32x4.splat(0);
export let emitterPdf: f32 = 0;

/** cos(max(0, α − β)) of four pairs, from cosines and sines. */
// @ts-ignore: decorator
@inline
function cosineLess(cosA: v128, sinA: v128, cosB: v128, sinB: v128): v128 {
  return v128.bitselect(
    f32x4.splat(1),
    f32x4.add(f32x4.mul(cosA, cosB), f32x4.mul(sinA, sinB)),
    f32x4.gt(cosA, cosB),
  );
}

// @ts-ignore: decorator
@inline
function sine(cosine: v128): v128 {
  return f32x4.sqrt(f32x4.pmax(f32x4.sub(f32x4.splat(1), f32x4.mul(cosine, cosine)), f32x4.splat(0)));
}

/** What the four children of a node can shed on a point at most, by power, distance and direction. */
function importances(node: usize, x: v128, y: v128, z: v128): v128 {
  const half = f32x4.splat(0.5), one = f32x4.splat(1), zero = f32x4.splat(0);
  const lx = v128.load(node), ly = v128.load(node, 16), lz = v128.load(node, 32);
  const hx = v128.load(node, NODE_HIGH), hy = v128.load(node, NODE_HIGH + 16), hz = v128.load(node, NODE_HIGH + 32);
  const rx = f32x4.mul(f32x4.sub(hx, lx), half), ry = f32x4.mul(f32x4.sub(hy, ly), half), rz = f32x4.mul(f32x4.sub(hz, lz), half);
  const dx = f32x4.sub(f32x4.sub(x, lx), rx), dy = f32x4.sub(f32x4.sub(y, ly), ry), dz = f32x4.sub(f32x4.sub(z, lz), rz);
  const r2 = f32x4.add(f32x4.add(f32x4.mul(rx, rx), f32x4.mul(ry, ry)), f32x4.mul(rz, rz));
  const d2 = f32x4.add(f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy)), f32x4.mul(dz, dz));
  const far = f32x4.pmax(f32x4.pmax(d2, r2), f32x4.splat(1e-14));
  const along = f32x4.add(
    f32x4.add(f32x4.mul(dx, v128.load(node, NODE_AXIS)), f32x4.mul(dy, v128.load(node, NODE_AXIS + 16))),
    f32x4.mul(dz, v128.load(node, NODE_AXIS + 32)),
  );
  const cosine = f32x4.pmax(f32x4.pmin(f32x4.div(along, f32x4.sqrt(far)), one), f32x4.splat(-1));
  const spread = v128.load(node, NODE_COSINE);
  const toCone = cosineLess(cosine, sine(cosine), spread, sine(spread));
  // The bounds are seen within a cone about their middle.
  const sin2 = f32x4.pmin(f32x4.div(r2, far), one), seen = f32x4.sqrt(f32x4.sub(one, sin2));
  let least = cosineLess(toCone, sine(toCone), seen, f32x4.sqrt(sin2));
  least = v128.bitselect(one, least, f32x4.le(d2, r2));
  return f32x4.div(f32x4.mul(v128.load(node, NODE_POWER), f32x4.pmax(least, zero)), far);
}

/** Light that triangle `id` gives off at barycentric (u, v), where it stops light that passes: linear RGB. */
function emissionAt(id: u32, u: f32, v: f32): v128 {
  const t = triangleAt(id);
  const material = materialAt(load<u32>(t, 12));
  let light = load3(material + M_EMISSIVE);
  if (hasTexture(material, SLOT_EMISSIVE)) light = mul(light, sampleAt(material, SLOT_EMISSIVE, coordinatesAt(t, u, v)));
  // Paths pass it by alpha alone: what lets light through shines in full where they meet it.
  return scale(light, opacityAt(id, u, v, false));
}

/**
 * Chooses a point on what shines for a point (u, v, w) of [0, 1)³, in about the proportion of what it sheds on `at`, and
 * fills the `emitter…` globals. False where there is none, or where it shows its dark side.
 */
export function sampleEmissive(u: f32, v: f32, w: f32, at: v128): bool {
  const levels = load<i32>(HEADER + H_EMITTER_LEVELS);
  if (levels == 0) return false;
  const x = f32x4.splat(X(at)), y = f32x4.splat(Y(at)), z = f32x4.splat(Z(at));
  let node: u32 = 0;
  let probability: f32 = 1;
  for (let level = levels - 1; level >= 0; level--) {
    const q = importances(emitterLevelAt(level) + <usize>node * EMITTER_NODE_BYTES, x, y, z);
    const q0 = f32x4.extract_lane(q, 0), q1 = f32x4.extract_lane(q, 1), q2 = f32x4.extract_lane(q, 2), q3 = f32x4.extract_lane(q, 3);
    const total = (q0 + q1) + (q2 + q3);
    if (!(total > 0)) return false;
    let rest = u * total;
    let child: u32 = 0, chosen = q0;
    if (rest >= q0 && q1 + q2 + q3 > 0) {
      rest -= q0;
      child = 1;
      chosen = q1;
      if (rest >= q1 && q2 + q3 > 0) {
        rest -= q1;
        child = 2;
        chosen = q2;
        if (rest >= q2 && q3 > 0) {
          rest -= q2;
          child = 3;
          chosen = q3;
        }
      }
    }
    if (!(chosen > 0)) return false;
    u = min<f32>(max<f32>(rest / chosen, 0), 0.99999994);
    probability *= chosen / total;
    node = (node << 2) + child;
  }
  const e = emitterAt(load<u32>(<usize>load<u32>(HEADER + H_EMITTER_ORDER) + (<usize>node << 2)));
  const e1 = load3(e + 16), e2 = load3(e + 32);
  const s = sqrt<f32>(v), b1 = s * (1 - w), b2 = s * w;
  emitterPoint = add(load3(e), add(scale(e1, b1), scale(e2, b2)));
  const n = cross(e1, e2);
  const twice = sqrt<f32>(dot(n, n));
  const way = sub(emitterPoint, at);
  const d2 = dot(way, way);
  if (!(d2 > 1e-20)) return false;
  emitterDistance = sqrt<f32>(d2);
  emitterDirection = scale(way, <f32>1 / emitterDistance);
  const facing = -dot(n, emitterDirection) / twice;
  const id = load<u32>(e, 12);
  if (!(facing > 0) && !(load<u32>(materialAt(load<u32>(triangleAt(id), 12)), M_FLAGS) & MF_DOUBLE_SIDED)) return false;
  const cosine = abs<f32>(facing);
  if (!(cosine > 1e-6)) return false;
  emitterNormal = scale(n, (facing > 0 ? <f32>1 : <f32>-1) / twice);
  emitterPdf = probability * d2 / (<f32>0.5 * twice * cosine);
  emitterRadiance = emissionAt(id, b1, b2);
  return true;
}

/** Index of the emitter that is triangle `id` of an instance, or −1. They are listed in this order. */
function findEmitter(id: u32, instance: u32): i32 {
  let low = 0, high = load<i32>(HEADER + H_EMITTER_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    const e = emitterAt(middle);
    const i = load<u32>(e, 28), t = load<u32>(e, 12);
    if (i < instance || (i == instance && t < id)) low = middle + 1;
    else high = middle;
  }
  if (low == load<i32>(HEADER + H_EMITTER_COUNT)) return -1;
  const e = emitterAt(low);
  return load<u32>(e, 28) == instance && load<u32>(e, 12) == id ? low : -1;
}

/**
 * Density by solid angle with which `sampleEmissive` at `from` gives the direction of the last hit: of a ray from there
 * along the unit direction `ray`. 0 for what it never gives.
 */
export function emissivePdf(from: v128, ray: v128): f32 {
  const levels = load<i32>(HEADER + H_EMITTER_LEVELS);
  if (levels == 0) return 0;
  const index = findEmitter(hitId & ID_INDEX, hitInstance);
  if (index < 0) return 0;
  let node = load<i32>(<usize>load<u32>(HEADER + H_EMITTER_LEAVES) + (<usize>index << 2));
  if (node < 0) return 0;
  const x = f32x4.splat(X(from)), y = f32x4.splat(Y(from)), z = f32x4.splat(Z(from));
  let probability: f32 = 1;
  for (let level = 0; level < levels; level++) {
    const child = node & 3;
    node >>= 2;
    const q = importances(emitterLevelAt(level) + <usize>node * EMITTER_NODE_BYTES, x, y, z);
    const q0 = f32x4.extract_lane(q, 0), q1 = f32x4.extract_lane(q, 1), q2 = f32x4.extract_lane(q, 2), q3 = f32x4.extract_lane(q, 3);
    const total = (q0 + q1) + (q2 + q3);
    if (!(total > 0)) return 0;
    probability *= (child == 0 ? q0 : child == 1 ? q1 : child == 2 ? q2 : q3) / total;
  }
  const e = emitterAt(index);
  const n = cross(load3(e + 16), load3(e + 32));
  const twice = sqrt<f32>(dot(n, n));
  const facing = abs<f32>(dot(n, ray)) / twice;
  return facing > 1e-6 ? probability * hitT * hitT / (<f32>0.5 * twice * facing) : 0;
}
