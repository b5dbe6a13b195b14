import type { Material } from 'three';

/** The key of `MeshDetails` in the user data of a mesh. */
export const DETAILS = 'maquetteMesh';

/** A blend shape: how far the points of a mesh move. */
export interface UsdBlendShape {
  name: string;
  /** Three for each of `points`. */
  offsets: ArrayLike<number>;
  /** The points that move; null for all, in their order. */
  points: ArrayLike<number> | null;
}

/** A primvar, in the terms of the corners of faces. */
export interface CornerValues {
  values: ArrayLike<number>;
  width: number;
  /** The place of a corner's value. */
  at(corner: number): number;
}

/** What of a mesh the composer does not look at. */
export interface MeshDetails {
  /** Corners in clockwise order from outside. */
  leftHanded: boolean;
  doubleSided: boolean;
  /** Whether the normals are the file's own. */
  hasNormals: boolean;
  /** The number of corners of each face. */
  counts: ArrayLike<number>;
  /** The point of each corner. */
  points: ArrayLike<number>;
  colors: CornerValues | null;
  opacities: CornerValues | null;
  /** The second set of texture coordinates. */
  texcoords: CornerValues | null;
  shapes: UsdBlendShape[];
  /** Of faces that are in no subset. */
  material: Material | null;
}

type Attributes = Record<string, unknown>;

/** Reads what of a mesh lies in its attributes. */
export function readMeshDetails(attributes: Attributes, shapes: UsdBlendShape[]): MeshDetails {
  const counts = numbers(attributes.faceVertexCounts);
  const points = numbers(attributes.faceVertexIndices);
  const primvar = (name: string, width: number) =>
    cornerValues(numbers(attributes[name]), numbers(attributes[`${name}:indices`]), width, counts, points, attributes);
  return {
    leftHanded: attributes.orientation === 'leftHanded',
    // The text reader leaves a truth value as the word that stands there.
    doubleSided: [true, 1, '1', 'true'].includes(attributes.doubleSided as string),
    hasNormals: attributes.normals !== undefined || attributes['primvars:normals'] !== undefined,
    counts,
    points,
    colors: primvar('primvars:displayColor', 3),
    opacities: primvar('primvars:displayOpacity', 1),
    texcoords: primvar('primvars:st1', 2),
    shapes,
    material: null,
  };
}

export function numbers(value: unknown): ArrayLike<number> {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return value as unknown as ArrayLike<number>;
  return [];
}

/**
 * How often a primvar changes is told by how many values it has: the same number fits one kind alone but for meshes
 * with as many points as faces, where points come first. One value for all is left to the material.
 */
function cornerValues(
  values: ArrayLike<number>,
  indices: ArrayLike<number>,
  width: number,
  counts: ArrayLike<number>,
  points: ArrayLike<number>,
  attributes: Attributes,
): CornerValues | null {
  const rows = Math.floor(values.length / width);
  const elements = indices.length > 0 ? indices.length : rows;
  if (rows < 2 && indices.length === 0) return null;
  const place = (element: number): number => Math.min(rows - 1, indices.length > 0 ? indices[element]! : element);
  if (elements === numbers(attributes.points).length / 3)
    return { values, width, at: (corner) => place(points[corner]!) };
  if (elements === points.length) return { values, width, at: place };
  if (elements !== counts.length) return null;
  const faces = new Uint32Array(points.length);
  for (let face = 0, corner = 0; face < counts.length; face++)
    for (let i = 0; i < counts[face]! && corner < faces.length; i++) faces[corner++] = face;
  return { values, width, at: (corner) => place(faces[corner]!) };
}
