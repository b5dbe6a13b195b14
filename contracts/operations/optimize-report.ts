import { z } from 'zod';
import { ExportFormat, ExportWarning } from '../model/export-format.ts';
import { ProfileVerdict } from '../profiles/verdict.ts';
import { StepOperation } from './recipe-graph.ts';

/** What a model costs whoever stores, sends and draws it. */
export const ModelCost = z.object({
  triangles: z.int().nonnegative().describe('As drawn in the default scene'),
  vertices: z.int().nonnegative().describe('As stored'),
  drawCalls: z.int().nonnegative(),
  bytes: z
    .int()
    .nonnegative()
    .describe('Size as GLB; between operations what vertices, animations and images take, without the JSON'),
  gpuBytes: z.int().nonnegative().describe('Memory of vertices, indices and textures on a GPU'),
});

/** How far two surfaces are apart. */
export const Deviation = z.object({
  max: z
    .number()
    .nonnegative()
    .describe('Largest distance found from a point of either surface to the other, in metres (Hausdorff distance)'),
  mean: z.number().nonnegative().describe('Mean distance, the larger of the two directions, in metres'),
  relativeMax: z.number().nonnegative().describe('`max` as a share of the diagonal of the bounds of the source'),
  samples: z.int().nonnegative().describe('Points that were measured'),
});

/** How alike pictures of two models are. */
export const PictureDifference = z.object({
  ssim: z.object({
    min: z.number().describe('Of the view in which they are least alike'),
    mean: z.number().describe('Over all views'),
  }),
  views: z.int().positive(),
  size: z.int().positive().describe('Width and height of the pictures, in pixels'),
});

/** What one operation cost and changed. */
export const OperationReport = z.object({
  operation: StepOperation,
  node: z.string().nullable().default(null).describe('Its name in a graph'),
  cached: z.boolean().default(false).describe('An earlier recipe had come this far: its result was taken'),
  before: ModelCost,
  after: ModelCost,
  seconds: z.number().nonnegative(),
  deviation: Deviation.nullable().describe(
    'From the source, of what all operations up to this one did; null where this one leaves surfaces as they are, and where its result was there',
  ),
  notes: z.array(z.string()).describe('What it did, and what it left alone and why'),
});

/** A limit and what came out. */
export const GateResult = z.object({
  gate: z.string(),
  limit: z.number(),
  value: z.number().nullable().describe('Null where it could not be measured'),
  passed: z.boolean(),
  verdict: ProfileVerdict.optional().describe(
    'Of a profile: what came of each rule. `value` counts those that fail it',
  ),
});

/** The result in one format. */
export const OutputReport = z.object({
  format: ExportFormat,
  bytes: z.int().nonnegative().describe('All files together; of a format of several files the zip of them'),
  files: z.int().positive(),
  warnings: z.array(ExportWarning).describe('What the format cannot hold, and what became of it'),
});

/** What a recipe did to a model. */
export const OptimizeReport = z.object({
  input: ModelCost,
  output: ModelCost,
  outputs: z.array(OutputReport).default([]).describe('The formats that were written, in the order of the recipe'),
  deviation: Deviation.nullable().describe(
    'From the source, moved as `transform` says; null without triangles, for very large models, and when not asked for',
  ),
  picture: PictureDifference.nullable()
    .default(null)
    .describe('How alike pictures of the source and of the result are; null where nobody asked or nothing is drawn'),
  operations: z.array(OperationReport).describe('In a graph those on the way to this result'),
  gates: z.array(GateResult),
  attempts: z.int().positive().describe('How often the recipe ran until the target was reached'),
  seconds: z.number().nonnegative(),
});

export type ModelCost = z.output<typeof ModelCost>;
export type Deviation = z.output<typeof Deviation>;
export type PictureDifference = z.output<typeof PictureDifference>;
export type OperationReport = z.output<typeof OperationReport>;
export type GateResult = z.output<typeof GateResult>;
export type OutputReport = z.output<typeof OutputReport>;
export type OptimizeReport = z.output<typeof OptimizeReport>;
