import type { ExportFormat } from '#contracts/model/export-format.ts';
import type { Exporter } from './exporter.ts';

/** Where each writer is. Loaded when it is asked for, as readers are. */
export const EXPORTERS: Record<ExportFormat, () => Promise<Exporter>> = {
  glb: async () => (await import('./gltf/export-gltf.ts')).exportGlb,
  gltf: async () => (await import('./gltf/export-gltf.ts')).exportGltf,
  fbx: async () => (await import('./fbx/write-fbx.ts')).writeFbx,
  usdz: async () => (await import('./usd/write-usdz.ts')).writeUsdz,
  obj: async () => (await import('./obj/write-obj.ts')).exportObj,
  ply: async () => (await import('./ply/write-ply.ts')).exportPly,
  '3mf': async () => (await import('./3mf/write-3mf.ts')).export3mf,
  stl: async () => (await import('./stl/write-stl.ts')).exportStl,
};
