import type { DaeInput } from '../dae/read-polygons.ts';
import { input } from '../x3d/solid-shapes.ts';
import { numbersOf, type WorldNode } from '../x3d/world-node.ts';
import { type Binding, bindingOf, type Hints, hintsOf, type MaterialList, readMaterials } from './read-materials.ts';
import type { Affine2, Properties } from './traversal-state.ts';

/** A shape with what the nodes before it say about it. */
export interface ShapeSource {
  node: WorldNode;
  properties: Properties;
  /** Of its texture coordinates. */
  texture: Affine2;
  materials: MaterialList;
  /** How the materials are given out; `OVERALL` where there is one alone. */
  binding: Binding;
  hints: Hints;
  /** @throws MaquetteError `model_malformed` with the line of the shape */
  fail(message: string, remedy: string): never;
}

/** Gathers what a shape takes from the state of the way to it. */
export function shapeSource(
  node: WorldNode,
  properties: Properties,
  texture: Affine2,
  fail: ShapeSource['fail'],
): ShapeSource {
  const materials = readMaterials(properties.Material);
  const binding = materials.count > 1 ? bindingOf(properties.MaterialBinding, 'OVERALL') : 'OVERALL';
  return { node, properties, texture, materials, binding, hints: hintsOf(properties.ShapeHints), fail };
}

/** The points of a shape. */
export function coordinatesOf({ properties }: ShapeSource): DaeInput {
  return input('POSITION', 0, numbersOf(properties.Coordinate3, 'point'), 3);
}

/** The colours of all materials as an input. */
export function colorsOf({ materials }: ShapeSource, offset: number): DaeInput {
  return input('COLOR', offset, materials.colors, 4);
}

/** A material that is chosen by a number; those beyond the list begin it anew. */
export function materialAt({ materials }: ShapeSource, index: number): number {
  return index >= 0 ? index % materials.count : 0;
}

/** Refuses points that are not there. @throws MaquetteError `model_malformed` */
export function requirePoint({ fail }: ShapeSource, index: number, count: number, where: string): void {
  if (index < count) return;
  fail(
    `${where} refers to point ${index}; there are ${count}.`,
    'Indices count from 0 over the points of the Coordinate3 before the shape: export the file anew.',
  );
}
