import type { Primitive } from '@gltf-transform/core';
import { floatsOf } from './accessor-floats.ts';
import { coordinateSetsOf } from './coordinate-sets.ts';
import type { Draw } from './draws.ts';
import { type Affine, cofactors, determinant } from './matrix.ts';

/** Attributes of a primitive's vertices in one space, ready to be written; undefined where the file has none. */
export interface Vertices {
  count: number;
  /** x y z, double precision: scenes far from the origin keep their shape until they are centred. */
  positions: Float64Array;
  normals: Float32Array | undefined;
  /** x y z w. */
  tangents: Float32Array | undefined;
  /** Texture coordinates, the sets that `coordinateSetsOf` the material says. */
  uv0: Float32Array | undefined;
  uv1: Float32Array | undefined;
  /** RGBA, linear. */
  colors: Float32Array | undefined;
}

/** Vertices of `primitive` as `draw` places them: morphed, skinned, transformed. */
export function worldVertices(primitive: Primitive, draw: Draw): Vertices | undefined {
  const vertices = meshVertices(primitive, draw.weights);
  if (!vertices) return undefined;
  if (draw.joints) skin(vertices, primitive, draw.joints);
  else transform(vertices, draw.transform);
  return vertices;
}

/** Vertices of `primitive` in mesh space, morphed. Undefined when there are no positions. */
export function meshVertices(primitive: Primitive, weights: readonly number[]): Vertices | undefined {
  const position = primitive.getAttribute('POSITION');
  if (!position?.getArray() || position.getElementSize() !== 3) return undefined;
  const count = position.getCount();
  const attribute = (name: string, size: number) => {
    const accessor = primitive.getAttribute(name);
    return accessor && accessor.getCount() >= count && accessor.getElementSize() === size
      ? floatsOf(accessor)
      : undefined;
  };
  const sets = coordinateSetsOf(primitive.getMaterial());
  const vertices: Vertices = {
    count,
    positions: new Float64Array(floatsOf(position)),
    normals: attribute('NORMAL', 3)?.slice(),
    tangents: attribute('TANGENT', 4)?.slice(),
    uv0: attribute(`TEXCOORD_${sets.first}`, 2),
    uv1: attribute(`TEXCOORD_${sets.second}`, 2),
    colors: attribute('COLOR_0', 4) ?? withAlpha(attribute('COLOR_0', 3)),
  };
  primitive.listTargets().forEach((target, i) => {
    const weight = weights[i] ?? 0;
    if (weight === 0) return;
    const apply = (name: string, to: Float64Array | Float32Array | undefined, stride: number) => {
      const accessor = target.getAttribute(name);
      if (!accessor || !to || accessor.getCount() < count) return;
      const delta = floatsOf(accessor);
      for (let v = 0; v < count; v++) for (let c = 0; c < 3; c++) to[v * stride + c]! += weight * delta[v * 3 + c]!;
    };
    apply('POSITION', vertices.positions, 3);
    apply('NORMAL', vertices.normals, 3);
    apply('TANGENT', vertices.tangents, 4);
  });
  return vertices;
}

function withAlpha(rgb: Float32Array | undefined): Float32Array | undefined {
  if (!rgb) return undefined;
  const count = rgb.length / 3;
  const rgba = new Float32Array(count * 4).fill(1);
  for (let i = 0; i < count; i++) rgba.set(rgb.subarray(i * 3, i * 3 + 3), i * 4);
  return rgba;
}

