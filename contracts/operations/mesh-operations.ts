import { z } from 'zod';
import { whenUsed } from '../when-used.ts';

/** Vertices that are the same become one. */
export const weldOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('weld'),
      tolerance: z
        .number()
        .min(0)
        .max(1000)
        .default(0)
        .describe(
          'Positions closer than this become the same, in metres; closes cracks and removes triangles so small',
        ),
    })
    .describe(
      'Holds vertices of a mesh that are equal in every attribute once and indexes the triangles. With a tolerance, positions are drawn together first.',
    ),
);

/** Closes holes. */
export const fillHolesOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('fillHoles'),
      maxEdges: z.int().min(3).max(500).default(250).describe('Holes with more edges stay open'),
      maxSize: z
        .number()
        .min(0)
        .optional()
        .describe('Holes whose bounds have a longer side than this stay open, in metres'),
    })
    .describe(
      'Fills loops of open edges with triangles of the least area (Barequet and Sharir 1995), shaded with an edge where they meet the mesh. Edges that more than two triangles share are left alone, and so is what is open by design unless its size says otherwise: a sheet is one large hole.',
    ),
);

/** Surfaces mended. */
export const repairOperation = whenUsed(() =>
  z
    .object({ type: z.literal('repair') })
    .describe(
      'Mends the surface of each mesh: removes triangles two corners of which are one and those that lie exactly upon another of the same material that faces the same side (unless a skin or morph targets move them), makes neighbours face the same side (the one with more area) and closed parts face outwards, cavities apart, turning normals along. Values that are no numbers and skin weights that do not sum to 1 are mended whenever a model is read. For cracks between vertices that nearly meet, put `weld` with a tolerance before it; for holes, `fillHoles` behind it.',
    ),
);

/** Fewer triangles for the same shape. */
export const simplifyOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('simplify'),
      ratio: z.number().min(0).max(1).optional().describe('Share of the triangles that may stay'),
      triangles: z.int().min(0).max(1_000_000_000).optional().describe('As many as may be drawn in the default scene'),
      error: z
        .number()
        .min(0)
        .max(1000)
        .optional()
        .describe(
          'How far the surface may move, in metres: an estimate, checked so that no vertex ends further off than twice that',
        ),
      relativeError: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe('The same as a share of the diagonal of the bounds of the model'),
      lockBorder: z.boolean().default(false).describe('Open borders stay as they are, to fit a neighbour'),
      keepSeams: z
        .boolean()
        .default(true)
        .describe('Where texture coordinates break, both sides keep to the seam. Without, seams count as error alone'),
      keepCreases: z
        .boolean()
        .default(false)
        .describe('The same for edges where normals or colours break, which count as error alone otherwise'),
    })
    .describe(
      'Fewer triangles for the same shape, by quadric edge collapse with normals, colours, texture coordinates, morph targets and skin weights in the error (meshoptimizer). Where materials meet, both sides keep together. The meshes of a model share the loss: where it shows least, most is taken. It stops at the first of the given limits.',
    ),
);

/** Coarser versions for a distance. */
export const lodOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('lod'),
      levels: z
        .array(
          z.object({
            ratio: z.number().min(0.0001).max(1).describe('Share of the triangles of the finest level'),
            coverage: z
              .number()
              .min(0)
              .max(1)
              .describe(
                'The share of the screen below which the next level is drawn, and after the last level nothing',
              ),
          }),
        )
        .min(1)
        .max(7)
        .default([
          { ratio: 0.5, coverage: 0.25 },
          { ratio: 0.2, coverage: 0.06 },
          { ratio: 0.05, coverage: 0 },
        ])
        .describe('From fine to coarse. The model as it is is the level before the first'),
      coverage: z
        .number()
        .min(0)
        .max(1)
        .default(0.5)
        .describe('The share of the screen below which the first of the levels is drawn'),
      minTriangles: z.int().min(1).default(100).describe('Meshes with fewer triangles get no levels'),
      scaleTextures: z
        .boolean()
        .default(false)
        .describe('Each level has textures of half the width and height of the one before, down to 16 pixels'),
    })
    .describe(
      'Adds coarser versions of each mesh for viewers that draw them from afar (MSFT_lod). The file grows; who does not know the extension draws the finest.',
    ),
);

/** Shading from the shape. */
export const normalsOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('normals'),
      creaseAngle: z
        .number()
        .min(0)
        .max(180)
        .default(40)
        .describe('Faces that meet at less than this are shaded as one surface, in degrees; 0 shades flat'),
      overwrite: z.boolean().default(false).describe('Also where there are normals already'),
    })
    .describe(
      'Computes normals from the shape, splitting vertices where the shading has an edge. Tangents are computed anew where there were some.',
    ),
);

/** The frame of a normal map. */
export const tangentsOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('tangents'),
      overwrite: z.boolean().default(false).describe('Also where there are tangents already'),
    })
    .describe(
      'Computes the tangents of meshes whose material has a normal map or anisotropy, compatible with MikkTSpace, so that every viewer shades them as they were baked.',
    ),
);
