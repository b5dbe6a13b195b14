import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** Endings of files that are models by themselves; others in a folder belong to one, or are none. */
const MODEL_ENDINGS = new Set(
  '.glb .gltf .vrm .fbx .obj .stl .ply .3mf .dae .3ds .usd .usda .usdc .usdz .x3d .x3dv .wrl .wrz .step .stp .iges .igs .brep .ifc .las .laz .off .pcd .splat .ksplat .spz .sog .zip'.split(
    ' ',
  ),
);

/**
 * The models that paths lead to: each file, and of a folder all models in it and below, in the order of their names.
 * What begins with a dot is left out.
 *
 * @throws MaquetteError `not_found` when a path leads nowhere, or a folder holds no model
 */
export async function modelPaths(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const there = await stat(path).catch((cause: unknown) => {
      throw new MaquetteError('not_found', `${path} cannot be read: there is no such file or folder.`, { cause });
    });
    if (!there.isDirectory()) {
      found.push(path);
      continue;
    }
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const models = entries
      .filter((entry) => entry.isFile() && MODEL_ENDINGS.has(extname(entry.name).toLowerCase()))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !/(^|[\\/])\.[^.\\/]/.test(file.slice(path.length)))
      .sort();
    if (models.length === 0) {
      throw new MaquetteError('not_found', `${path} holds no model.`, {
        remedy: 'Name the file itself when its ending is an unusual one: formats are told by the bytes.',
      });
    }
    found.push(...models);
  }
  return found;
}
