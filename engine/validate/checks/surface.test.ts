import { describe, expect, it } from 'vitest';
import { cpuTime } from '#test/cpu-time.ts';
import { isWatertight } from '../../describe/watertight.ts';
import { documentOf, plate, sphere } from '../../operations/testing/shapes.ts';
import { Pointers } from './pointers.ts';
import { checkModel } from './run-checks.ts';
import {
  CORNERS,
  CUBE,
  cube,
  FACES,
  flipped,
  joined,
  outcome,
  primitiveOf,
  setAttribute,
  valueIn,
  valueOn,
} from './testing/models.ts';

describe('the surface', () => {
  it('edges of three triangles are not manifold, and found at their triangles', () => {
    // A fin on the edge from 1 to 6, which the triangles 6 and 7 share.
    const { value, issue } = outcome(
      documentOf({ positions: [...CORNERS, 2, 0.5, 0.5], indices: [...FACES, 1, 6, 8] }),
      'NON_MANIFOLD_EDGES',
    );
    expect(value).toBe(1);
    expect(issue).toMatchObject({
      severity: 'warning',
      pointer: '/meshes/0/primitives/0',
      message: '1 edge borders more than two triangles (non-manifold): mesh 0 (triangle 6).',
    });
  });

  it('holes are counted by their rims, not by their edges', () => {
    expect(valueOn(cube(FACES.slice(3)), 'OPEN_BOUNDARIES')).toBe(1);
    // Without the bottom (two triangles) and the opposite top: two holes of four edges.
    expect(valueOn(cube(FACES.slice(12)), 'OPEN_BOUNDARIES')).toBe(2);
    expect(valueOn(plate(1, 5), 'OPEN_BOUNDARIES')).toBe(1);
  });

  it('vertices that only normals or materials keep apart leave no hole', () => {
    const split = { positions: FACES.flatMap((i) => CORNERS.slice(i * 3, i * 3 + 3)), indices: FACES.map((_, i) => i) };
    expect(valueOn(split, 'OPEN_BOUNDARIES')).toBe(0);
    expect(valueOn(split, 'DISCONNECTED_PARTS')).toBe(1);
    const document = documentOf(cube(FACES.slice(0, 18)), cube(FACES.slice(18)));
    const [first, second] = document.getRoot().listMeshes();
    expect(valueIn(document, 'OPEN_BOUNDARIES')).toBe(2);
    first!.addPrimitive(second!.listPrimitives()[0]!);
    second!.dispose();
    expect(valueIn(document, 'OPEN_BOUNDARIES')).toBe(0);
  });

  it('one flipped triangle disagrees with its three neighbours', () => {
    const shape = cube([...flipped(FACES.slice(0, 3)), ...FACES.slice(3)]);
    expect(valueOn(shape, 'INCONSISTENT_WINDING')).toBe(3);
    expect(valueOn(shape, 'NON_MANIFOLD_EDGES')).toBe(0);
    expect(valueOn(shape, 'INSIDE_OUT_PARTS')).toBe(0);
  });

  it('a closed part that faces inwards is inside out, unless it is a cavity', () => {
    expect(valueOn(cube(flipped(FACES)), 'INSIDE_OUT_PARTS')).toBe(1);
    expect(valueOn(cube(flipped(FACES)), 'INCONSISTENT_WINDING')).toBe(0);
    const hollow = joined(cube(FACES, -2, 5), cube(flipped(FACES)));
    expect(valueOn(hollow, 'INSIDE_OUT_PARTS')).toBe(0);
    const beside = joined(cube(FACES, 3), cube(flipped(FACES)));
    expect(valueOn(beside, 'INSIDE_OUT_PARTS')).toBe(1);
    // Far from the origin, where sums of tetrahedra with the origin would drown in rounding.
    expect(valueOn(cube(flipped(FACES), 4096), 'INSIDE_OUT_PARTS')).toBe(1);
    expect(valueOn(cube(FACES, 4096), 'INSIDE_OUT_PARTS')).toBe(0);
  });

  it('normals are inverted where all three point against the winding', () => {
    const document = documentOf(sphere(1, 2));
    const normals = [...primitiveOf(document).getAttribute('POSITION')!.getArray()!];
    setAttribute(document, 'NORMAL', 'VEC3', normals);
    expect(valueIn(document, 'INVERTED_NORMALS')).toBe(0);
    setAttribute(
      document,
      'NORMAL',
      'VEC3',
      normals.map((value) => -value),
    );
    expect(valueIn(document, 'INVERTED_NORMALS')).toBe(128);
  });

  it('triangles without area, by their corners and by their shape', () => {
    const thin = [0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 1, 0];
    const shape = { positions: thin, indices: [0, 1, 3, 0, 1, 2, 1, 1, 3, 3, 2, 1] };
    const { value, issue } = outcome(documentOf(shape), 'DEGENERATE_TRIANGLES');
    expect(value).toBe(2);
    expect(issue!.message).toBe('2 triangles have no area: mesh 0 (triangle 1, triangle 2).');
    // Long and thin, with an area nevertheless.
    expect(valueOn({ positions: [0, 0, 0, 1, 0, 0, 0.5, 1e-4, 0], indices: [0, 1, 2] }, 'DEGENERATE_TRIANGLES')).toBe(
      0,
    );
  });

  it('triangles upon one another, whichever way they turn', () => {
    const doubled = cube([...FACES, 2, 1, 0, ...flipped(FACES.slice(3, 6))]);
    expect(valueOn(doubled, 'DUPLICATE_TRIANGLES')).toBe(2);
    expect(valueOn(joined(CUBE, CUBE), 'DUPLICATE_TRIANGLES')).toBe(12);
    expect(valueOn(sphere(1, 4), 'DUPLICATE_TRIANGLES')).toBe(0);
  });

  it('triangles that pass through others of their mesh', () => {
    // A cube pushed into another through three sides of each. Both triangles of a side are cut, but of the two
    // whose diagonals lie beyond the corner that came in.
    const pushed = { positions: CORNERS.map((value, i) => value + [0.53, 0.61, 0.49][i % 3]!), indices: FACES };
    const { value, issue } = outcome(documentOf(joined(CUBE, pushed)), 'SELF_INTERSECTIONS');
    expect(value).toBe(10);
    expect(issue).toMatchObject({ severity: 'info', pointer: '/meshes/0/primitives/0' });
    expect(issue!.message).toMatch(/^about 10 triangles pass through another: mesh 0 \(triangle \d/);
    // Beside one another, one upon another, sharing a corner, and one inside the other without touching.
    for (const shape of [joined(CUBE, cube(FACES, 3)), joined(CUBE, CUBE), joined(CUBE, cube(FACES, 1))])
      expect(valueOn(shape, 'SELF_INTERSECTIONS')).toBe(0);
    expect(valueOn(joined(cube(FACES, -1, 3), CUBE), 'SELF_INTERSECTIONS')).toBe(0);
    expect(valueOn(sphere(1, 5), 'SELF_INTERSECTIONS')).toBe(0);
  });

  it('crossings of a large mesh are estimated, in bounded time', () => {
    // Two sheets of 80,000 triangles, of which the second stands across the first.
    const sheet = plate(1, 200);
    const upright = sheet.positions.map((_, i) =>
      i % 3 === 0 ? sheet.positions[i]! : i % 3 === 1 ? sheet.positions[i + 1]! - 0.5023 : 0.5017,
    );
    const first = sheet.positions.length / 3;
    const shape = {
      positions: sheet.positions.concat(upright),
      indices: sheet.indices.concat(sheet.indices.map((index) => index + first)),
    };
    const estimate = valueOn(shape, 'SELF_INTERSECTIONS')!;
    expect(estimate).toBeGreaterThan(500);
    expect(estimate).toBeLessThan(1100);
    // Long triangles in one place: every box touches every other.
    const crowd = Array.from({ length: 20_000 }, (_, i) => [
      0,
      i * 1e-6,
      0,
      1,
      1 - i * 1e-6,
      1,
      1,
      i * 1e-6,
      0.5,
    ]).flat();
    const start = cpuTime();
    valueOn({ positions: crowd, indices: Array.from({ length: crowd.length / 3 }, (_, i) => i) }, 'SELF_INTERSECTIONS');
    expect(cpuTime() - start).toBeLessThan(5000);
  });

  it('parts that share no vertex', () => {
    const shape = joined(CUBE, cube(FACES, 3), cube(FACES, 6));
    expect(valueOn(shape, 'DISCONNECTED_PARTS')).toBe(3);
    const single = outcome(documentOf(CUBE, cube(FACES, 3)), 'DISCONNECTED_PARTS');
    expect(single).toMatchObject({ value: 2, issue: null });
    // Touching at a corner is connected.
    expect(valueOn(joined(CUBE, cube(FACES, 1)), 'DISCONNECTED_PARTS')).toBe(1);
  });

  it('says of each mesh whether it is watertight, as isWatertight does', () => {
    const document = documentOf(CUBE, cube(FACES.slice(3)), plate(1, 3), cube([...FACES, 0, 1, 6]));
    const { watertight } = checkModel(document, new Pointers(document));
    const meshes = document.getRoot().listMeshes();
    expect(meshes.map((mesh) => watertight.get(mesh))).toEqual([true, false, false, false]);
    expect(meshes.map(isWatertight)).toEqual([true, false, false, false]);
  });

  it('points and lines have no surface', () => {
    const document = documentOf(CUBE);
    primitiveOf(document).setMode(0);
    expect(valueIn(document, 'OPEN_BOUNDARIES')).toBeNull();
  });
});
