import type { Document, ExtensibleProperty, ExtensionProperty, Material, Property } from '@gltf-transform/core';
import { TextureInfo } from '@gltf-transform/core';
import { type Corrections, plural } from './corrections.ts';

/** The key of the transform of a texture, which may name another set of coordinates. */
const TRANSFORM = 'KHR_texture_transform';

/** A place for a texture: what holds it, its name there, and the set of coordinates that it is looked up by. */
interface TextureUse {
  holder: Property;
  name: string;
  set: number;
}

/**
 * Gives primitives that lack the coordinates for some textures of their material a copy of it without these textures:
 * glTF does not permit the one (2.0, section 3.9.1), and where to look up is unknown anyway.
 */
export function normaliseTextureCoordinates(document: Document, corrections: Corrections): void {
  const copies = new Map<string, Material>();
  const sets = new Map<Material, number[]>();
  const materials = document.getRoot().listMaterials();
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      const material = primitive.getMaterial();
      if (!material) continue;
      let needed = sets.get(material);
      if (!needed) {
        needed = [...new Set(listUses(document, material).map(({ set }) => set))].sort((a, b) => a - b);
        sets.set(material, needed);
      }
      const missing = needed.filter((set) => !primitive.getAttribute(`TEXCOORD_${set}`));
      if (missing.length === 0) continue;
      const key = `${materials.indexOf(material)}/${missing}`;
      let copy = copies.get(key);
      if (!copy) {
        copy = copyWithout(document, material, missing);
        copies.set(key, copy);
      }
      primitive.setMaterial(copy);
      corrections.add(
        'removed_texture_uses',
        1,
        (n) =>
          `${plural(n, 'mesh primitive')} without the texture coordinates that ${n === 1 ? 'its' : 'their'} material needs ${n === 1 ? 'is' : 'are'} drawn without these textures.`,
      );
    }
  }
}

function listUses(document: Document, material: Material): TextureUse[] {
  const graph = document.getGraph();
  return [material as ExtensibleProperty, ...material.listExtensions()].flatMap((holder) => {
    const edges = graph.listChildEdges(holder);
    return edges.flatMap((edge): TextureUse[] => {
      const info = edge.getChild();
      if (!(info instanceof TextureInfo)) return [];
      const name = edge.getName().replace(/Info$/, '');
      if (!edges.some((other) => other.getName() === name)) return [];
      const transform = info.getExtension(TRANSFORM) as (ExtensionProperty & { getTexCoord?(): number | null }) | null;
      return [{ holder: holder as Property, name, set: transform?.getTexCoord?.() ?? info.getTexCoord() }];
    });
  });
}

function copyWithout(document: Document, material: Material, sets: readonly number[]): Material {
  const copy = material.clone();
  // The copy shares the extensions of the original: those with textures to be taken off become its own.
  for (const extension of copy.listExtensions()) copy.setExtension(extension.extensionName, extension.clone());
  const graph = document.getGraph();
  for (const { holder, name, set } of listUses(document, copy)) {
    if (!sets.includes(set)) continue;
    for (const edge of graph.listChildEdges(holder)) if (edge.getName() === name) edge.dispose();
  }
  return copy;
}
