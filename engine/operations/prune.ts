import { type Document, PropertyType } from '@gltf-transform/core';
import { prune as pruneDocument } from '@gltf-transform/functions';
import { plural } from '../formats/corrections.ts';
import { ANIMATION_POINTER } from '../formats/gltf/pass-through.ts';
import type { OperationFunction } from './operation-context.ts';

const TYPES = [
  PropertyType.NODE,
  PropertyType.SKIN,
  PropertyType.MESH,
  PropertyType.CAMERA,
  PropertyType.PRIMITIVE,
  PropertyType.PRIMITIVE_TARGET,
  PropertyType.MATERIAL,
  PropertyType.TEXTURE,
  PropertyType.ACCESSOR,
];

/** Removes what no scene uses. Textures of one colour stay: turning them into factors is a change, if a small one. */
export const prune: OperationFunction<'prune'> = async (document, parameters, { note }) => {
  const { keepLeaves, keepAttributes, keepExtras } = parameters;
  const root = document.getRoot();
  const count = () => ({
    node: root.listNodes().length,
    mesh: root.listMeshes().length,
    material: root.listMaterials().length,
    texture: root.listTextures().length,
    animation: root.listAnimations().length,
    skin: root.listSkins().length,
  });
  const before = count();
  const putBack = holdAnisotropyTangents(document);
  // Channels that write through KHR_animation_pointer have no target node, which is what marks a channel as dead there.
  const pointers = root.listExtensionsUsed().some(({ extensionName }) => extensionName === ANIMATION_POINTER);
  await document.transform(
    pruneDocument({
      propertyTypes: pointers ? TYPES : [...TYPES, PropertyType.ANIMATION],
      keepLeaves,
      keepAttributes,
      keepExtras,
      keepSolidTextures: true,
    }),
  );
  putBack();
  const after = count();
  const removed = (Object.keys(before) as (keyof typeof before)[])
    .filter((kind) => after[kind] < before[kind])
    .map((kind) => plural(before[kind] - after[kind], kind, kind === 'mesh' ? 'meshes' : `${kind}s`));
  if (removed.length > 0) note(`Removed ${removed.join(', ')}.`);
};

/** Where tangents are held while glTF-Transform looks for attributes without use. */
const HELD = '_HELD_TANGENT';

/**
 * Holds the tangents of materials with anisotropy, which glTF-Transform takes for unused where there is no normal map,
 * though the direction of the anisotropy hangs on them.
 *
 * @returns puts them back
 */
function holdAnisotropyTangents(document: Document): () => void {
  const primitives = document
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives())
    .filter((primitive) => primitive.getMaterial()?.getExtension('KHR_materials_anisotropy'));
  for (const primitive of primitives) primitive.setAttribute(HELD, primitive.getAttribute('TANGENT'));
  return () => {
    for (const primitive of primitives) {
      if (primitive.isDisposed()) continue;
      primitive.setAttribute('TANGENT', primitive.getAttribute(HELD)).setAttribute(HELD, null);
    }
  };
}
