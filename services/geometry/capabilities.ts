import type { SourceFormat } from '#engine/formats/detect-format.ts';

/** The formats that are read, as people know them. */
export const FORMATS: Record<SourceFormat, { title: string; extensions: string[] }> = {
  glb: { title: 'glTF 2.0 binary', extensions: ['glb', 'vrm'] },
  gltf: { title: 'glTF 2.0 with its buffers and textures', extensions: ['gltf'] },
  fbx: { title: 'Autodesk FBX 5.0 to 7.7, text and binary', extensions: ['fbx'] },
  obj: { title: 'Wavefront OBJ with its materials and textures', extensions: ['obj'] },
  zip: { title: 'Zip archive of a model and its files', extensions: ['zip'] },
};
