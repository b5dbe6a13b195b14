import { type FindingKind, Findings } from '../findings.ts';

const KINDS = {
  duplicate_id: ['warning', 'objects have an id that another object has', 'Export the model again; the first of them is kept.'],
  node_cycle: ['error', 'nodes are their own ancestors', 'Export the model again; such nodes are attached to the root.'],
  index_out_of_range: ['error', 'polygons refer to vertices that do not exist', 'Export the model again; these polygons are left out.'],
  degenerate_polygon: ['warning', 'polygons have fewer than three corners', 'Remove them; they show nothing.'],
  layer_out_of_range: ['warning', 'corners refer to normals, texture coordinates, colours or materials that do not exist', 'Export the model again; the corner is read without them.'],
  complex_polygon: ['warning', 'polygons cross themselves', 'Triangulate before the export to control how such polygons are filled.'],
  unsupported_geometry: ['warning', 'objects are curves, NURBS surfaces or patches, which are not read', 'Convert curves and surfaces to polygons before the export.'],
  unsupported_mapping: ['warning', 'layers of normals, texture coordinates or colours have an unknown mapping', 'Export the model again with another program; the layer is left out.'],
  empty_mesh: ['info', 'meshes have no polygons', 'Nothing needs doing; they show nothing.'],
  missing_texture: ['warning', 'texture files were not given', 'Upload the textures together with the model, or embed the media on export.'],
  unsupported_texture: ['warning', 'textures are in a format that glTF does not hold', 'Convert these textures to PNG or JPEG.'],
  unused_map: ['info', 'texture maps have no counterpart in glTF', 'Bake the map into the base colour, roughness or normal texture.'],
  unsupported_material: ['info', 'materials are of an unknown kind', 'Their common properties were read; use a Phong or physical material for exact results.'],
  skinning_method: ['info', 'skins use dual quaternions or a blend, which glTF does not have', 'They are skinned linearly; joints that twist look narrower.'],
  missing_bone: ['warning', 'skin clusters have no bone', 'Bind the skin again before the export; these vertices follow the mesh.'],
  many_influences: ['info', 'vertices follow more than eight joints', 'The eight strongest are kept.'],
  unsupported_animation: ['info', 'animated properties have no counterpart in glTF', 'Bake them to node transforms or morph weights.'],
  damaged_curve: ['warning', 'animation curves are damaged', 'Export the animation again; these curves are left out.'],
  static_clip: ['info', 'animation stacks move nothing', 'Nothing needs doing; they are left out.'],
  constraint: ['info', 'constraints are not evaluated', 'Bake the animation before the export.'],
  spheric_rotation: ['info', 'nodes use spheric rotation, read as XYZ', 'Bake the animation before the export.'],
  sheared_node: ['warning', 'nodes inherit a shear, which glTF cannot hold', 'Freeze the non-uniform scales of their parents before the export.'],
} as const satisfies Record<string, FindingKind>; // biome-ignore format: a table

export type FbxFindingCode = keyof typeof KINDS;
export type FbxFindings = Findings<FbxFindingCode>;

export function createFbxFindings(name: string): FbxFindings {
  return new Findings<FbxFindingCode>(name, KINDS);
}
