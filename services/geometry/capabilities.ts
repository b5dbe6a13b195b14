import type { SourceFormat } from '#engine/formats/detect-format.ts';

/** The formats that are read, as people know them. */
export const FORMATS: Record<SourceFormat, { title: string; extensions: string[] }> = {
  glb: { title: 'glTF 2.0 binary', extensions: ['glb', 'vrm'] },
  gltf: { title: 'glTF 2.0 with its buffers and textures', extensions: ['gltf'] },
  fbx: { title: 'Autodesk FBX 5.0 to 7.7, text and binary', extensions: ['fbx'] },
  obj: { title: 'Wavefront OBJ with its materials and textures', extensions: ['obj'] },
  usd: { title: 'USD: text, crate and USDZ packages', extensions: ['usd', 'usda', 'usdc', 'usdz'] },
  dae: { title: 'COLLADA 1.4 and 1.5', extensions: ['dae'] },
  '3ds': { title: 'Autodesk 3DS', extensions: ['3ds'] },
  x3d: { title: 'X3D in XML', extensions: ['x3d'] },
  vrml: { title: 'VRML 1.0 and VRML97', extensions: ['wrl', 'wrz'] },
  stl: { title: 'STL, text and binary, with colours', extensions: ['stl'] },
  off: { title: 'OFF meshes, text', extensions: ['off'] },
  pcd: { title: 'PCD point clouds', extensions: ['pcd'] },
  ply: { title: 'PLY meshes, point clouds and Gaussian splats', extensions: ['ply'] },
  '3mf': { title: '3D Manufacturing Format', extensions: ['3mf'] },
  step: { title: 'STEP (AP203, AP214, AP242)', extensions: ['step', 'stp'] },
  iges: { title: 'IGES 5.3', extensions: ['iges', 'igs'] },
  brep: { title: 'Open CASCADE BREP', extensions: ['brep'] },
  ifc: { title: 'IFC 2x3 and 4 building models', extensions: ['ifc'] },
  las: { title: 'LAS 1.0 to 1.4 point clouds, LAZ too', extensions: ['las', 'laz'] },
  ksplat: { title: 'KSPLAT Gaussian splats', extensions: ['ksplat'] },
  sog: { title: 'SOG Gaussian splats', extensions: ['sog'] },
  spz: { title: 'SPZ Gaussian splats', extensions: ['spz'] },
  splat: { title: 'SPLAT Gaussian splats', extensions: ['splat'] },
  zip: { title: 'Zip archive of a model and its files', extensions: ['zip'] },
};
