import { describe, expect, it } from 'vitest';
import { Corrections } from '../corrections.ts';
import {
  decompose,
  eulerToQuat,
  fromTrs,
  identity,
  invert,
  type Mat4,
  multiply,
  type Quat,
  transformPoint,
  type Vec3,
} from './affine.ts';
import { createFbxFindings } from './fbx-findings.ts';
import type { FbxObject } from './fbx-scene.ts';
import { readNodeTransform, restTransform } from './node-transform.ts';
import { Properties } from './properties.ts';
import { convertMatrix, convertTrs, readSpace } from './space.ts';

let seed = 11;
/** Between -1 and 1. */
function random(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return (seed / 0x7fffffff) * 2 - 1;
}
const vector = (size: number): Vec3 => [random() * size, random() * size, random() * size];

function propertiesOf(values: Record<string, number | readonly number[]>): Properties {
  const properties = new Properties(undefined);
  for (const [name, value] of Object.entries(values)) {
    properties.set({ name, type: '', flags: '', values: typeof value === 'number' ? [value] : [...value] });
  }
  return properties;
}

function modelOf(values: Record<string, number | readonly number[]>): FbxObject {
  return {
    id: '1',
    kind: 'Model',
    subtype: 'Null',
    name: 'node',
    node: { name: 'Model', values: [], children: [], place: '' },
    properties: propertiesOf(values),
    children: [],
    parents: [],
  };
}

const translate = (v: Vec3): Mat4 => fromTrs({ translation: v, rotation: [0, 0, 0, 1], scale: [1, 1, 1] });
const turn = (rotation: Quat): Mat4 => fromTrs({ translation: [0, 0, 0], rotation, scale: [1, 1, 1] });
const resize = (scale: Vec3): Mat4 => fromTrs({ translation: [0, 0, 0], rotation: [0, 0, 0, 1], scale });
const negative = (v: Vec3): Vec3 => [-v[0], -v[1], -v[2]];
const product = (...matrices: Mat4[]): Mat4 => matrices.reduce((a, b) => multiply(a, b), identity());

function expectSame(a: ArrayLike<number>, b: ArrayLike<number>): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(a[i]).toBeCloseTo(b[i]!, 9);
}

