import { describe, expect, it } from 'vitest';
import { measureCost } from '../measure/model-cost.ts';
import { apply } from './testing/run.ts';
import { documentOf, sphere } from './testing/shapes.ts';

describe('weld', () => {
  it('closes gaps within the tolerance, in metres, and drops what becomes a line', async () => {
    const gap = {
      positions: [0, 0, 0, 1, 0, 0, 0, 0, 1, 1.00001, 0, 0, 1, 0, 1, 0, 0, 1.00001, 0.00002, 0, 0],
      indices: [0, 1, 2, 3, 4, 5, 0, 1, 6],
    };
    const document = documentOf(gap);
    document.getRoot().listNodes()[0]!.setScale([0.1, 0.1, 0.1]);
    await apply(document, { type: 'weld', tolerance: 0.00001 });
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    expect(primitive.getAttribute('POSITION')!.getCount()).toBe(4);
    expect(primitive.getIndices()!.getCount()).toBe(6);
  });

  it('without tolerance changes no position', async () => {
    const document = documentOf({
      positions: [0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1],
      indices: [0, 1, 2, 3, 4, 5],
    });
    await apply(document, { type: 'weld' });
    expect(measureCost(document, 0)).toMatchObject({ triangles: 2, vertices: 4 });
  });
});

describe('normals', () => {
  it('are smooth within the crease angle and flat beyond', async () => {
    const smooth = documentOf(sphere(1, 3));
    await apply(smooth, { type: 'normals', creaseAngle: 60 });
    const primitive = smooth.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const position = primitive.getAttribute('POSITION')!.getArray()!;
    const normal = primitive.getAttribute('NORMAL')!.getArray()!;
    expect(position.length / 3).toBe(258);
    for (let i = 0; i < position.length; i++) expect(normal[i]!).toBeCloseTo(position[i]!, 1);
    const flat = documentOf(sphere(1, 3));
    await apply(flat, { type: 'normals', creaseAngle: 0 });
    expect(measureCost(flat, 0).vertices).toBe(512 * 3);
  });
});
