import type { Primitive } from '@gltf-transform/core';
import { PassThroughProperty } from '../formats/gltf/pass-through.ts';
import { SPLATS } from '../formats/splat/splat-primitive.ts';
import { floatsOf } from './accessor-floats.ts';
import type { CameraAxes, Extremes, Frame } from './camera.ts';
import type { Draw } from './draws.ts';
import * as L from './kernel/layout.ts';
import { type Affine, determinant, invert, multiply } from './matrix.ts';
import { cbrt } from './portable-math.ts';
import { type Normalisation, toRenderTransform } from './render-space.ts';
import { coefficientCount, type SplatPlan } from './splat-plan.ts';

/** Highest degree of harmonics that glTF has a place for. */
const MOST_DEGREE = 3;
/** Splats fainter than this do not count for bounds and framing. */
const FAINT = 0.1;
/** Of so many splats at least, the outermost two hundredth along each axis are taken for stray ones. */
const STRAY_FROM = 2_000;
const STRAY_SHARE = 0.005;
/** Most splats whose places are sorted for this. */
const SAMPLED = 20_000;
/** Standard deviations of a splat that are framed. */
const FRAMED = 1.5;

/** One cloud of Gaussian splats at one place. */
export interface SplatCloudDraw {
  primitive: Primitive;
  draw: Draw;
  count: number;
  /** Degree of its spherical harmonics, 0 to 3. */
  degree: number;
  /** Its colours are linear light, not what displays show. */
  linear: boolean;
}

/** The cloud that a primitive is at a place; undefined where what it needs is missing. */
export function splatCloudOf(primitive: Primitive, draw: Draw): SplatCloudDraw | undefined {
  const kept = primitive.getExtension<PassThroughProperty>(SPLATS);
  const count = primitive.getAttribute('POSITION')?.getCount() ?? 0;
  const has = (name: string, size: number) => {
    const accessor = primitive.getAttribute(`${SPLATS}:${name}`);
    return accessor !== null && accessor.getCount() >= count && accessor.getElementSize() === size;
  };
  if (count === 0 || !has('ROTATION', 4) || !has('SCALE', 3) || !has('OPACITY', 1)) return undefined;
  if (!has('SH_DEGREE_0_COEF_0', 3)) return undefined;
  let degree = 0;
  const complete = (d: number) => Array.from({ length: 2 * d + 1 }, (_, i) => has(`SH_DEGREE_${d}_COEF_${i}`, 3));
  while (degree < MOST_DEGREE && complete(degree + 1).every(Boolean)) degree++;
  const colorSpace = kept instanceof PassThroughProperty ? kept.getValue().colorSpace : undefined;
  return { primitive, draw, count, degree, linear: typeof colorSpace === 'string' && colorSpace.startsWith('lin_') };
}

/** Writes clouds of splats where their draws are, in render space. */
export function writeSplats(
  memory: WebAssembly.Memory,
  plan: SplatPlan,
  clouds: readonly SplatCloudDraw[],
  normalisation: Normalisation,
): void {
  const f32 = new Float32Array(memory.buffer);
  const view = new DataView(memory.buffer);
  const toRender = toRenderTransform(normalisation);
  let first = 0;
  let harmonics = plan.harmonics;
  clouds.forEach((cloud, g) => {
    const m = multiply(toRender, cloud.draw.transform);
    const group = plan.groups + g * L.SPLAT_GROUP_BYTES;
    [first, cloud.count, cloud.degree, cloud.linear ? 1 : 0, harmonics].forEach((value, i) => {
      view.setUint32(group + i * 4, value, true);
    });
    turnOf(m).forEach((value, i) => {
      view.setFloat32(group + 20 + i * 4, value, true);
    });
    writeShapes(f32, (plan.splats + first * L.SPLAT_BYTES) >>> 2, cloud, m);
    const size = coefficientCount(cloud.degree) * 3;
    for (let k = 0; k < size / 3; k++) {
      const degree = Math.floor(Math.sqrt(k));
      const values = attribute(cloud.primitive, `SH_DEGREE_${degree}_COEF_${k - degree * degree}`);
      for (let i = 0, o = (harmonics >>> 2) + k * 3; i < cloud.count * 3; i += 3, o += size) {
        f32[o] = values[i]!;
        f32[o + 1] = values[i + 1]!;
        f32[o + 2] = values[i + 2]!;
      }
    }
    first += cloud.count;
    harmonics += cloud.count * size * 4;
  });
}

function attribute(primitive: Primitive, name: string): Float32Array {
  const accessor = primitive.getAttribute(`${SPLATS}:${name}`);
  return accessor ? floatsOf(accessor) : new Float32Array(0);
}

/** The turn of directions from render space into the space of a cloud, whatever the scale. */
function turnOf(m: Affine): Float64Array {
  const inverse = invert(m);
  const size = cbrt(Math.abs(determinant(m)));
  return Float64Array.from([0, 1, 2, 4, 5, 6, 8, 9, 10], (i) => (inverse ? inverse[i]! * size : 0));
}

