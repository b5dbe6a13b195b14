// The surface at a hit: position, normals, texture coordinates and how they change over the footprint of a sample.

import {
  HEADER, H_DISPLAY, ID_ROUND, INSTANCE_IDENTITY, INSTANCE_KIND, INSTANCE_MIRRORED, INSTANCE_TO_MESH,
  INSTANCE_TO_WORLD, MF_VERTEX_COLOR, M_FLAGS, V_COLOR, V_TANGENT, V_UV,
} from './layout';
import { instanceAt, materialAt, triangleAt, vertexAt } from './records';
import { setCoordinates, setDerivatives } from './texture';
import { hitBlock, hitId, hitInstance, hitLane, hitT, hitU, hitV } from './traverse';
import { add, cross, dot, largest, load3, loadLane, madd, normalizeOr, scale, sub, vec3, vec4, X, Y, Z } from './vec';

export let position: v128 = f32x4.splat(0);
/** Unit normal of the triangle and interpolated normal, both on the side of the viewer. */
export let geometric: v128 = f32x4.splat(0);
export let normal: v128 = f32x4.splat(0);
/** Tangent (unit, perpendicular to `normal`) and the sign of the bitangent. */
export let tangent: v128 = f32x4.splat(0);
export let bitangentSign: f32 = 1;
/** How much `normal` turns over the footprint: mean square of its change along both axes, in radians². */
export let curvature: f32 = 0;
/** Vertex colour, linear; of materials that have any (`MF_VERTEX_COLOR`). */
export let color: v128 = f32x4.splat(1);
export let material: usize = 0;
export let materialIndex: u32 = 0;
export let frontFacing: bool = true;
/** For views for quality control: steps of the footprint to the nearest edge, the triangle's area in texture space, and how far a step goes there. */
export let edgeSteps: f32 = 0;
export let uvArea: f32 = 0;
export let uvSteps: f32 = 0;

/** Makes a point of the ground, which faces up, the loaded surface. */
export function loadGround(at: v128, index: u32): void {
  position = at;
  geometric = vec3(0, 1, 0);
  normal = geometric;
  materialIndex = index;
}

/** Makes a flat piece that faces +Z, tangent along +X, the loaded surface: for tests of materials. */
export function loadFlat(index: u32, front: bool): void {
  position = f32x4.splat(0);
  geometric = vec3(0, 0, 1);
  normal = geometric;
  tangent = vec3(1, 0, 0);
  bitangentSign = 1;
  color = f32x4.splat(1);
  frontFacing = front;
  materialIndex = index;
  material = materialAt(index);
  setCoordinates(0, 0, 0, 0);
}

/** Direction (w = 0) under a 3 × 4 transform. */
// @ts-ignore: decorator
@inline
function direction(m: usize, v: v128): v128 {
  return vec3(dot(load3(m), v), dot(load3(m + 16), v), dot(load3(m + 32), v));
}

/** Normal (covector): the transposed inverse, given the inverse. */
// @ts-ignore: decorator
@inline
function covector(m: usize, v: v128): v128 {
  return add(add(scale(load3(m), X(v)), scale(load3(m + 16), Y(v))), scale(load3(m + 32), Z(v)));
}

/** A point of render space in the space of an instance's mesh. */
function fromWorld(instance: usize, p: v128): v128 {
  if (load<i32>(instance, INSTANCE_KIND) == INSTANCE_IDENTITY) return p;
  const m = instance + INSTANCE_TO_MESH;
  return add(direction(m, p), loadLane(m + 12));
}

/** Unit normal along `g`, a cross product of edges; those of tiny ones underflow when they are squared. */
// @ts-ignore: decorator
@inline
function unitNormal(g: v128, fallback: v128): v128 {
  return normalizeOr(scale(g, <f32>1 / max<f32>(largest(f32x4.abs(g)), 1e-37)), fallback);
}

/** Normal of the triangle in a lane of a block, in the space of its mesh and as long as its parallelogram is large. */
// @ts-ignore: decorator
@inline
function faceNormal(lane: usize): v128 {
  return cross(loadLane(lane + 48), loadLane(lane + 96));
}

