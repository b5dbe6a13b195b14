import type { Document, Scene } from '@gltf-transform/core';
import { LENGTH_UNITS } from '#contracts/model/length-unit.ts';
import type { OperationOf } from '#contracts/operations/operation.ts';
import type { Matrix } from '../describe/matrix.ts';
import { measureBounds } from '../describe/measure-bounds.ts';
import { cosDegrees, sinDegrees } from '../render/portable-math.ts';
import type { OperationFunction } from './operation-context.ts';

type Vector = [number, number, number];
type Quaternion = [number, number, number, number];

/**
 * Moves, turns and resizes the whole model, by one node between the scene and what was in it. Skins follow: their
 * joints stand below that node.
 */
export const transform: OperationFunction<'transform'> = (document, parameters, { note }) => {
  for (const scene of document.getRoot().listScenes()) {
    if (scene.listChildren().length === 0) continue;
    const isDefault = scene === document.getRoot().getDefaultScene();
    const placing = placingNode(document, scene, parameters);
    if (isDefault) {
      const { scale, position } = placing;
      note(`Scaled by ${rounded(scale)} and moved by ${position.map(rounded).join(', ')} m.`);
    }
  }
};

/** The matrix that the operation put above the default scene; null where it did not. */
export function placingMatrix(document: Document): Matrix | null {
  const [only, ...others] = document.getRoot().getDefaultScene()?.listChildren() ?? [];
  return only && others.length === 0 ? (only.getMatrix() as Matrix) : null;
}

function placingNode(document: Document, scene: Scene, parameters: OperationOf<'transform'>) {
  const node = document.createNode('placement').setRotation(rotationOf(parameters.rotate));
  for (const child of scene.listChildren()) {
    scene.removeChild(child);
    node.addChild(child);
  }
  scene.addChild(node);
  const scale = scaleOf(scene, parameters);
  node.setScale([scale, scale, scale]);
  const position = positionOf(scene, parameters);
  node.setTranslation(position);
  return { scale, position };
}

function scaleOf(scene: Scene, { unit, scale, fit }: OperationOf<'transform'>): number {
  if (fit === undefined) return LENGTH_UNITS[unit] * scale;
  const bounds = measureBounds(scene);
  const longest = bounds ? Math.max(...bounds.max.map((value, axis) => value - bounds.min[axis]!)) : 0;
  return longest > 0 ? fit / longest : 1;
}

function positionOf(scene: Scene, { center, ground, translate }: OperationOf<'transform'>): Vector {
  const [x, y, z] = translate;
  const bounds = center !== 'none' || ground ? measureBounds(scene) : null;
  if (!bounds) return [x, y, z];
  const { min, max } = bounds;
  const middle = min.map((value, axis) => (value + max[axis]!) / 2) as Vector;
  const sideways = center !== 'none';
  return [
    x - (sideways ? middle[0] : 0),
    y - (ground ? min[1] : center === 'bounds' ? middle[1] : 0),
    z - (sideways ? middle[2] : 0),
  ];
}

/** About x, then y, then z, all fixed in space. */
export function rotationOf([x, y, z]: readonly [number, number, number]): Quaternion {
  const [cx, cy, cz] = [cosDegrees(x / 2), cosDegrees(y / 2), cosDegrees(z / 2)];
  const [sx, sy, sz] = [sinDegrees(x / 2), sinDegrees(y / 2), sinDegrees(z / 2)];
  return [
    sx * cy * cz - cx * sy * sz,
    cx * sy * cz + sx * cy * sz,
    cx * cy * sz - sx * sy * cz,
    cx * cy * cz + sx * sy * sz,
  ];
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(6)) + 0);
}
