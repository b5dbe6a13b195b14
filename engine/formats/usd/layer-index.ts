import type { UsdSpec } from 'three/addons/loaders/usd/USDAParser.js';
import { SPEC_TYPE } from './crate/crate-types.ts';
import type { UsdLayerSpecs } from './text/parse-usda.ts';

/** What stands below each prim of a layer: the names of its prims, and those of its properties. */
export interface LayerIndex {
  specs: Record<string, UsdSpec>;
  children: ReadonlyMap<string, readonly string[]>;
  properties: ReadonlyMap<string, readonly string[]>;
}

/** Finds out once what stands below what. Variants are parts of their prims' paths: `/Car/{size=large}`. */
export function indexLayer({ specsByPath: specs }: UsdLayerSpecs): LayerIndex {
  const children = new Map<string, string[]>();
  const properties = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, parent: string, name: string): void => {
    const known = map.get(parent);
    if (known) known.push(name);
    else map.set(parent, [name]);
  };
  for (const [path, { specType }] of Object.entries(specs)) {
    if (specType === SPEC_TYPE.prim && path.length > 1) {
      const slash = path.lastIndexOf('/');
      add(children, path.slice(0, slash) || '/', path.slice(slash + 1));
    } else if (specType === SPEC_TYPE.attribute || specType === SPEC_TYPE.relationship) {
      const dot = path.lastIndexOf('.');
      add(properties, path.slice(0, dot), path.slice(dot + 1));
    }
  }
  return { specs, children, properties };
}

/** The path of a prim below another. */
export function below(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}