/** Cosine between the unit direction `ray` and the normal of the triangle of the last hit, either side. */
export function faceCosineAtHit(ray: v128): f32 {
  let g = faceNormal(hitBlock + (<usize>hitLane << 2));
  const instance = instanceAt(hitInstance);
  if (load<i32>(instance, INSTANCE_KIND) != INSTANCE_IDENTITY) g = covector(instance + INSTANCE_TO_MESH, g);
  return abs<f32>(dot(unitNormal(g, ray), ray));
}

/** Whether the unit direction `ray` met the front of the triangle of the last hit. */
export function meetsFront(ray: v128): bool {
  let g = faceNormal(hitBlock + (<usize>hitLane << 2));
  const instance = instanceAt(hitInstance);
  if (load<i32>(instance, INSTANCE_KIND) != INSTANCE_IDENTITY) g = covector(instance + INSTANCE_TO_MESH, g);
  return dot(g, ray) < 0;
}

/** Interpolated unit normal at the last hit, on the side that the triangle faces; changes nothing that is loaded. */
export function smoothNormalAtHit(): v128 {
  const t = triangleAt(hitId);
  const w = <f32>1 - hitU - hitV;
  let n = add(
    add(scale(load3(vertexAt(load<u32>(t))), w), scale(load3(vertexAt(load<u32>(t, 4))), hitU)),
    scale(load3(vertexAt(load<u32>(t, 8))), hitV),
  );
  let g = faceNormal(hitBlock + (<usize>hitLane << 2));
  const instance = instanceAt(hitInstance);
  if (load<i32>(instance, INSTANCE_KIND) != INSTANCE_IDENTITY) {
    n = covector(instance + INSTANCE_TO_MESH, n);
    g = covector(instance + INSTANCE_TO_MESH, g);
  }
  g = unitNormal(g, vec3(0, 1, 0));
  n = normalizeOr(n, g);
  return dot(n, g) < 0 ? scale(n, -1) : n;
}

/**
 * How far the smooth surface, which the vertices' normals tell of, lies before the triangle at the last hit: a ray that
 * grazes it begins there, and so does not end in the facet beside (Hanika, "Hacking the shadow terminator", 2021).
 * `p` is the hit's point; zero where the surface is hollow, and on round things, which have no facets.
 */
export function liftAtHit(p: v128): v128 {
  if (hitId & ID_ROUND) return f32x4.splat(0);
  const t = triangleAt(hitId);
  const instance = instanceAt(hitInstance);
  // Copies of a mesh would need their corners moved; they are seen from afar.
  if (load<i32>(instance, INSTANCE_KIND) != INSTANCE_IDENTITY) return f32x4.splat(0);
  const at = hitBlock + (<usize>hitLane << 2);
  const a = loadLane(at);
  const b = add(a, loadLane(at + 48));
  const c = add(a, loadLane(at + 96));
  const flip: f32 = frontFacing ? 1 : -1;
  let lift = scale(corner(p, a, vertexAt(load<u32>(t)), flip), <f32>1 - hitU - hitV);
  lift = add(lift, scale(corner(p, b, vertexAt(load<u32>(t, 4)), flip), hitU));
  return add(lift, scale(corner(p, c, vertexAt(load<u32>(t, 8)), flip), hitV));
}

/** From `p` to the plane through a corner along its normal, where that lies before it. */
// @ts-ignore: decorator
@inline
function corner(p: v128, at: v128, vertex: usize, flip: f32): v128 {
  const n = scale(load3(vertex), flip);
  return scale(n, max<f32>(-dot(sub(p, at), n), 0));
}

/**
 * Point of the last hit, from its place in the triangle: nearer to the triangle's plane than a point along the ray,
 * so that rays may start close to it. Of round things it is the point along the ray that `loadSurface` found.
 */
