import { dedup } from '@gltf-transform/functions';
import { plural } from '../formats/corrections.ts';
import type { OperationFunction } from './operation-context.ts';

/** Holds equal accessors, meshes, textures, materials and skins once. */
export const dedupe: OperationFunction<'dedupe'> = async (document, { keepNames }, { note }) => {
  const root = document.getRoot();
  const count = () => ({
    accessor: root.listAccessors().length,
    mesh: root.listMeshes().length,
    texture: root.listTextures().length,
    material: root.listMaterials().length,
    skin: root.listSkins().length,
  });
  const before = count();
  await document.transform(dedup({ keepUniqueNames: keepNames }));
  const after = count();
  const merged = (Object.keys(before) as (keyof typeof before)[])
    .filter((kind) => after[kind] < before[kind])
    .map((kind) => plural(before[kind] - after[kind], kind, kind === 'mesh' ? 'meshes' : `${kind}s`));
  if (merged.length > 0) note(`Merged ${merged.join(', ')}.`);
};
