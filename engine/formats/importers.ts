import type { SourceFormat } from './detect-format.ts';
import type { Importer } from './imported-model.ts';

/** Formats that an importer turns into glTF. */
export type ImportedFormat = Exclude<SourceFormat, 'zip' | 'glb' | 'gltf'>;

/** Where each importer is. Loaded when a file needs it: start-up time matters on the command line. */
export const IMPORTERS: Record<ImportedFormat, () => Promise<Importer>> = {
  fbx: async () => (await import('./fbx/import-fbx.ts')).importFbx,
  obj: async () => (await import('./obj/import-obj.ts')).importObj,
  usd: async () => (await import('./usd/import-usd.ts')).importUsd,
  dae: async () => (await import('./dae/import-dae.ts')).importDae,
  '3ds': async () => (await import('./3ds/import-3ds.ts')).import3ds,
  x3d: async () => (await import('./x3d/import-x3d.ts')).importX3d,
  vrml: async () => (await import('./x3d/import-vrml.ts')).importVrml,
  stl: async () => (await import('./stl/import-stl.ts')).importStl,
  off: async () => (await import('./off/import-off.ts')).importOff,
  pcd: async () => (await import('./pcd/import-pcd.ts')).importPcd,
  ply: async () => (await import('./ply/import-ply.ts')).importPly,
  '3mf': async () => (await import('./3mf/import-3mf.ts')).import3mf,
  step: async () => (await import('./cad/import-cad.ts')).importStep,
  iges: async () => (await import('./cad/import-cad.ts')).importIges,
  brep: async () => (await import('./cad/import-cad.ts')).importBrep,
  ifc: async () => (await import('./ifc/import-ifc.ts')).importIfc,
  las: async () => (await import('./las/import-las.ts')).importLas,
  spz: async () => (await import('./splat/import-spz.ts')).importSpz,
  ksplat: async () => (await import('./splat/import-ksplat.ts')).importKsplat,
  sog: async () => (await import('./splat/import-sog.ts')).importSog,
  splat: async () => (await import('./splat/import-splat.ts')).importSplat,
};
