import { Document } from '@gltf-transform/core';
import { normalise } from '../../formats/normalise.ts';

/** Positions and triangles of a shape. */
export interface Shape {
  positions: number[];
  indices: number[];
}

/** A sphere about the origin: an octahedron each face of which was cut into `4^levels` triangles. */
export function sphere(radius: number, levels: number): Shape {
  const positions = [1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1];
  let indices = [0, 2, 4, 2, 1, 4, 1, 3, 4, 3, 0, 4, 2, 0, 5, 1, 2, 5, 3, 1, 5, 0, 3, 5];
  for (let level = 0; level < levels; level++) {
    const middles = new Map<string, number>();
    const middle = (a: number, b: number): number => {
      const key = a < b ? `${a},${b}` : `${b},${a}`;
      const known = middles.get(key);
      if (known !== undefined) return known;
      const point = [0, 1, 2].map((k) => positions[a * 3 + k]! + positions[b * 3 + k]!);
      const length = Math.hypot(...point);
      positions.push(...point.map((value) => value / length));
      middles.set(key, positions.length / 3 - 1);
      return positions.length / 3 - 1;
    };
    const finer: number[] = [];
    for (let i = 0; i < indices.length; i += 3) {
      const [a, b, c] = indices.slice(i, i + 3) as [number, number, number];
      const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
      finer.push(a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca);
    }
    indices = finer;
  }
  return { positions: positions.map((value) => value * radius), indices };
}

/** A flat square in x and z with `cells` × `cells` quads, from the origin to (size, 0, size), facing up. */
export function plate(size: number, cells: number): Shape {
  const positions: number[] = [];
  const indices: number[] = [];
  for (let j = 0; j <= cells; j++) {
    for (let i = 0; i <= cells; i++) positions.push((i / cells) * size, 0, (j / cells) * size);
  }
  for (let j = 0; j < cells; j++) {
    for (let i = 0; i < cells; i++) {
      const a = j * (cells + 1) + i;
      const c = a + cells + 1;
      indices.push(a, c, a + 1, a + 1, c, c + 1);
    }
  }
  return { positions, indices };
}

/** A normalised document with one node, mesh and primitive for each shape. */
export function documentOf(...shapes: Shape[]): Document {
  const document = new Document();
  const buffer = document.createBuffer();
  const scene = document.createScene();
  for (const { positions, indices } of shapes) {
    const primitive = document
      .createPrimitive()
      .setAttribute(
        'POSITION',
        document.createAccessor().setType('VEC3').setArray(new Float32Array(positions)).setBuffer(buffer),
      )
      .setIndices(document.createAccessor().setType('SCALAR').setArray(new Uint32Array(indices)).setBuffer(buffer));
    scene.addChild(document.createNode().setMesh(document.createMesh().addPrimitive(primitive)));
  }
  normalise(document, 'test');
  return document;
}

/** A closed box between two corners, six faces of two triangles, vertices shared. */
export function box(min: readonly number[], max: readonly number[]): Shape {
  const positions = Array.from({ length: 8 }, (_, i) => [0, 1, 2].map((k) => ((i >> k) & 1 ? max : min)[k]!)).flat();
  const quads = [
    [0, 4, 6, 2],
    [1, 3, 7, 5],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 2, 3, 1],
    [4, 5, 7, 6],
  ];
  return { positions, indices: quads.flatMap(([a, b, c, d]) => [a!, b!, c!, a!, c!, d!]) };
}

/** A shape moved by a vector. */
export function movedBy({ positions, indices }: Shape, by: readonly number[]): Shape {
  return { positions: positions.map((value, i) => value + by[i % 3]!), indices };
}
