import type { SourceFormat } from './detect-format.ts';
import type { Importer } from './imported-model.ts';

/** Formats that an importer turns into glTF. */
export type ImportedFormat = Exclude<SourceFormat, 'zip' | 'glb' | 'gltf'>;

/** Where each importer is. Loaded when a file needs it: start-up time matters on the command line. */
export const IMPORTERS: Record<ImportedFormat, () => Promise<Importer>> = {
  fbx: async () => (await import('./fbx/import-fbx.ts')).importFbx,
  obj: async () => (await import('./obj/import-obj.ts')).importObj,
};
