import type { mat4 } from '@gltf-transform/core';
import { composeSteps, type StepKind } from '../geometry/transform-steps.ts';
import { tupleOf, type WorldNode } from './world-node.ts';

const NONE: ReadonlyMap<string, number[]> = new Map();

/**
 * T × C × R × SR × S × -SR × -C (ISO/IEC 19775-1, 10.4.4).
 *
 * @param overrides values of fields at a moment
 */
export function transformOf(node: WorldNode, overrides: ReadonlyMap<string, number[]> = NONE): mat4 {
  return composeSteps(transformSteps(node, overrides));
}

/** The parts that {@link transformOf} is the product of, in degrees. */
export function transformSteps(
  node: WorldNode,
  overrides: ReadonlyMap<string, number[]>,
): { kind: StepKind; values: number[] }[] {
  const field = (name: string, fallback: number[]): number[] => overrides.get(name) ?? tupleOf(node, name, fallback);
  const center = tupleOf(node, 'center', [0, 0, 0]);
  const turn = (values: number[], sign: number): number[] => [
    values[0]!,
    values[1]!,
    values[2]!,
    (sign * values[3]! * 180) / Math.PI,
  ];
  const scaleOrientation = tupleOf(node, 'scaleOrientation', [0, 0, 1, 0]);
  return [
    { kind: 'translate', values: field('translation', [0, 0, 0]) },
    { kind: 'translate', values: center },
    { kind: 'rotate', values: turn(field('rotation', [0, 0, 1, 0]), 1) },
    { kind: 'rotate', values: turn(scaleOrientation, 1) },
    { kind: 'scale', values: field('scale', [1, 1, 1]) },
    { kind: 'rotate', values: turn(scaleOrientation, -1) },
    { kind: 'translate', values: center.map((value) => -value) },
  ];
}
