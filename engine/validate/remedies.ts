/** What to do about a finding of the Khronos validator, by its code. */
const REMEDIES: Record<string, string> = {
  // Data
  ACCESSOR_INDEX_OOB: 'Triangles refer to vertices that do not exist; Maquette leaves them out. Export the mesh again.',
  ACCESSOR_INDEX_PRIMITIVE_RESTART: 'Write separate triangles instead of strips with restart indices.',
  ACCESSOR_INDEX_TRIANGLE_DEGENERATE:
    'Triangles without area cost time and show nothing; merge vertices or run a clean-up before the export.',
  ACCESSOR_INVALID_FLOAT:
    'A value is NaN or infinite; Maquette replaces it. Look for a division by zero in the tool or a broken modifier.',
  ACCESSOR_MIN_MISMATCH: 'Harmless for display: the declared bounds differ from the data. Maquette writes right ones.',
  ACCESSOR_MAX_MISMATCH: 'Harmless for display: the declared bounds differ from the data. Maquette writes right ones.',
  ACCESSOR_ELEMENT_OUT_OF_MIN_BOUND:
    'Harmless for display: the declared bounds differ from the data. Maquette writes right ones.',
  ACCESSOR_ELEMENT_OUT_OF_MAX_BOUND:
    'Harmless for display: the declared bounds differ from the data. Maquette writes right ones.',
  ACCESSOR_VECTOR3_NON_UNIT:
    'Normals or tangents must have length 1; Maquette scales them. Recalculate normals before the export.',
  ACCESSOR_INVALID_SIGN:
    'The fourth component of a tangent must be 1 or -1. Let the exporter generate tangents again, or leave them out.',
  ACCESSOR_WEIGHTS_NON_NORMALIZED:
    'Skin weights of a vertex must sum to 1; Maquette scales them. Normalise the vertex groups.',
  ACCESSOR_WEIGHTS_NEGATIVE: 'Skin weights must not be negative. Normalise the vertex groups.',
  ACCESSOR_JOINTS_INDEX_OOB: 'Vertices are bound to joints that do not exist; export mesh and skeleton together.',
  ACCESSOR_JOINTS_INDEX_DUPLICATE: 'A vertex names the same joint twice; limit and clean the vertex groups.',
  ACCESSOR_JOINTS_USED_ZERO_WEIGHT: 'Harmless: unused joint slots should hold 0.',
  ACCESSOR_INVALID_IBM: 'An inverse bind matrix is not affine; reset the bind pose of the skeleton.',
  ACCESSOR_ANIMATION_INPUT_NON_INCREASING: 'Key frame times must grow; remove keys at the same time.',
  ACCESSOR_ANIMATION_INPUT_NEGATIVE: 'Key frame times must not be negative; move the clip to begin at 0.',
  ACCESSOR_ANIMATION_SAMPLER_OUTPUT_NON_NORMALIZED_QUATERNION:
    'Rotation keys must have unit length; bake the animation again.',
  ACCESSOR_NON_CLAMPED: 'Vertex colours and weights must lie between 0 and 1.',
  ACCESSOR_TOO_LONG: 'The file is shorter than its accessors need; it was cut off or edited. Export it again.',
  BUFFER_BYTE_LENGTH_MISMATCH: 'A buffer is shorter than declared; it was cut off. Export or upload it again.',
  BUFFER_GLB_CHUNK_TOO_BIG: 'Harmless: unused bytes follow the data in the GLB.',
  GLB_EXTRA_DATA: 'Harmless: bytes follow the end of the GLB.',
  GLB_LENGTH_MISMATCH: 'The GLB was cut off or padded; upload it again.',
  GLB_CHUNK_LENGTH_UNALIGNED: 'Pad the chunks of the GLB to four bytes; most programs read it nevertheless.',
  DATA_URI_GLB: 'Put the data into the binary chunk: a data URI takes a third more.',
  URI_GLB: 'Harmless where the files travel together; embed them for a model in one file.',
  // Images
  IMAGE_DATA_INVALID: 'The image is damaged; export the texture again.',
  IMAGE_UNEXPECTED_EOS: 'The image was cut off; export the texture again.',
  IMAGE_UNRECOGNIZED_FORMAT: 'Use PNG or JPEG (or WebP, KTX2, AVIF with their extensions) for textures.',
  IMAGE_MIME_TYPE_INVALID: 'The declared type of an image differs from its content; Maquette goes by the content.',
  IMAGE_NON_ENABLED_MIME_TYPE:
    'Declare EXT_texture_webp, EXT_texture_avif or KHR_texture_basisu for images of these types.',
  IMAGE_NPOT_DIMENSIONS: 'Sizes that are powers of two compress and mip-map best; others are fine.',
  IMAGE_FEATURES_UNSUPPORTED: 'Save the image without colour profile, animation or non-square pixels.',
  IO_ERROR: 'A file that the model refers to was not given or is no use; upload it together with the model.',
  // Structure
  UNRESOLVED_REFERENCE:
    'An index points at nothing; the file was edited or written by a faulty exporter. Export it again.',
  UNDEFINED_PROPERTY: 'A required property is missing; export the model again with a current exporter.',
  UNEXPECTED_PROPERTY: 'Harmless: an unknown property is ignored. Custom data belongs into "extras".',
  TYPE_MISMATCH: 'A value has another type than the specification asks for; export the model again.',
  VALUE_NOT_IN_RANGE: 'Bring the value into the range that the specification gives.',
  VALUE_NOT_IN_LIST: 'Use one of the values that the specification gives.',
  EMPTY_ENTITY: 'Leave empty lists and objects out of the JSON.',
  INVALID_JSON: 'The JSON is damaged; export or upload the file again.',
  INVALID_URI: 'Use relative paths with percent-encoding for special characters.',
  NON_RELATIVE_URI: 'Refer to files by relative paths and upload them with the model.',
  UNKNOWN_ASSET_MAJOR_VERSION: 'Convert the model to glTF 2.0.',
  UNDECLARED_EXTENSION: 'List the extension in "extensionsUsed".',
  UNUSED_EXTENSION_REQUIRED: 'Take the extension out of "extensionsRequired".',
  NON_REQUIRED_EXTENSION: 'List the extension in "extensionsRequired" as well: the model cannot be read without it.',
  UNSUPPORTED_EXTENSION: 'The validator does not know this extension and did not look into it; nothing needs doing.',
  INCOMPLETE_EXTENSION_SUPPORT: 'The validator checks this extension in part; nothing needs doing.',
  INVALID_EXTENSION_NAME_FORMAT: 'Extension names begin with a vendor prefix such as EXT_.',
  // Meshes and materials
  MESH_PRIMITIVE_GENERATED_TANGENT_SPACE:
    'Export tangents with the mesh so that normal maps look the same in every viewer.',
  MESH_PRIMITIVE_NO_TANGENT_SPACE: 'Export tangents, or remove the anisotropy from a mesh without texture coordinates.',
  MESH_PRIMITIVE_TOO_FEW_TEXCOORDS:
    'The material needs texture coordinates that the mesh lacks; unwrap the mesh or change the material.',
  MESH_PRIMITIVE_NO_POSITION: 'A mesh without positions shows nothing; remove it.',
  MESH_PRIMITIVE_UNEQUAL_ACCESSOR_COUNT:
    'All attributes of a mesh need the same number of vertices; Maquette drops those that differ.',
  MESH_PRIMITIVE_ATTRIBUTES_ACCESSOR_INVALID_FORMAT:
    'Write the attribute in a format that the specification allows, or declare KHR_mesh_quantization.',
  MESH_PRIMITIVE_POSITION_ACCESSOR_WITHOUT_BOUNDS:
    'Harmless for display: positions should declare min and max. Maquette writes them.',
  MESH_PRIMITIVE_ACCESSOR_UNALIGNED: 'Align vertex attributes to four bytes; Maquette does so in the GLB it writes.',
  MESH_PRIMITIVE_INCOMPATIBLE_MODE:
    'The number of indices does not fit the drawing mode; the incomplete last element is left out.',
  UNUSED_MESH_TANGENT: 'Tangents without a normal map only add size; leave them out of the export.',
  UNUSED_OBJECT: 'Remove what nothing refers to, to make the file smaller.',
  BUFFER_VIEW_TARGET_MISSING: 'Harmless: the target only helps a viewer that uploads buffers unchanged.',
  MATERIAL_ALPHA_CUTOFF_INVALID_MODE: 'Set alphaMode to MASK, or leave alphaCutoff out.',
  KHR_MATERIALS_VOLUME_NO_TRANSMISSION: 'Add KHR_materials_transmission: a volume without it shows nothing.',
  KHR_MATERIALS_EMISSIVE_STRENGTH_ZERO_FACTOR: 'Give the material an emissive colour, or leave the strength out.',
  // Nodes, skins, animations
  NODE_LOOP: 'A node contains itself; mend the hierarchy.',
  NODE_PARENT_OVERRIDE: 'A node has two parents; make a copy for the second.',
  NODE_EMPTY: 'Harmless: a node without content can be left out unless something is attached to it at run time.',
  NODE_MATRIX_NON_TRS:
    'Apply sheared transforms to the mesh before the export: glTF animation and most tools cannot hold them.',
  NODE_SKINNED_MESH_NON_ROOT: 'Put skinned meshes at the root: transforms of parents do not affect them.',
  NODE_SKINNED_MESH_LOCAL_TRANSFORMS: 'Apply the transform of the skinned mesh to it: it has no effect.',
  NODE_SKINNED_MESH_WITHOUT_SKIN:
    'The mesh has joint data but no skin; export it with its skeleton, or without weights.',
  NODE_SKIN_WITH_NON_SKINNED_MESH: 'The mesh has a skin but no joint data; remove the skin or export the weights.',
  NODE_SKIN_NO_SCENE: 'Put the joints into the same scene as the skinned mesh.',
  ROTATION_NON_UNIT: 'Rotations must have unit length; Maquette scales them.',
  SKIN_NO_COMMON_ROOT: 'Put all joints of a skin below one node.',
  ANIMATION_DUPLICATE_TARGETS: 'Two channels of one animation move the same property; merge them.',
  ANIMATION_CHANNEL_TARGET_NODE_SKIN: 'Animate the joints, not the skinned mesh: its own transform has no effect.',
  ANIMATION_CHANNEL_TARGET_NODE_MATRIX: 'Give animated nodes translation, rotation and scale instead of a matrix.',
  ANIMATION_SAMPLER_INPUT_ACCESSOR_WITHOUT_BOUNDS:
    'Harmless for display: key times should declare min and max. Maquette writes them.',
  ANIMATION_SAMPLER_OUTPUT_ACCESSOR_INVALID_COUNT: 'The numbers of keys and values differ; bake the animation again.',
};

/** A sentence that says what a person can do about the finding; never empty. */
export function remedyFor(code: string, severity: 'error' | 'warning' | 'info' | 'hint'): string {
  const known = REMEDIES[code];
  if (known) return known;
  if (code.startsWith('GLB_')) return 'The GLB container is damaged; export or upload the file again.';
  if (code.startsWith('IMAGE_')) return 'Save the texture again as PNG or JPEG.';
  if (code.startsWith('ANIMATION_')) return 'Bake the animation again with a current exporter.';
  if (code.startsWith('KHR_') || code.startsWith('EXT_'))
    return 'Set the values of the extension as its specification asks.';
  switch (severity) {
    case 'error':
      return 'Export the model again with a current exporter; if it stays, tell the makers of that exporter.';
    case 'warning':
      return 'The model can be used; mend this for the same result in every viewer.';
    case 'info':
    case 'hint':
      return 'Nothing needs doing.';
  }
}