/** Means, covariances M R S Sᵀ Rᵀ Mᵀ and opacities. What is not finite becomes transparent. */
function writeShapes(f32: Float32Array, at: number, { primitive, count }: SplatCloudDraw, m: Affine): void {
  const positions = floatsOf(primitive.getAttribute('POSITION')!);
  const rotations = attribute(primitive, 'ROTATION');
  const scales = attribute(primitive, 'SCALE');
  const opacities = attribute(primitive, 'OPACITY');
  const columns = new Float64Array(9);
  for (let i = 0, o = at; i < count; i++, o += L.SPLAT_BYTES / 4) {
    const x = positions[i * 3]!;
    const y = positions[i * 3 + 1]!;
    const z = positions[i * 3 + 2]!;
    const qx = rotations[i * 4]!;
    const qy = rotations[i * 4 + 1]!;
    const qz = rotations[i * 4 + 2]!;
    const qw = rotations[i * 4 + 3]!;
    // Quaternions that are kept as bytes are not quite unit.
    const k = 2 / (qx * qx + qy * qy + qz * qz + qw * qw);
    const rotation = [
      1 - k * (qy * qy + qz * qz),
      k * (qx * qy - qz * qw),
      k * (qx * qz + qy * qw),
      k * (qx * qy + qz * qw),
      1 - k * (qx * qx + qz * qz),
      k * (qy * qz - qx * qw),
      k * (qx * qz - qy * qw),
      k * (qy * qz + qx * qw),
      1 - k * (qx * qx + qy * qy),
    ];
    for (let column = 0; column < 3; column++) {
      const s = scales[i * 3 + column]!;
      for (let row = 0; row < 3; row++) {
        columns[row * 3 + column] =
          s *
          (m[row * 4]! * rotation[column]! +
            m[row * 4 + 1]! * rotation[3 + column]! +
            m[row * 4 + 2]! * rotation[6 + column]!);
      }
    }
    let sum = 0;
    const put = (offset: number, value: number) => {
      f32[o + offset] = value;
      sum += value;
    };
    for (let row = 0; row < 3; row++)
      put(row, m[row * 4]! * x + m[row * 4 + 1]! * y + m[row * 4 + 2]! * z + m[row * 4 + 3]!);
    const product = (a: number, b: number) =>
      columns[a * 3]! * columns[b * 3]! +
      columns[a * 3 + 1]! * columns[b * 3 + 1]! +
      columns[a * 3 + 2]! * columns[b * 3 + 2]!;
    put(3, product(0, 0));
    put(4, product(0, 1));
    put(5, product(0, 2));
    put(6, product(1, 1));
    put(7, product(1, 2));
    put(8, product(2, 2));
    const opacity = opacities[i]!;
    f32[o + 9] = Number.isFinite(sum) && opacity > 0 ? Math.min(1, opacity) : 0;
  }
}

/**
 * Positions of a cloud in world space that stand for its bounds: without the strays that captures are surrounded by.
 * Three numbers for each of two corners, or none.
 */
export function splatBounds({ primitive, draw, count }: SplatCloudDraw): Float64Array {
  const positions = floatsOf(primitive.getAttribute('POSITION')!);
  const opacities = attribute(primitive, 'OPACITY');
  const step = Math.max(1, Math.floor(count / SAMPLED));
  const axes: number[][] = [[], [], []];
  const m = draw.transform;
  for (let i = 0; i < count; i += step) {
    if (!(opacities[i]! > FAINT)) continue;
    const [x, y, z] = [positions[i * 3]!, positions[i * 3 + 1]!, positions[i * 3 + 2]!];
    const place = [0, 4, 8].map((row) => m[row]! * x + m[row + 1]! * y + m[row + 2]! * z + m[row + 3]!);
    if (place.every(Number.isFinite)) axes.forEach((values, axis) => void values.push(place[axis]!));
  }
  const used = axes[0]!.length;
  if (used === 0) return new Float64Array(0);
  const stray = count >= STRAY_FROM ? Math.floor(used * STRAY_SHARE) : 0;
  const sorted = axes.map((values) => Float64Array.from(values).sort());
  return Float64Array.from([
    ...sorted.map((values) => values[stray]!),
    ...sorted.map((values) => values[used - 1 - stray]!),
  ]);
}

/** The extremes of the splats that lie within the bounds of render space, with a part of their own extent. */
export function splatExtremes(
  memory: WebAssembly.Memory,
  { splats, count }: SplatPlan,
  { right, up, forward }: CameraAxes,
  { insideX, insideY }: Frame,
  { half }: Normalisation,
): Extremes {
  const f32 = new Float32Array(memory.buffer, splats, (count * L.SPLAT_BYTES) / 4);
  const most = [-Infinity, -Infinity, -Infinity, -Infinity];
  let near = Infinity;
  for (let o = 0; o < f32.length; o += L.SPLAT_BYTES / 4) {
    const x = f32[o]!;
    const y = f32[o + 1]!;
    const z = f32[o + 2]!;
    if (!(f32[o + 9]! > FAINT)) continue;
    if (Math.abs(x) > half[0] + 1e-4 || Math.abs(y) > half[1] + 1e-4 || Math.abs(z) > half[2] + 1e-4) continue;
    const r = FRAMED * Math.sqrt(Math.max(f32[o + 3]!, f32[o + 6]!, f32[o + 8]!));
    const a = right[0] * x + right[1] * y + right[2] * z;
    const b = up[0] * x + up[1] * y + up[2] * z;
    const c = forward[0] * x + forward[1] * y + forward[2] * z;
    most[0] = Math.max(most[0]!, a + r - insideX * c);
    most[1] = Math.max(most[1]!, r - a - insideX * c);
    most[2] = Math.max(most[2]!, b + r - insideY * c);
    most[3] = Math.max(most[3]!, r - b - insideY * c);
    near = Math.min(near, c);
  }
  return [most[0]!, most[1]!, most[2]!, most[3]!, near];
}
