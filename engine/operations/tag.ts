import type { Document, ExtensibleProperty } from '@gltf-transform/core';
import { matchesPattern } from '#contracts/operations/name-patterns.ts';
import type { OperationOf } from '#contracts/operations/operation.ts';
import type { TAGGABLE } from '#contracts/operations/tag-operation.ts';
import { plural } from '../formats/corrections.ts';
import type { OperationFunction } from './operation-context.ts';

type Kind = (typeof TAGGABLE)[number];
type Extras = Record<string, unknown>;

/** Sets and removes custom properties. Other extras of the same things stay. */
export const tag: OperationFunction<'tag'> = (document, parameters, { note }) => {
  const { kinds, names } = parameters;
  let tagged = 0;
  for (const kind of kinds) {
    if (kind === 'asset') {
      const asset = document.getRoot().getAsset();
      const extras = retagged((asset.extras as Extras | undefined) ?? {}, parameters);
      if (Object.keys(extras).length > 0) asset.extras = extras;
      else delete asset.extras;
      tagged++;
      continue;
    }
    for (const property of listOf(document, kind)) {
      if (names && !matchesPattern(property.getName(), names)) continue;
      property.setExtras(retagged(property.getExtras(), parameters));
      tagged++;
    }
  }
  note(tagged > 0 ? `Tagged ${plural(tagged, 'thing')}.` : 'Nothing has one of the names.');
};

function retagged(extras: Extras, { set, remove }: OperationOf<'tag'>): Extras {
  const gone = new Set(remove);
  const kept = Object.entries(extras).filter(([key]) => !gone.has(key));
  return Object.fromEntries([...kept, ...Object.entries(set)]);
}

function listOf(document: Document, kind: Exclude<Kind, 'asset'>): ExtensibleProperty[] {
  const root = document.getRoot();
  switch (kind) {
    case 'scenes':
      return root.listScenes();
    case 'nodes':
      return root.listNodes();
    case 'meshes':
      return root.listMeshes();
    case 'materials':
      return root.listMaterials();
    case 'textures':
      return root.listTextures();
    case 'animations':
      return root.listAnimations();
    case 'skins':
      return root.listSkins();
    case 'cameras':
      return root.listCameras();
    default:
      return kind satisfies never;
  }
}
