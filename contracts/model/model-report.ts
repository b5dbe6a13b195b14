import { z } from 'zod';
import { CheckResult } from './check-codes.ts';

/** One texture of a model, measured. */
export const TextureReport = z.object({
  name: z.string(),
  mimeType: z.string().describe('`image/png`, `image/jpeg`, `image/webp`, `image/ktx2`, …'),
  width: z.int().nonnegative(),
  height: z.int().nonnegative(),
  bytes: z.int().nonnegative().describe('Size of the encoded image'),
  gpuBytes: z.int().nonnegative().describe('Memory on a GPU, mip-maps included'),
  slots: z.array(z.string()).describe('Where materials use it, e.g. `baseColorTexture`'),
});

/** One material of a model. */
export const MaterialReport = z.object({
  name: z.string(),
  alphaMode: z.enum(['OPAQUE', 'MASK', 'BLEND']),
  doubleSided: z.boolean(),
  extensions: z.array(z.string()),
  triangles: z.int().nonnegative(),
});

/** One animation clip of a model. */
export const AnimationReport = z.object({
  name: z.string(),
  seconds: z.number().nonnegative(),
  channels: z.int().nonnegative(),
});

/** One skin of a model. */
export const SkinReport = z.object({ name: z.string(), joints: z.int().nonnegative() });

/** A correction that normalising made, so that nobody has to wonder why the model differs from its file. */
export const Correction = z.object({
  code: z.string().describe('Stable identifier, e.g. `generated_normals`'),
  message: z.string(),
});

/** A vector of three numbers. */
const Vector3 = z.tuple([z.number(), z.number(), z.number()]);

/** Axis-aligned bounds in metres. */
export const Bounds = z.object({ min: Vector3, max: Vector3 });

/** A finding of the validation. */
export const ValidationIssue = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info', 'hint']),
  pointer: z.string().describe('Where: a JSON pointer, or file and line'),
  message: z.string(),
  remedy: z.string(),
});

/**
 * What the validation found. `issues` is capped; the counts are not. A finding of the Khronos validator counts for each
 * place, one of our own checks once.
 */
export const ValidationReport = z.object({
  errors: z.int().nonnegative(),
  warnings: z.int().nonnegative(),
  infos: z.int().nonnegative(),
  issues: z.array(ValidationIssue),
  truncated: z.boolean(),
});

/** How much a renderer has to hold to draw the default scene in its rest pose. */
export const DrawnReport = z.object({
  triangles: z.int().nonnegative().describe('Of all that stands once; points and lines as the triangles they become'),
  vertices: z.int().nonnegative(),
  parts: z.int().nonnegative().describe('Primitives at their places'),
  copied: z
    .object({
      meshes: z.int().nonnegative(),
      triangles: z.int().nonnegative(),
      vertices: z.int().nonnegative(),
      copies: z.int().nonnegative(),
    })
    .describe('Large meshes that stand in several places, each held once'),
  materials: z.int().nonnegative(),
  lights: z.int().nonnegative(),
  emitters: z.int().nonnegative().describe('Triangles that shine'),
  splats: z
    .array(z.object({ count: z.int().nonnegative(), degree: z.int().min(0).max(3) }))
    .describe('Clouds of Gaussian splats and the degree of their spherical harmonics'),
  textures: z.array(z.object({ width: z.int().nonnegative(), height: z.int().nonnegative() })),
});

/**
 * The polygons of the source by their sides, before they were cut into triangles. A mesh that stands in several places
 * counts once.
 */
export const SourcePolygons = z.object({
  triangles: z.int().nonnegative(),
  quads: z.int().nonnegative().describe('With four sides'),
  ngons: z.int().nonnegative().describe('With five sides or more'),
});

/** What Maquette measured on a model, after normalising it to glTF 2.0 in metres with +Y up. */
export const ModelReport = z.object({
  format: z.string().describe('Format of the source: `glb`, `gltf`, `obj`, …'),
  generator: z.string().nullable(),
  triangles: z.int().nonnegative().describe('As drawn: a mesh used by three nodes counts three times'),
  vertices: z.int().nonnegative().describe('As stored: shared meshes count once'),
  points: z.int().nonnegative(),
  lines: z.int().nonnegative(),
  splats: z.int().nonnegative(),
  sourcePolygons: SourcePolygons.nullable()
    .optional()
    .describe(
      'Polygons of the source by their sides, each mesh once; null for formats that hold triangles alone and models without polygons; models of older versions lack it',
    ),
  drawCalls: z.int().nonnegative(),
  nodes: z.int().nonnegative(),
  meshes: z.int().nonnegative(),
  drawn: DrawnReport.optional().describe('What a render has to hold; models of older versions lack it'),
  bounds: Bounds.nullable().describe('Of the default scene in its rest pose, in metres'),
  watertight: z
    .boolean()
    .nullable()
    .describe('Whether every edge borders exactly two triangles; null without triangles'),
  materials: z.array(MaterialReport),
  textures: z.array(TextureReport),
  textureGpuBytes: z.int().nonnegative(),
  animations: z.array(AnimationReport),
  skins: z.array(SkinReport),
  morphTargets: z.int().nonnegative(),
  cameras: z.int().nonnegative(),
  lights: z.int().nonnegative(),
  variants: z.array(z.string()),
  extensionsUsed: z.array(z.string()),
  fileBytes: z.int().nonnegative().describe('Size of the source, all files together'),
  glbBytes: z.int().nonnegative().describe('Size of the normalised GLB'),
  corrections: z.array(Correction),
  validation: ValidationReport,
  checks: z
    .array(CheckResult)
    .optional()
    .describe('What our own checks measured, whether or not it is a finding; models of older versions lack it'),
});

/** What of a report a render depends on. */
export const ModelFacts = ModelReport.pick({
  triangles: true,
  vertices: true,
  points: true,
  splats: true,
  lines: true,
  drawCalls: true,
  drawn: true,
  lights: true,
  textures: true,
  animations: true,
  variants: true,
  glbBytes: true,
});

export type ModelFacts = z.infer<typeof ModelFacts>;
export type SourcePolygons = z.infer<typeof SourcePolygons>;
export type TextureReport = z.infer<typeof TextureReport>;
export type MaterialReport = z.infer<typeof MaterialReport>;
export type AnimationReport = z.infer<typeof AnimationReport>;
export type SkinReport = z.infer<typeof SkinReport>;
export type Correction = z.infer<typeof Correction>;
export type Bounds = z.infer<typeof Bounds>;
export type ValidationIssue = z.infer<typeof ValidationIssue>;
export type ValidationReport = z.infer<typeof ValidationReport>;
export type DrawnReport = z.infer<typeof DrawnReport>;
export type ModelReport = z.infer<typeof ModelReport>;