function transform(vertices: Vertices, m: Affine): void {
  const { positions: p, normals: n, tangents: t, count } = vertices;
  for (let i = 0; i < count * 3; i += 3) {
    const [x, y, z] = [p[i]!, p[i + 1]!, p[i + 2]!];
    p[i] = m[0]! * x + m[1]! * y + m[2]! * z + m[3]!;
    p[i + 1] = m[4]! * x + m[5]! * y + m[6]! * z + m[7]!;
    p[i + 2] = m[8]! * x + m[9]! * y + m[10]! * z + m[11]!;
  }
  const sign = determinant(m) < 0 ? -1 : 1;
  if (n) {
    const c = cofactors(m);
    for (let i = 0; i < count * 3; i += 3) {
      const [x, y, z] = [n[i]!, n[i + 1]!, n[i + 2]!];
      setUnit(
        n,
        i,
        sign * (c[0]! * x + c[1]! * y + c[2]! * z),
        sign * (c[3]! * x + c[4]! * y + c[5]! * z),
        sign * (c[6]! * x + c[7]! * y + c[8]! * z),
      );
    }
  }
  if (t) {
    for (let i = 0; i < count * 4; i += 4) {
      const [x, y, z] = [t[i]!, t[i + 1]!, t[i + 2]!];
      setUnit(
        t,
        i,
        m[0]! * x + m[1]! * y + m[2]! * z,
        m[4]! * x + m[5]! * y + m[6]! * z,
        m[8]! * x + m[9]! * y + m[10]! * z,
      );
      t[i + 3]! *= sign;
    }
  }
}

function setUnit(to: Float32Array, i: number, x: number, y: number, z: number): void {
  const length = Math.sqrt(x * x + y * y + z * z);
  const k = length > 0 ? 1 / length : 0;
  to[i] = x * k;
  to[i + 1] = y * k;
  to[i + 2] = z * k;
}

/** Linear blend skinning; weights are made to sum to 1. A vertex without weights stays where it is. */
function skin(vertices: Vertices, primitive: Primitive, joints: Affine[]): void {
  const { count } = vertices;
  const sets: { joints: ArrayLike<number>; weights: Float32Array }[] = [];
  for (let set = 0; set < 4; set++) {
    const j = primitive.getAttribute(`JOINTS_${set}`);
    const w = primitive.getAttribute(`WEIGHTS_${set}`);
    const indices = j?.getArray();
    if (!indices || !w || j!.getCount() < count || w.getCount() < count) break;
    sets.push({ joints: indices, weights: floatsOf(w) });
  }
  if (sets.length === 0) return;
  const { positions: p, normals: n, tangents: t } = vertices;
  const m = new Float64Array(12);
  for (let v = 0; v < count; v++) {
    m.fill(0);
    let total = 0;
    for (const set of sets) {
      for (let k = v * 4; k < v * 4 + 4; k++) {
        const weight = set.weights[k]!;
        const joint = joints[set.joints[k]!];
        if (!joint || !(weight > 0)) continue;
        total += weight;
        for (let e = 0; e < 12; e++) m[e]! += weight * joint[e]!;
      }
    }
    if (!(total > 0)) continue;
    for (let e = 0; e < 12; e++) m[e]! /= total;
    const [x, y, z] = [p[v * 3]!, p[v * 3 + 1]!, p[v * 3 + 2]!];
    p[v * 3] = m[0]! * x + m[1]! * y + m[2]! * z + m[3]!;
    p[v * 3 + 1] = m[4]! * x + m[5]! * y + m[6]! * z + m[7]!;
    p[v * 3 + 2] = m[8]! * x + m[9]! * y + m[10]! * z + m[11]!;
    if (n) {
      const c = cofactors(m);
      const [a, b, d] = [n[v * 3]!, n[v * 3 + 1]!, n[v * 3 + 2]!];
      setUnit(
        n,
        v * 3,
        c[0]! * a + c[1]! * b + c[2]! * d,
        c[3]! * a + c[4]! * b + c[5]! * d,
        c[6]! * a + c[7]! * b + c[8]! * d,
      );
    }
    if (t) {
      const [a, b, d] = [t[v * 4]!, t[v * 4 + 1]!, t[v * 4 + 2]!];
      setUnit(
        t,
        v * 4,
        m[0]! * a + m[1]! * b + m[2]! * d,
        m[4]! * a + m[5]! * b + m[6]! * d,
        m[8]! * a + m[9]! * b + m[10]! * d,
      );
    }
  }
}
