import { type FindingKind, Findings } from '../findings.ts';

const OBJ_FINDINGS = {
  damaged_vertex: [
    'error',
    'vertex statements hold something else than three numbers',
    'Export the model again; elements that use these vertices are left out.',
  ],
  damaged_element: [
    'error',
    'faces, lines or points refer to vertices that do not exist, or are no list of indices',
    'Export the model again; these elements are left out.',
  ],
  too_few_corners: [
    'warning',
    'faces or lines have fewer corners than their kind needs',
    'Remove them; they show nothing.',
  ],
  index_out_of_range: [
    'warning',
    'corners refer to texture coordinates or normals that do not exist',
    'Export the model again; the corner is read without them.',
  ],
  unknown_statement: [
    'info',
    'lines begin with an unknown statement',
    'Nothing needs doing; unknown statements are skipped.',
  ],
  free_form_geometry: [
    'warning',
    'lines describe free-form curves or surfaces, which are not read',
    'Convert curves and surfaces to polygons before the export.',
  ],
  missing_material_library: [
    'warning',
    'material libraries were not given',
    'Upload the .mtl file and its textures together with the model.',
  ],
  missing_material: [
    'warning',
    'materials are used that no library defines',
    'Upload the .mtl file that defines them; a grey material stands in for them.',
  ],
  missing_texture: [
    'warning',
    'texture files were not given',
    'Upload the textures together with the model, as several files or as one zip archive.',
  ],
  unsupported_texture: [
    'warning',
    'textures are in a format that glTF does not hold',
    'Convert these textures to PNG or JPEG.',
  ],
  unused_map: [
    'info',
    'texture maps have no counterpart in glTF',
    'Bake the map into the base colour, roughness or normal texture.',
  ],
  complex_polygon: [
    'warning',
    'polygons have more than 1,000 corners or cross themselves',
    'Triangulate before the export to control how such polygons are filled.',
  ],
} as const satisfies Record<string, FindingKind>;

/** Findings of reading an OBJ and its material libraries. */
export type ObjFindings = Findings<keyof typeof OBJ_FINDINGS>;

/** @param name the OBJ file */
export function createObjFindings(name: string): ObjFindings {
  return new Findings(name, OBJ_FINDINGS);
}
