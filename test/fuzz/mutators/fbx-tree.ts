import { DecodeBudget } from '#engine/formats/fbx/decode-budget.ts';
import { isBinaryFbx, parseBinaryFbx } from '#engine/formats/fbx/parse-binary.ts';
import { parseTextFbx } from '#engine/formats/fbx/parse-text.ts';
import { mutateTree, toWritable } from '#engine/formats/fbx/testing/mutate-tree.ts';
import { type WritableNode, writeBinaryFbx, writeTextFbx } from '#engine/formats/fbx/testing/write-fbx.ts';
import type { Random } from '../random.ts';

/** Edits the node tree of an FBX file and writes it as a binary file of any version. */
export function mutateFbxTreeToBinary(bytes: Uint8Array, random: Random): Uint8Array {
  const version = random.pick([5000, 6100, 7100, 7400, 7400, 7500, 7700]);
  return writeBinaryFbx(mutatedTree(bytes, random), { version, compress: random.chance(0.5) });
}

/** Edits the node tree of an FBX file and writes it as text. */
export function mutateFbxTreeToText(bytes: Uint8Array, random: Random): Uint8Array {
  return writeTextFbx(mutatedTree(bytes, random), random.pick([5800, 6100, 7400, 7500]));
}

function mutatedTree(bytes: Uint8Array, random: Random): WritableNode[] {
  const budget = new DecodeBudget('seed', 1e9);
  const tree = isBinaryFbx(bytes) ? parseBinaryFbx(bytes, 'seed', budget) : parseTextFbx(bytes, 'seed', budget);
  const roots = tree.nodes.map(toWritable);
  if (random.chance(0.7)) mutateTree(roots, random.unit);
  if (random.chance(0.5)) mutateConnections(roots, random);
  if (random.chance(0.15)) mutateIds(roots, random);
  if (random.chance(0.1)) mutateTypes(roots, random);
  return roots;
}

function childrenOf(roots: readonly WritableNode[], name: string): WritableNode[] {
  return roots.filter(([title]) => title === name).flatMap(([, , children]) => children ?? []);
}

/** Connections that lead elsewhere, in circles, several times, or nowhere. */
function mutateConnections(roots: WritableNode[], random: Random): void {
  const list = roots.find(([name]) => name === 'Connections')?.[2];
  if (!list || list.length === 0) return;
  const ends = list.flatMap(([, values]) => values.slice(1, 3));
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    const [name, values] = random.pick(list);
    switch (random.below(5)) {
      case 0:
        values[1 + random.below(2)] = random.pick(ends);
        break;
      case 1:
        if (values.length > 2) list.push([name, [values[0]!, values[2]!, values[1]!]]);
        break;
      case 2:
        list.push([name, ['OO', random.pick(ends), random.pick(ends)]]);
        break;
      case 3:
        list.push([name, ['OP', random.pick(ends), random.pick(ends), random.pick(['DiffuseColor', 'd|X', 'T', ''])]]);
        break;
      default:
        list.splice(random.below(list.length), 1);
    }
    if (list.length === 0) return;
  }
}

/** Objects that share an id, or have none. */
function mutateIds(roots: WritableNode[], random: Random): void {
  const objects = childrenOf(roots, 'Objects').filter(([, values]) => values.length > 0);
  if (objects.length < 2) return;
  random.pick(objects)[1][0] = random.chance(0.5)
    ? random.pick(objects)[1][0]!
    : random.pick([0n, -1n, 'x', 2n ** 62n]);
}

/** Lists of one kind of number where another is expected, blobs where lists are, numbers where texts are. */
function mutateTypes(roots: WritableNode[], random: Random): void {
  const all: WritableNode[] = [];
  const open = [...roots];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node[1].length > 0) all.push(node);
    open.push(...(node[2] ?? []));
  }
  for (let edits = 1 + random.below(3); edits > 0 && all.length > 0; edits--) {
    const [, values] = random.pick(all);
    const at = random.below(values.length);
    const value = values[at]!;
    if (value instanceof Float64Array)
      values[at] = random.chance(0.5) ? Int32Array.from(value) : Float32Array.from(value);
    else if (value instanceof Int32Array)
      values[at] = random.chance(0.5) ? Float64Array.from(value) : new Uint8Array(value);
    else values[at] = random.pick([0, '', new Uint8Array(3), new Float64Array(3), new Int32Array(0), { double: 1.5 }]);
  }
}