/** One turn about an axis, written out. */
function axisTurn(axis: string, degrees: number): Mat4 {
  const c = Math.cos((degrees * Math.PI) / 180);
  const s = Math.sin((degrees * Math.PI) / 180);
  if (axis === 'x') return Float64Array.of(1, 0, 0, 0, 0, c, s, 0, 0, -s, c, 0, 0, 0, 0, 1);
  if (axis === 'y') return Float64Array.of(c, 0, -s, 0, 0, 1, 0, 0, s, 0, c, 0, 0, 0, 0, 1);
  return Float64Array.of(c, s, 0, 0, -s, c, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
}

describe('eulerToQuat', () => {
  it.each(['xyz', 'xzy', 'yzx', 'yxz', 'zxy', 'zyx'].map((axes, order) => [axes, order] as const))(
    'turns %s in this order',
    (axes, order) => {
      for (let i = 0; i < 20; i++) {
        const degrees = vector(360);
        const expected = [...axes].reduce(
          (m, axis) => multiply(axisTurn(axis, degrees['xyz'.indexOf(axis)]!), m),
          identity(),
        );
        expectSame(turn(eulerToQuat(degrees, order)), expected);
      }
    },
  );
});

describe('decompose', () => {
  it('is the inverse of fromTrs, mirrored ones included', () => {
    for (let i = 0; i < 200; i++) {
      const scale: Vec3 = [0.1 + Math.abs(random()) * 4, 0.1 + Math.abs(random()) * 4, 0.1 + Math.abs(random()) * 4];
      if (i % 3 === 0) scale[i % 2] = -scale[i % 2]!;
      const m = fromTrs({ translation: vector(50), rotation: eulerToQuat(vector(180)), scale });
      const parts = decompose(m);
      expect(parts.sheared).toBe(false);
      expectSame(fromTrs(parts), m);
      expectSame(multiply(invert(m)!, m), identity());
    }
  });

  it('says when there is a shear', () => {
    expect(decompose(product(resize([1, 3, 1]), turn(eulerToQuat([0, 0, 30])))).sheared).toBe(true);
  });
});

describe('the local transform', () => {
  it('is the product that the FBX SDK documents', () => {
    for (let i = 0; i < 50; i++) {
      const [t, roff, rp, soff, sp, r, pre, post, s] = [10, 5, 5, 5, 5, 180, 180, 180, 3].map(vector) as Vec3[];
      const order = i % 6;
      const model = modelOf({
        'Lcl Translation': t!,
        'Lcl Rotation': r!,
        'Lcl Scaling': s!,
        RotationOffset: roff!,
        RotationPivot: rp!,
        ScalingOffset: soff!,
        ScalingPivot: sp!,
        PreRotation: pre!,
        PostRotation: post!,
        RotationOrder: order,
        RotationActive: 1,
      });
      const expected = product(
        translate(t!),
        translate(roff!),
        translate(rp!),
        turn(eulerToQuat(pre!)),
        turn(eulerToQuat(r!, order)),
        invert(turn(eulerToQuat(post!)))!,
        translate(negative(rp!)),
        translate(soff!),
        translate(sp!),
        resize(s!),
        translate(negative(sp!)),
      );
      expectSame(fromTrs(restTransform(readNodeTransform(model, createFbxFindings('x')))), expected);
    }
  });

  it('takes no notice of pre- and post-rotation where the rotation space is not active', () => {
    const model = modelOf({
      PreRotation: [90, 0, 0],
      RotationOrder: 4,
      'Lcl Rotation': [10, 20, 30],
      RotationActive: 0,
    });
    const rest = restTransform(readNodeTransform(model, createFbxFindings('x')));
    expectSame(rest.rotation, eulerToQuat([10, 20, 30], 0));
  });
});

describe('readSpace', () => {
  const AXES = [0, 1, 2];
  const all = AXES.flatMap((right) => AXES.flatMap((up) => AXES.map((front) => [right, up, front])))
    .filter((axes) => new Set(axes).size === 3)
    .flatMap((axes) => [1, -1].flatMap((a) => [1, -1].flatMap((b) => [1, -1].map((c) => [axes, [a, b, c]] as const))));

  it.each(all)('brings right, up and front %j with signs %j to +X, +Y, +Z', (axes, signs) => {
    const corrections = new Corrections();
    const settings = propertiesOf({
      CoordAxis: axes[0]!,
      CoordAxisSign: signs[0]!,
      UpAxis: axes[1]!,
      UpAxisSign: signs[1]!,
      FrontAxis: axes[2]!,
      FrontAxisSign: signs[2]!,
      UnitScaleFactor: 2.54,
    });
    const space = readSpace(settings, corrections);
    for (let k = 0; k < 3; k++) {
      // A point one inch along an axis, as a vertex below a root node that stands at the origin.
      const point: Vec3 = [0, 0, 0];
      point[axes[k]!] = signs[k]!;
      const root = convertTrs(space, { translation: [0, 0, 0], rotation: [0, 0, 0, 1], scale: [1, 1, 1] }, true);
      const vertex = point.map((value) => value * 0.0254) as Vec3;
      if (space.mirrored) vertex[0] = -vertex[0];
      const expected = [0, 0, 0];
      expected[k] = 0.0254;
      expectSame(transformPoint(fromTrs(root), vertex), expected);
    }
    expect(corrections.count('converted_units')).toBe(1);
  });

  it('keeps transforms and matrices of mirrored files consistent', () => {
    const space = { scale: 0.01, rotation: null, mirrored: true };
    for (let i = 0; i < 30; i++) {
      const trs = { translation: vector(10), rotation: eulerToQuat(vector(180)), scale: [1.5, 2, 0.5] as Vec3 };
      expectSame(fromTrs(convertTrs(space, trs, false)), convertMatrix(space, fromTrs(trs)));
    }
  });
});
