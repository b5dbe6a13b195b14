import { describe, expect, it } from 'vitest';
import { documentOf, plate } from '../../operations/testing/shapes.ts';
import { CUBE, cube, FACES, outcome, png, primitiveOf, setAttribute, valueIn } from './testing/models.ts';

describe('what is stored', () => {
  it('values that are no numbers, in attributes and transforms', () => {
    const document = documentOf(CUBE);
    primitiveOf(document).getAttribute('POSITION')!.getArray()![4] = Number.NaN;
    document.getRoot().listNodes()[0]!.setName('box').setTranslation([0, Infinity, 0]);
    const { value, issue } = outcome(document, 'NON_FINITE_VALUES');
    expect(value).toBe(2);
    expect(issue).toMatchObject({ severity: 'error', pointer: '/meshes/0/primitives/0' });
    expect(issue!.message).toBe('2 values are no number: mesh 0 (POSITION); node "box" (transform).');
  });

  it('skin weights whose sum is not one', () => {
    const document = documentOf(plate(1, 1));
    expect(valueIn(document, 'WEIGHTS_NOT_NORMALIZED')).toBeNull();
    setAttribute(document, 'JOINTS_0', 'VEC4', new Array(16).fill(0));
    setAttribute(document, 'WEIGHTS_0', 'VEC4', [1, 0, 0, 0, 0.5, 0.4, 0, 0, 1.5, -0.5, 0, 0, 0.5, 0.497, 0, 0]);
    expect(valueIn(document, 'WEIGHTS_NOT_NORMALIZED')).toBe(2);
  });

  it('vertices and data that nothing uses', () => {
    const document = documentOf(CUBE);
    primitiveOf(document)
      .getIndices()!
      .setArray(new Uint32Array(FACES.filter((index) => index !== 7 && index !== 6)));
    expect(valueIn(document, 'UNUSED_VERTICES')).toBe(2);
    expect(valueIn(document, 'UNUSED_DATA')).toBe(0);
    document.createMaterial('spare');
    document.createTexture('old').setImage(png(8, 8)).setMimeType('image/png');
    document.createNode('lost').addChild(document.createNode('child'));
    const { value, issue } = outcome(document, 'UNUSED_DATA');
    expect(value).toBe(3);
    expect(issue!.message).toContain('texture "old"; material "spare"; node "lost"');
  });

  it('vertices that another primitive uses are not unused', () => {
    const document = documentOf(cube(FACES.slice(0, 18)), cube(FACES.slice(18)));
    const [first, second] = document
      .getRoot()
      .listMeshes()
      .map((mesh) => mesh.listPrimitives()[0]!);
    second!.setAttribute('POSITION', first!.getAttribute('POSITION'));
    expect(valueIn(document, 'UNUSED_VERTICES')).toBe(0);
  });
});
