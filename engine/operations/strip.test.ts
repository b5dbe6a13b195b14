import { Primitive } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { apply, boundsOf } from './testing/run.ts';
import { documentOf, plate } from './testing/shapes.ts';

describe('strip', () => {
  it('of morph targets leaves the shape of the default weights', async () => {
    const document = documentOf(plate(1, 1));
    const [mesh] = document.getRoot().listMeshes();
    const up = document
      .createAccessor()
      .setType('VEC3')
      .setArray(new Float32Array(12).map((_, i) => (i % 3 === 1 ? 2 : 0)))
      .setBuffer(document.getRoot().listBuffers()[0]!);
    mesh!.listPrimitives()[0]!.addTarget(document.createPrimitiveTarget().setAttribute('POSITION', up));
    mesh!.setWeights([0.5]);
    await apply(document, { type: 'strip', kinds: ['morphTargets'] });
    expect(boundsOf(document).min[1]).toBe(1);
    expect(mesh!.listPrimitives()[0]!.listTargets()).toEqual([]);
    expect(mesh!.getWeights()).toEqual([]);
  });

  it('of points and lines keeps triangles', async () => {
    const document = documentOf(plate(1, 1), plate(1, 2), plate(1, 1));
    const [, points, lines] = document
      .getRoot()
      .listMeshes()
      .map((mesh) => mesh.listPrimitives()[0]!);
    points!.setMode(Primitive.Mode.POINTS);
    lines!.setMode(Primitive.Mode.LINES);
    await apply(document, { type: 'strip', kinds: ['points', 'lines'] });
    expect(document.getRoot().listMeshes().length).toBe(1);
  });
});

describe('strip of skins', () => {
  it('leaves meshes where their joints hold them', async () => {
    const document = documentOf(plate(1, 2));
    const node = document.getRoot().listNodes()[0]!;
    const primitive = node.getMesh()!.listPrimitives()[0]!;
    const count = primitive.getAttribute('POSITION')!.getCount();
    const buffer = document.getRoot().listBuffers()[0]!;
    const accessor = (type: 'VEC3' | 'VEC4', array: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>) =>
      document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
    primitive
      .setAttribute(
        'NORMAL',
        accessor(
          'VEC3',
          Float32Array.from({ length: count * 3 }, (_, i) => (i % 3 === 1 ? 1 : 0)),
        ),
      )
      .setAttribute('JOINTS_0', accessor('VEC4', new Uint8Array(count * 4)))
      .setAttribute(
        'WEIGHTS_0',
        accessor(
          'VEC4',
          Float32Array.from({ length: count * 4 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
        ),
      );
    // A quarter turn about z, and twice as large: what was x is y, what was up points to -x.
    const joint = document
      .createNode('joint')
      .setRotation([0, 0, Math.SQRT1_2, Math.SQRT1_2])
      .setScale([2, 2, 2])
      .setTranslation([5, 0, 0]);
    document.getRoot().getDefaultScene()!.addChild(joint);
    node.setSkin(document.createSkin().addJoint(joint)).setTranslation([100, 0, 0]);
    const before = boundsOf(document);
    await apply(document, { type: 'strip', kinds: ['skins'] });
    const after = boundsOf(document);
    for (let axis = 0; axis < 3; axis++) {
      expect(after.min[axis]!).toBeCloseTo(before.min[axis]!, 5);
      expect(after.max[axis]!).toBeCloseTo(before.max[axis]!, 5);
    }
    expect(after.max[1]! - after.min[1]!).toBeCloseTo(2, 5);
    expect(document.getRoot().listSkins()).toEqual([]);
    const [made] = document
      .getRoot()
      .listMeshes()
      .flatMap((mesh) => mesh.listPrimitives())
      .filter((item) => item.getAttribute('NORMAL'));
    expect(
      [...made!.getAttribute('NORMAL')!.getArray()!.slice(0, 3)].map((value) => Math.round(value * 1e5) / 1e5 + 0),
    ).toEqual([-1, 0, 0]);
    expect(made!.listSemantics().sort()).toEqual(['NORMAL', 'POSITION']);
  });
});
