import type { FindingKind, Findings } from '../findings.ts';

/** What there is to say about a world. */
export const WORLD_FINDINGS = {
  missing_texture: [
    'warning',
    'textures were not given or cannot be read',
    'Upload the textures as PNG or JPEG together with the model, as several files or as one zip archive.',
  ],
  unmapped_texture: [
    'info',
    'textures on cubes, spheres, cones and cylinders were left out',
    'Convert these shapes to meshes before the export.',
  ],
  unread_geometry: [
    'warning',
    'shapes are of a kind that is not read',
    'Convert texts and curves to meshes before the export.',
  ],
  unread_node: [
    'warning',
    'nodes are of a kind that VRML 1.0 does not have',
    'Export the world without extensions of the program that made it.',
  ],
  missing_inline: [
    'warning',
    'parts of the world (WWWInline) were not given or cannot be read',
    'Upload the files that the world consists of together, as several files or as one zip archive.',
  ],
} as const satisfies Record<string, FindingKind>;

/** What was noticed in a world. */
export type Vrml1Findings = Findings<keyof typeof WORLD_FINDINGS>;
