import type { UsdPrim } from '../usd-layer.ts';
import type { StringTables } from './string-tables.ts';

/** The paths of a layer, numbered, and the three lists by which a crate file holds them as a tree. */
export interface PathTree {
  /** Number of each path; `/` has 0. */
  numbers: ReadonlyMap<string, number>;
  /** In the order of a walk, parents first: the number of the path. */
  indexes: number[];
  /** The token of its last element; negative where it names a property. */
  elements: number[];
  /** Where the next sibling stands: −2 a leaf without one, −1 children but no sibling, 0 a sibling and no children. */
  jumps: number[];
}

/** Lists every prim and property of a layer, and the root prims of other layers that it refers to. */
export function buildPathTree(root: UsdPrim, tables: StringTables): PathTree {
  // Token 0 as a property's could not be told from a prim's.
  tables.token('');
  const tree = {
    numbers: new Map<string, number>(),
    indexes: [] as number[],
    elements: [] as number[],
    jumps: [] as number[],
  };
  const add = (path: string, element: number, hasSibling: boolean, hasChildren: boolean, inner: () => void): void => {
    const at = tree.indexes.length;
    tree.numbers.set(path, at);
    tree.indexes.push(at);
    tree.elements.push(element);
    tree.jumps.push(0);
    inner();
    if (hasChildren) tree.jumps[at] = hasSibling ? tree.indexes.length - at : -1;
    else tree.jumps[at] = hasSibling ? 0 : -2;
  };
  const walk = (prim: UsdPrim, hasSibling: boolean): void => {
    const inner = prim.children.length + prim.properties.length;
    add(prim.path, tables.token(prim.name), hasSibling, inner > 0, () => {
      let left = inner;
      for (const child of prim.children) walk(child, --left > 0);
      for (const { name } of prim.properties) {
        add(`${prim.path}.${name}`, -tables.token(name), --left > 0, false, () => {});
      }
    });
  };
  const foreign = new Set<string>();
  collectReferences(root, foreign);
  foreign.delete(root.name);
  add('/', 0, false, true, () => {
    let left = foreign.size;
    walk(root, left > 0);
    for (const name of foreign) add(`/${name}`, tables.token(name), --left > 0, false, () => {});
  });
  return tree;
}

function collectReferences(prim: UsdPrim, into: Set<string>): void {
  if (prim.reference) into.add(prim.reference.prim);
  for (const child of prim.children) collectReferences(child, into);
}
