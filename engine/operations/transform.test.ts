import { describe, expect, it } from 'vitest';
import { apply, boundsOf } from './testing/run.ts';
import { documentOf, plate, sphere } from './testing/shapes.ts';

describe('transform', () => {
  it('scales, turns and places, in this order', async () => {
    const document = documentOf(plate(2, 1));
    await apply(document, {
      type: 'transform',
      scale: 3,
      rotate: [0, 0, 90],
      ground: true,
      center: 'footprint',
      translate: [1, 2, 3],
    });
    const { min, max } = boundsOf(document);
    // The plate stands upright: what was x is y now.
    for (const [axis, value] of [1, 2, 0].entries()) expect(min[axis]!).toBeCloseTo(value, 5);
    for (const [axis, value] of [1, 8, 6].entries()) expect(max[axis]!).toBeCloseTo(value, 5);
  });

  it('takes the model for millimetres, or fits it to a size', async () => {
    const small = documentOf(sphere(250, 2));
    await apply(small, { type: 'transform', unit: 'mm' });
    expect(boundsOf(small).max[0]).toBeCloseTo(0.25, 5);
    await apply(small, { type: 'transform', fit: 1 });
    expect(boundsOf(small).max[0]).toBeCloseTo(0.5, 5);
  });

  it('turns about x, then y, then z', async () => {
    const document = documentOf({ positions: [0, 0, 1, 0, 0, 2, 0, 0, 3], indices: [0, 1, 2] });
    await apply(document, { type: 'transform', rotate: [90, 90, 0] });
    // (0, 0, z) about x becomes (0, -z, 0), which turning about y leaves.
    expect(boundsOf(document).min[1]).toBeCloseTo(-3, 5);
    expect(boundsOf(document).max[1]).toBeCloseTo(-1, 5);
  });
});