export function hitPoint(): v128 {
  if (hitId & ID_ROUND) return position;
  const at = hitBlock + (<usize>hitLane << 2);
  const p = madd(madd(loadLane(at), loadLane(at + 48), hitU), loadLane(at + 96), hitV);
  const instance = instanceAt(hitInstance);
  if (load<i32>(instance, INSTANCE_KIND) == INSTANCE_IDENTITY) return p;
  const m = instance + INSTANCE_TO_WORLD;
  return add(direction(m, p), loadLane(m + 12));
}

/**
 * Loads the surface of the last hit of the ray `origin + t · ray` (unit `ray`). `plane` is the same direction before it
 * was made unit, `right` and `down` its change per sample step: the footprint follows from them.
 */
export function loadSurface(origin: v128, ray: v128, plane: v128, right: v128, down: v128, shading: bool): void {
  const t = triangleAt(hitId);
  const a = vertexAt(load<u32>(t)), b = vertexAt(load<u32>(t, 4)), c = vertexAt(load<u32>(t, 8));
  materialIndex = load<u32>(t, 12);
  material = materialAt(materialIndex);
  const lane = hitBlock + (<usize>hitLane << 2);
  let e1 = loadLane(lane + 48);
  let e2 = loadLane(lane + 96);
  const u = hitU, v = hitV, w = <f32>1 - u - v;
  position = madd(origin, ray, hitT);
  let g = cross(e1, e2);
  const na = load3(a), nb = load3(b), nc = load3(c);
  let n = add(add(scale(na, w), scale(nb, u)), scale(nc, v));
  let tan = f32x4.splat(0);
  bitangentSign = load<f32>(a, V_TANGENT + 12);
  if (bitangentSign != 0) {
    tan = add(add(scale(load3(a + V_TANGENT), w), scale(load3(b + V_TANGENT), u)), scale(load3(c + V_TANGENT), v));
  }
  const instance = instanceAt(hitInstance);
  if (hitId & ID_ROUND) {
    // From the middle of the capsule; it has no edges that texture coordinates could follow.
    g = sub(fromWorld(instance, position), madd(loadLane(lane), e1, u));
    if (dot(n, n) == 0) n = g;
    e1 = f32x4.splat(0);
    e2 = e1;
    bitangentSign = 0;
    tan = e1;
  }
  if (load<i32>(instance, INSTANCE_KIND) != INSTANCE_IDENTITY) {
    e1 = direction(instance + INSTANCE_TO_WORLD, e1);
    e2 = direction(instance + INSTANCE_TO_WORLD, e2);
    tan = direction(instance + INSTANCE_TO_WORLD, tan);
    g = covector(instance + INSTANCE_TO_MESH, g);
    n = covector(instance + INSTANCE_TO_MESH, n);
  }
  g = unitNormal(g, scale(ray, -1));
  n = normalizeOr(n, g);
  frontFacing = dot(g, ray) < 0;
  if (!frontFacing) g = scale(g, -1);
  if (dot(n, g) < 0) n = scale(n, -1);
  geometric = g;
  normal = n;
  if (!shading) return;

  const au = load<f32>(a, V_UV), av = load<f32>(a, V_UV + 4), as = load<f32>(a, V_UV + 8), at = load<f32>(a, V_UV + 12);
  const bu = load<f32>(b, V_UV) - au, bv = load<f32>(b, V_UV + 4) - av, bs = load<f32>(b, V_UV + 8) - as, bt = load<f32>(b, V_UV + 12) - at;
  const cu = load<f32>(c, V_UV) - au, cv = load<f32>(c, V_UV + 4) - av, cs = load<f32>(c, V_UV + 8) - as, ct = load<f32>(c, V_UV + 12) - at;
  setCoordinates(au + bu * u + cu * v, av + bv * u + cv * v, as + bs * u + cs * v, at + bt * u + ct * v);

  // Footprint: where the rays of the neighbouring samples meet this triangle's plane.
  const nd = dot(g, plane);
  const s = hitT / sqrt<f32>(dot(plane, plane));
  const k = abs<f32>(nd) > 1e-12 ? <f32>1 / nd : <f32>1e12;
  const px = scale(sub(right, scale(plane, dot(g, right) * k)), s);
  const py = scale(sub(down, scale(plane, dot(g, down) * k)), s);
  const d11 = dot(e1, e1), d12 = dot(e1, e2), d22 = dot(e2, e2);
  const det = d11 * d22 - d12 * d12;
  const inv = det > 1e-37 ? <f32>1 / det : 0;
  const x1 = dot(px, e1), x2 = dot(px, e2), y1 = dot(py, e1), y2 = dot(py, e2);
  const ux = (x1 * d22 - x2 * d12) * inv, vx = (x2 * d11 - x1 * d12) * inv;
  const uy = (y1 * d22 - y2 * d12) * inv, vy = (y2 * d11 - y1 * d12) * inv;
  if (load<i32>(HEADER + H_DISPLAY)) {
    // Steps of the footprint to the nearest edge: barycentric coordinates over their slopes.
    const du = sqrt<f32>(ux * ux + uy * uy), dv = sqrt<f32>(vx * vx + vy * vy), dw = sqrt<f32>((ux + vx) * (ux + vx) + (uy + vy) * (uy + vy));
    edgeSteps = hitId & ID_ROUND ? Infinity : min<f32>(min<f32>(u / max<f32>(du, 1e-20), v / max<f32>(dv, 1e-20)), w / max<f32>(dw, 1e-20));
    uvArea = bu * cv - cu * bv;
    uvSteps = max<f32>(
      abs<f32>(bu * ux + cu * vx) + abs<f32>(bu * uy + cu * vy), abs<f32>(bv * ux + cv * vx) + abs<f32>(bv * uy + cv * vy),
    );
  }
  // In the mesh's own space: a transform that keeps shapes changes no angle.
  const n1 = sub(nb, na), n2 = sub(nc, na);
  const nx = add(scale(n1, ux), scale(n2, vx)), ny = add(scale(n1, uy), scale(n2, vy));
  curvature = <f32>0.5 * (dot(nx, nx) + dot(ny, ny));
  setDerivatives(0, bu * ux + cu * vx, bv * ux + cv * vx, bu * uy + cu * vy, bv * uy + cv * vy);
  setDerivatives(1, bs * ux + cs * vx, bt * ux + ct * vx, bs * uy + cs * vy, bt * uy + ct * vy);

  if (bitangentSign == 0) {
    // No tangents in the file: along the first coordinate of set 0. Texture rows run downwards, bitangents up.
    const area = bu * cv - cu * bv;
    bitangentSign = area < 0 ? <f32>1 : <f32>-1;
    tan = scale(sub(scale(e1, cv), scale(e2, bv)), -bitangentSign);
  }
  if (load<i32>(instance, INSTANCE_KIND) == INSTANCE_MIRRORED) bitangentSign = -bitangentSign;
  if (!frontFacing) {
    // Seen from behind, the whole bumped normal points the other way.
    tan = scale(tan, -1);
    bitangentSign = -bitangentSign;
  }
  tan = sub(tan, scale(n, dot(n, tan)));
  tangent = normalizeOr(tan, perpendicular(n));

  if (!(load<u32>(material, M_FLAGS) & MF_VERTEX_COLOR)) return;
  const q: f32 = 1.0 / 65535.0;
  color = scale(
    add(
      add(scale(loadColor(a), w), scale(loadColor(b), u)),
      scale(loadColor(c), v),
    ),
    q,
  );
}

// @ts-ignore: decorator
@inline
function loadColor(p: usize): v128 {
  return vec4(<f32>load<u16>(p, V_COLOR), <f32>load<u16>(p, V_COLOR + 2), <f32>load<u16>(p, V_COLOR + 4), <f32>load<u16>(p, V_COLOR + 6));
}

/** Some unit vector perpendicular to a unit vector (Duff et al. 2017). */
export function perpendicular(n: v128): v128 {
  const s: f32 = Z(n) < 0 ? -1 : 1;
  const a = <f32>-1 / (s + Z(n));
  return vec3(1 + s * X(n) * X(n) * a, s * X(n) * Y(n) * a, -s * X(n));
}
