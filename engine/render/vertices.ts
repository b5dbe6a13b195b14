import type { Material, Primitive } from '@gltf-transform/core';
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

/** Which primitive is shaped, drawn with which material. */
export interface ShapeSource {
  primitive: Primitive;
  material: Material | null;
  /** Weights of morph targets. */
  weights: ArrayLike<number>;
  /** The place to flatten at; undefined: the shape stays in the space of its mesh. */
  draw: Pick<Draw, 'transform' | 'joints'> | undefined;
}

/** What a morph target adds to positions, normals and tangents (three numbers a vertex each). */
interface Target {
  positions: Float32Array | undefined;
  normals: Float32Array | undefined;
  tangents: Float32Array | undefined;
}

/**
 * The vertices of a primitive, brought to where weights, joints and transform say. Updates write into the same arrays,
 * so that frames of an animation leave nothing behind.
 */
export class Shape {
  readonly vertices: Vertices;
  readonly #source: ShapeSource;
  readonly #rest: Pick<Vertices, 'normals' | 'tangents'> & { positions: Float32Array };
  readonly #targets: Target[];
  readonly #influences: Influences | undefined;

  /** The shape as it is now. Undefined when there are no positions. */
  static of(source: ShapeSource): Shape | undefined {
    const position = source.primitive.getAttribute('POSITION');
    return position?.getArray() && position.getElementSize() === 3 ? new Shape(source, floatsOf(position)) : undefined;
  }

  private constructor(source: ShapeSource, positions: Float32Array) {
    const { primitive, draw } = source;
    const count = positions.length / 3;
    const attribute = (name: string, size: number) => {
      const accessor = primitive.getAttribute(name);
      return accessor && accessor.getCount() >= count && accessor.getElementSize() === size
        ? floatsOf(accessor)
        : undefined;
    };
    const sets = coordinateSetsOf(source.material);
    const normals = attribute('NORMAL', 3);
    const tangents = attribute('TANGENT', 4);
    this.#source = source;
    this.#rest = { positions, normals, tangents };
    this.vertices = {
      count,
      positions: new Float64Array(count * 3),
      normals: normals && new Float32Array(count * 3),
      tangents: tangents && new Float32Array(count * 4),
      uv0: attribute(`TEXCOORD_${sets.first}`, 2),
      uv1: attribute(`TEXCOORD_${sets.second}`, 2),
      colors: attribute('COLOR_0', 4) ?? withAlpha(attribute('COLOR_0', 3)),
    };
    this.#targets = primitive.listTargets().map((target) => {
      const delta = (name: string) => {
        const accessor = target.getAttribute(name);
        return accessor && accessor.getCount() >= count ? floatsOf(accessor) : undefined;
      };
      return { positions: delta('POSITION'), normals: delta('NORMAL'), tangents: delta('TANGENT') };
    });
    this.#influences = draw?.joints && influencesOf(primitive, count, draw.joints.length);
    this.update();
  }

  /** Brings the vertices to where weights, joints and transform are now. */
  update(): void {
    const { draw } = this.#source;
    this.#morph();
    if (draw?.joints) {
      if (this.#influences) skin(this.vertices, this.#influences, draw.joints);
    } else if (draw) transform(this.vertices, draw.transform);
  }

  #morph(): void {
    const { positions, normals, tangents } = this.vertices;
    positions.set(this.#rest.positions);
    if (this.#rest.normals) normals?.set(first(this.#rest.normals, normals.length));
    if (this.#rest.tangents) tangents?.set(first(this.#rest.tangents, tangents.length));
    this.#targets.forEach((target, i) => {
      const weight = this.#source.weights[i] ?? 0;
      if (weight === 0) return;
      if (target.positions) addDelta(positions, target.positions, weight, 3);
      if (target.normals && normals) addDelta(normals, target.normals, weight, 3);
      if (target.tangents && tangents) addDelta(tangents, target.tangents, weight, 4);
    });
  }
}

function first(array: Float32Array, size: number): Float32Array {
  return array.length > size ? array.subarray(0, size) : array;
}

