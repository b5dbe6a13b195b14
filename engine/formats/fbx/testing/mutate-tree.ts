import { type FbxNode, isArray } from '../fbx-node.ts';
import type { WritableNode, WritableValue } from './write-fbx.ts';

/** A parsed tree in the form that can be written again. */
export function toWritable(node: FbxNode): WritableNode {
  const values = node.values.map((value): WritableValue => {
    if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : { double: value };
    if (isArray(value)) {
      const numbers = value.float64();
      return numbers.every((number) => Number.isInteger(number) && Math.abs(number) < 2 ** 31)
        ? Int32Array.from(numbers)
        : numbers;
    }
    return value;
  });
  return [node.name, values, node.children.map(toWritable)];
}

const NUMBERS = [Number.NaN, Infinity, -Infinity, 0, -1, 1e308, -1e30, 1e-300, 2 ** 31, -(2 ** 31), 3.5];
const INTEGERS = [0, -1, 1, 2147483647, -2147483648, 65536, 7];

/**
 * Changes a well-formed tree in a few places so that it stays well-formed: numbers become extreme, lists shorter or
 * longer, nodes vanish, double or move, connections lead elsewhere. Finds what damaged bytes never reach.
 *
 * @param random from 0 to 1
 */
export function mutateTree(roots: WritableNode[], random: () => number): void {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const all: { node: WritableNode; siblings: WritableNode[] }[] = [];
  const collect = (siblings: WritableNode[]): void => {
    for (const node of siblings) {
      all.push({ node, siblings });
      collect(node[2] ?? []);
    }
  };
  collect(roots);
  for (let i = 1 + Math.floor(random() * 6); i > 0; i--) {
    const { node, siblings } = pick(all);
    const how = random();
    if (how < 0.1) siblings.splice(siblings.indexOf(node), 1);
    else if (how < 0.2) siblings.push(node);
    // Copies: moved below themselves they would be a tree without end.
    else if (how < 0.25) pick(all).siblings.push(...structuredClone(node[2] ?? []));
    else if (node[1].length > 0) mutateValue(node[1], random, pick);
  }
}

function mutateValue(values: WritableValue[], random: () => number, pick: <T>(list: readonly T[]) => T): void {
  const index = Math.floor(random() * values.length);
  const value = values[index]!;
  if (typeof value === 'string') {
    values[index] = pick([
      '',
      'ByPolygon',
      'AllSame',
      'ByVertice',
      'Direct',
      'IndexToDirect',
      'OP',
      'OO',
      'Lcl Scaling',
    ]);
  } else if (value instanceof Float64Array || value instanceof Int32Array) {
    values[index] = mutateArray(value, random, pick);
  } else if (typeof value === 'bigint') {
    values[index] = random() < 0.5 ? BigInt(pick(INTEGERS)) : value + 1n;
  } else {
    values[index] = random() < 0.5 ? { double: pick(NUMBERS) } : BigInt(pick(INTEGERS));
  }
}

function mutateArray<T extends Float64Array | Int32Array>(
  array: T,
  random: () => number,
  pick: <V>(list: readonly V[]) => V,
): T {
  const how = random();
  if (how < 0.2) return array.slice(0, Math.floor(random() * array.length)) as T;
  if (how < 0.3) {
    const longer = (
      array instanceof Float64Array ? new Float64Array(array.length + 5) : new Int32Array(array.length + 5)
    ) as T;
    longer.set(array);
    return longer;
  }
  const out = array.slice() as T;
  const count = how < 0.6 ? 1 : how < 0.8 ? Math.ceil(out.length / 10) : out.length;
  const replacement = pick(array instanceof Float64Array ? NUMBERS : INTEGERS);
  for (let i = 0; i < count; i++) out[Math.floor(random() * out.length)] = replacement;
  return out;
}
