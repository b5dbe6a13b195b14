import type { FbxNode } from './fbx-node.ts';
import type { Properties } from './properties.ts';

/** A connection, seen from one of its ends. */
export interface FbxLink {
  object: FbxObject;
  /** The property of the parent that the child drives (`OP` connections); null for plain ones. */
  property: string | null;
}

/** An object of the file with what it is connected to. */
export interface FbxObject {
  id: string;
  /** `Model`, `Geometry`, `Material`, `Texture`, `Deformer`, `AnimationCurve`, … */
  kind: string;
  /** `Mesh`, `LimbNode`, `Skin`, `Cluster`, … */
  subtype: string;
  name: string;
  node: FbxNode;
  properties: Properties;
  children: FbxLink[];
  parents: FbxLink[];
}

/** A file as a graph of objects, the same for all versions. */
export interface FbxScene {
  version: number;
  /** The library that wrote the file. */
  creator: string | null;
  /** The program that made it, with its version. */
  application: string | null;
  settings: Properties;
  /** In the order of the file. */
  objects: FbxObject[];
  /** The animation of files before 7.0. */
  takes: FbxNode | null;
}

/** The children of one kind, in the order of their connections. */
export function childrenOf(object: FbxObject, kind: string, subtype?: string): FbxObject[] {
  const found: FbxObject[] = [];
  for (const link of object.children) {
    if (link.object.kind !== kind || (subtype !== undefined && link.object.subtype !== subtype)) continue;
    if (!found.includes(link.object)) found.push(link.object);
  }
  return found;
}

/** The first parent of one kind. */
export function parentOf(object: FbxObject, kind: string): FbxObject | undefined {
  return object.parents.find((link) => link.object.kind === kind)?.object;
}
