import type { Document, Material, Primitive } from '@gltf-transform/core';
import type { Manifold } from 'manifold-3d';
import { createPrimitive } from '../../formats/geometry/create-primitive.ts';
import { shadedPrimitive } from '../solids/shaded-primitive.ts';
import type { SurfacePiece } from '../solids/world-surface.ts';
import { type AttributeLayout, setCarried } from './carried-attributes.ts';

/** Triangles of a result that become one primitive. */
interface Group {
  source: Primitive;
  material: Material | null;
  /** Of the library's mesh, and whether they show the back of their source. */
  vertices: number[];
  turned: Map<number, number>;
  numbers: Map<number, number>;
  corners: number[];
}

/**
 * The primitives of a body: one for each material and set of attributes that its surface came from.
 *
 * @param materialOf the material in the document of a primitive that the surface came from; its own by default
 */
export function primitivesOfSolid(
  document: Document,
  solid: Manifold,
  pieces: ReadonlyMap<number, SurfacePiece>,
  layout: AttributeLayout,
  materialOf: (source: Primitive) => Material | null = (source) => source.getMaterial(),
): Primitive[] {
  const mesh = solid.getMesh();
  const groups = new Map<string, Group>();
  const materials: (Material | null)[] = [];
  for (let run = 0; run < mesh.runOriginalID.length; run++) {
    const piece = pieces.get(mesh.runOriginalID[run]!);
    if (!piece || mesh.runIndex[run] === mesh.runIndex[run + 1]) continue;
    const group = groupOf(groups, materials, piece.primitive, materialOf(piece.primitive));
    const numbers = mesh.backside(run) ? group.turned : group.numbers;
    for (let i = mesh.runIndex[run]!; i < mesh.runIndex[run + 1]!; i++) {
      const vertex = mesh.triVerts[i]!;
      let number = numbers.get(vertex);
      if (number === undefined) {
        number = group.vertices.push(vertex) - 1;
        numbers.set(vertex, number);
      }
      group.corners.push(number);
    }
  }
  const { numProp, vertProperties } = mesh;
  return [...groups.values()].map((group) => {
    const positions = new Float32Array(group.vertices.length * 3);
    const values = new Float32Array(group.vertices.length * layout.width);
    for (const [i, vertex] of group.vertices.entries()) {
      positions.set(vertProperties.subarray(vertex * numProp, vertex * numProp + 3), i * 3);
      values.set(vertProperties.subarray(vertex * numProp + 3, vertex * numProp + 3 + layout.width), i * layout.width);
    }
    if (layout.normals) {
      // Of what was taken away, the inside shows.
      for (const number of group.turned.values()) for (let k = 0; k < 3; k++) values[number * layout.width + k]! *= -1;
    }
    return primitiveOf(document, group, positions, values, layout);
  });
}

function groupOf(
  groups: Map<string, Group>,
  materials: (Material | null)[],
  source: Primitive,
  material: Material | null,
): Group {
  let number = materials.indexOf(material);
  if (number < 0) number = materials.push(material) - 1;
  const key = [
    number,
    ...source
      .listSemantics()
      .filter((semantic) => /^(TEXCOORD|COLOR)_/.test(semantic))
      .sort(),
  ].join();
  const known = groups.get(key);
  if (known) return known;
  const group: Group = { source, material, vertices: [], turned: new Map(), numbers: new Map(), corners: [] };
  groups.set(key, group);
  return group;
}

function primitiveOf(
  document: Document,
  { source, material, corners }: Group,
  positions: Float32Array,
  values: Float32Array,
  layout: AttributeLayout,
): Primitive {
  const indices = Uint32Array.from(corners);
  // Without any attribute the corners can be shaded as they are; normals of others follow by `normals`.
  if (layout.width === 0) return shadedPrimitive(document, { positions, indices }, material);
  const primitive = createPrimitive(document, { positions, indices, material });
  setCarried(document, primitive, source, layout, values);
  return primitive;
}
