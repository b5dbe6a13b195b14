import type { Document, Property } from '@gltf-transform/core';
import type { RENAMABLE } from '#contracts/operations/cleaning-operations.ts';
import { plural } from '../formats/corrections.ts';
import type { OperationFunction } from './operation-context.ts';

type Kind = (typeof RENAMABLE)[number];

/** Changes the names of things by kind. Things without a name stay so, unless names have to be unique. */
export const rename: OperationFunction<'rename'> = (document, parameters, { note }) => {
  const { find, replace, prefix, suffix, unique } = parameters;
  let changed = 0;
  for (const kind of parameters.kinds) {
    const taken = new Set<string>();
    for (const property of listOf(document, kind)) {
      const old = property.getName();
      const replaced = find === '' ? old : old.replaceAll(find, replace);
      let name = replaced === '' ? '' : `${prefix}${replaced}${suffix}`;
      if (unique) name = freeName(name || `${prefix}${SINGULAR[kind]}${suffix}`, taken);
      taken.add(name);
      if (name === old) continue;
      property.setName(name);
      changed++;
    }
  }
  note(`Changed ${plural(changed, 'name')}.`);
};

const SINGULAR: Record<Kind, string> = {
  nodes: 'node',
  meshes: 'mesh',
  materials: 'material',
  textures: 'texture',
  animations: 'animation',
  skins: 'skin',
  cameras: 'camera',
};

function listOf(document: Document, kind: Kind): Property[] {
  const root = document.getRoot();
  switch (kind) {
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

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number++) {
    const numbered = `${name}_${number}`;
    if (!taken.has(numbered)) return numbered;
  }
}