function addDelta(to: Float64Array | Float32Array, delta: Float32Array, weight: number, stride: number): void {
  const count = to.length / stride;
  for (let v = 0, d = 0, o = 0; v < count; v++, d += 3, o += stride) {
    to[o]! += weight * delta[d]!;
    to[o + 1]! += weight * delta[d + 1]!;
    to[o + 2]! += weight * delta[d + 2]!;
  }
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

/** Which joints move each vertex, `size` of them a vertex. */
interface Influences {
  size: number;
  joints: Uint16Array;
  /** They sum to 1, or are all zero: the vertex then stays where it is. */
  weights: Float64Array;
}

function influencesOf(primitive: Primitive, count: number, joints: number): Influences | undefined {
  const sets: { joints: ArrayLike<number>; weights: Float32Array }[] = [];
  for (let set = 0; set < 4; set++) {
    const j = primitive.getAttribute(`JOINTS_${set}`);
    const w = primitive.getAttribute(`WEIGHTS_${set}`);
    const indices = j?.getArray();
    if (!indices || !w || j!.getCount() < count || w.getCount() < count) break;
    sets.push({ joints: indices, weights: floatsOf(w) });
  }
  if (sets.length === 0) return undefined;
  const size = sets.length * 4;
  const out: Influences = {
    size,
    joints: new Uint16Array(count * size),
    weights: new Float64Array(count * size),
  };
  for (let v = 0; v < count; v++) {
    let total = 0;
    for (let k = 0; k < size; k++) {
      const set = sets[k >> 2]!;
      const joint = set.joints[v * 4 + (k & 3)]!;
      const weight = set.weights[v * 4 + (k & 3)]!;
      if (!(weight > 0) || joint >= joints) continue;
      out.joints[v * size + k] = joint;
      out.weights[v * size + k] = weight;
      total += weight;
    }
    if (total > 0) for (let k = v * size; k < (v + 1) * size; k++) out.weights[k]! /= total;
  }
  return out;
}

/** Linear blend skinning, in place. */
function skin(vertices: Vertices, { size, joints, weights }: Influences, matrices: readonly Affine[]): void {
  const { positions: p, normals: n, tangents: t, count } = vertices;
  const packed = new Float64Array(matrices.length * 12);
  matrices.forEach((matrix, i) => {
    packed.set(matrix, i * 12);
  });
  const m = new Float64Array(12);
  for (let v = 0, k = 0; v < count; v++) {
    let used = false;
    m.fill(0);
    for (let i = 0; i < size; i++, k++) {
      const weight = weights[k]!;
      if (weight === 0) continue;
      used = true;
      const o = joints[k]! * 12;
      for (let e = 0; e < 12; e++) m[e]! += weight * packed[o + e]!;
    }
    if (!used) continue;
    const m0 = m[0]!;
    const m1 = m[1]!;
    const m2 = m[2]!;
    const m4 = m[4]!;
    const m5 = m[5]!;
    const m6 = m[6]!;
    const m8 = m[8]!;
    const m9 = m[9]!;
    const m10 = m[10]!;
    const o = v * 3;
    const x = p[o]!;
    const y = p[o + 1]!;
    const z = p[o + 2]!;
    p[o] = m0 * x + m1 * y + m2 * z + m[3]!;
    p[o + 1] = m4 * x + m5 * y + m6 * z + m[7]!;
    p[o + 2] = m8 * x + m9 * y + m10 * z + m[11]!;
    if (n) {
      const a = n[o]!;
      const b = n[o + 1]!;
      const c = n[o + 2]!;
      // By the cofactors of the matrix: what is scaled unevenly keeps its normals upright.
      setUnit(
        n,
        o,
        (m5 * m10 - m6 * m9) * a + (m6 * m8 - m4 * m10) * b + (m4 * m9 - m5 * m8) * c,
        (m2 * m9 - m1 * m10) * a + (m0 * m10 - m2 * m8) * b + (m1 * m8 - m0 * m9) * c,
        (m1 * m6 - m2 * m5) * a + (m2 * m4 - m0 * m6) * b + (m0 * m5 - m1 * m4) * c,
      );
    }
    if (t) {
      const q = v * 4;
      const a = t[q]!;
      const b = t[q + 1]!;
      const c = t[q + 2]!;
      setUnit(t, q, m0 * a + m1 * b + m2 * c, m4 * a + m5 * b + m6 * c, m8 * a + m9 * b + m10 * c);
    }
  }
}
