import { type Document, type ExtensibleProperty, Primitive, type Property, PropertyType } from '@gltf-transform/core';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { morphedPositions } from '../describe/measure-bounds.ts';
import { plural } from '../formats/corrections.ts';
import { bakePose } from './bake-pose.ts';
import type { OperationFunction } from './operation-context.ts';
import { provideTangentSpace } from './provide-tangent-space.ts';
import { removeUnused } from './unused.ts';

type Kind = OperationOf<'strip'>['kinds'][number];

/** Removes everything of the given kinds, and what only they used. */
export const strip: OperationFunction<'strip'> = async (document, { kinds }, { note }) => {
  for (const kind of kinds) REMOVERS[kind](document);
  const { flattened, smoothed } = await provideTangentSpace(document);
  const { SKIN, MATERIAL, TEXTURE, PRIMITIVE_TARGET, ACCESSOR } = PropertyType;
  await removeUnused(document, [SKIN, MATERIAL, TEXTURE, PRIMITIVE_TARGET, ACCESSOR]);
  note(`Removed ${kinds.join(', ')}.`);
  if (flattened > 0) {
    note(
      `${plural(flattened, 'material')} lost ${flattened === 1 ? 'its' : 'their'} anisotropy, which has no direction without tangents.`,
    );
  }
  if (smoothed > 0) {
    note(
      `${plural(smoothed, 'material')} lost the normal texture of ${smoothed === 1 ? 'its' : 'their'} clear coat, which has no direction without tangents.`,
    );
  }
};

const REMOVERS: Record<Kind, (document: Document) => void> = {
  animations(document) {
    for (const animation of document.getRoot().listAnimations()) {
      for (const channel of animation.listChannels()) channel.dispose();
      for (const sampler of animation.listSamplers()) sampler.dispose();
      animation.dispose();
    }
  },
  cameras(document) {
    for (const camera of document.getRoot().listCameras()) camera.dispose();
  },
  lights(document) {
    removeExtension(document, 'KHR_lights_punctual');
  },
  skins: removeSkins,
  morphTargets: removeMorphTargets,
  materials(document) {
    for (const material of document.getRoot().listMaterials()) material.dispose();
    removeExtension(document, 'KHR_materials_variants');
  },
  textures(document) {
    for (const texture of document.getRoot().listTextures()) texture.dispose();
  },
  colors: (document) => removeAttributes(document, /^COLOR_/),
  normals(document) {
    removeAttributes(document, /^(NORMAL|TANGENT)$/);
  },
  tangents: (document) => removeAttributes(document, /^TANGENT$/),
  texcoords: (document) => removeAttributes(document, /^TEXCOORD_/),
  points: (document) => removePrimitives(document, (mode) => mode === Primitive.Mode.POINTS),
  lines: (document) => removePrimitives(document, (mode) => mode > Primitive.Mode.POINTS && mode < 4),
  extras(document) {
    forEachProperty(document, (property) => property.setExtras({}));
  },
  names(document) {
    forEachProperty(document, (property) => property.setName(''));
  },
};

/** Meshes stand in their rest pose afterwards, where their joints held them. */
export function removeSkins(document: Document): void {
  bakePose(document);
  for (const skin of document.getRoot().listSkins()) skin.dispose();
  removeAttributes(document, /^(JOINTS|WEIGHTS)_/);
}

function removeExtension(document: Document, name: string): void {
  const extension = document
    .getRoot()
    .listExtensionsUsed()
    .find(({ extensionName }) => extensionName === name);
  extension?.dispose();
}

/** From vertices and their morph targets alike. */
function removeAttributes(document: Document, pattern: RegExp): void {
  for (const primitive of listPrimitives(document)) {
    for (const item of [primitive, ...primitive.listTargets()]) {
      for (const semantic of item.listSemantics()) if (pattern.test(semantic)) item.setAttribute(semantic, null);
    }
  }
}

function listPrimitives(document: Document): Primitive[] {
  return document
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives());
}

/** The shape stays as the default weights leave it. */
function removeMorphTargets(document: Document): void {
  const root = document.getRoot();
  for (const mesh of root.listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      if (primitive.listTargets().length === 0) continue;
      const positions = mesh.getWeights().some((weight) => weight !== 0)
        ? morphedPositions(primitive, mesh.getWeights())
        : null;
      if (positions) {
        const accessor = primitive.getAttribute('POSITION')!.clone().setNormalized(false);
        primitive.setAttribute('POSITION', accessor.setArray(new Float32Array(positions)));
      }
      for (const target of primitive.listTargets()) primitive.removeTarget(target);
    }
    mesh.setWeights([]);
  }
  for (const node of root.listNodes()) node.setWeights([]);
  for (const animation of root.listAnimations()) {
    for (const channel of animation.listChannels()) if (channel.getTargetPath() === 'weights') channel.dispose();
    if (animation.listChannels().length === 0) animation.dispose();
  }
}

function removePrimitives(document: Document, matches: (mode: number) => boolean): void {
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) if (matches(primitive.getMode())) primitive.dispose();
    if (mesh.listPrimitives().length === 0) mesh.dispose();
  }
}

function forEachProperty(document: Document, use: (property: Property) => void): void {
  const root = document.getRoot();
  const properties: ExtensibleProperty[] = [
    root,
    ...root.listScenes(),
    ...root.listNodes(),
    ...root.listCameras(),
    ...root.listSkins(),
    ...root.listMeshes(),
    ...listPrimitives(document),
    ...root.listMaterials(),
    ...root.listTextures(),
    ...root.listAnimations(),
  ];
  for (const property of properties) use(property);
  for (const accessor of root.listAccessors()) use(accessor);
}
