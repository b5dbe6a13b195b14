import type { Document, Material, Mesh, Node, Primitive } from '@gltf-transform/core';
import type { MappingList } from '@gltf-transform/extensions';
import { measurePlacements, meshNodes } from '../../measure/placements.ts';
import { skinnedPositions } from '../../measure/skinned-positions.ts';
import { coordinateSet, texturesOf } from '../../validate/checks/coordinate-use.ts';
import { uvCoverage } from '../../validate/checks/uv-coverage.ts';
import { NOTABLE_OVERLAP } from '../../validate/checks/uv-overlap.ts';
import { floatValues } from '../float-values.ts';
import { indexPrimitive, trianglePrimitives } from '../triangle-lists.ts';

/** A primitive and where it is drawn. */
export interface UvPart {
  mesh: Mesh;
  primitive: Primitive;
  /** The first node of the default scene that draws it; null where none does. */
  node: Node | null;
  /** Local units times this are metres. */
  scale: number;
}

/** Primitives that share textures, and with them the unit square of texture space. */
export interface UvGroup {
  material: Material | null;
  parts: UvPart[];
}

/** How far outside of the square coordinates may lie, for rounding. */
const BORDER = 1e-4;
/** Sets of texture coordinates that are looked at. */
export const MOST_SETS = 8;

/** The primitives of a document that draw triangles by their material, as indexed lists of triangles. */
export function groupByMaterial(document: Document): UvGroup[] {
  const scene = document.getRoot().getDefaultScene();
  const placements = measurePlacements(scene);
  const nodes = new Map<Mesh, Node>();
  for (const { node, mesh } of scene ? meshNodes(scene) : []) if (!nodes.has(mesh)) nodes.set(mesh, node);
  const groups = new Map<Material | null, UvGroup>();
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of trianglePrimitives(mesh)) {
      indexPrimitive(primitive);
      if (primitive.getIndices()!.getCount() < 3) continue;
      const material = primitive.getMaterial();
      const group = groups.get(material) ?? { material, parts: [] };
      const node = nodes.get(mesh) ?? null;
      group.parts.push({ mesh, primitive, node, scale: placements.get(mesh)?.scale || 1 });
      groups.set(material, group);
    }
  }
  return [...groups.values()];
}

/** The sets of coordinates that textures of a group are laid out by, in any variant of its materials. */
export function texturedSets({ parts }: UvGroup): Set<number> {
  const materials = new Set<Material>();
  for (const { primitive } of parts) {
    const variants = primitive.getExtension<MappingList>('KHR_materials_variants')?.listMappings() ?? [];
    for (const material of [primitive.getMaterial(), ...variants.map((mapping) => mapping.getMaterial())]) {
      if (material) materials.add(material);
    }
  }
  return new Set([...materials].flatMap((material) => texturesOf(material).map(coordinateSet)));
}

/** Whether all of a group has coordinates in a set, within the square and no triangle upon another. */
export function isApart({ parts }: UvGroup, set: number): boolean {
  const lists = parts.map(({ primitive }) => {
    const accessor = primitive.getAttribute(`TEXCOORD_${set}`);
    return accessor && { coordinates: floatValues(accessor, 2), vertices: primitive.getIndices()!.getArray()! };
  });
  if (!lists.every((list) => list !== null)) return false;
  if (!lists.every(({ coordinates }) => coordinates.every((value) => value >= -BORDER && value <= 1 + BORDER))) {
    return false;
  }
  const { covered, overlapped } = uvCoverage(lists);
  return covered > 0 && overlapped <= NOTABLE_OVERLAP * covered;
}

/** The first set in which a group lies without overlaps; null where there is none. */
export function findApartSet(group: UvGroup): number | null {
  for (let set = 0; set < MOST_SETS; set++) if (isApart(group, set)) return set;
  return null;
}

/** Positions as they are drawn, but for place and direction: in metres, skins in their rest pose. */
export function drawnPositions({ primitive, node, scale }: UvPart): Float32Array {
  const local = floatValues(primitive.getAttribute('POSITION')!, 3);
  const skinned = node && skinnedPositions(node, primitive, local);
  return skinned ?? local.map((value) => value * scale);
}
