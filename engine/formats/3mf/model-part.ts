import type { mat4 } from '@gltf-transform/core';
import type { BeamLattice } from './beam-lattice.ts';

/** A colour with alpha, each from 0 to 1; linear. */
export type Rgba = [number, number, number, number];

/** What triangles and objects refer to by `pid`. */
export type PropertyGroup =
  | { kind: 'materials'; materials: { name: string; color: Rgba; metallic: number; roughness: number }[] }
  | { kind: 'colors'; colors: Rgba[] }
  /** Two numbers for each coordinate, v pointing up. */
  | { kind: 'texture'; texture: number; coordinates: number[] }
  /** For each index the group and the index in it that stand for it. */
  | { kind: 'multi'; references: { pid: number; index: number }[] };

export interface Texture2d {
  path: string;
  tileU: string;
  tileV: string;
}

export interface Component {
  objectId: number;
  /** Model part where the object is; null for the same. */
  path: string | null;
  matrix: mat4 | null;
}

export interface MeshObject {
  /** Three for each vertex, in the units of the part. */
  positions: Float32Array;
  /** Three for each triangle. */
  triangles: Uint32Array;
  /** For each triangle its property group and the indices of its corners in it (-1 for none); null where no triangle has one. */
  properties: Int32Array | null;
}

export interface ModelObject {
  id: number;
  name: string;
  type: string;
  pid: number;
  pindex: number;
  mesh: MeshObject | null;
  lattice: BeamLattice | null;
  components: Component[];
}

/** One `.model` file of a 3MF package. */
export interface ModelPart {
  path: string;
  unit: string;
  metadata: Record<string, string>;
  objects: Map<number, ModelObject>;
  groups: Map<number, PropertyGroup>;
  textures: Map<number, Texture2d>;
  items: Component[];
  /** Extensions that the part says a reader must understand and that are not read here. */
  requiredExtensions: string[];
  /** What was met and is not read, by tag. */
  ignored: Set<string>;
}
