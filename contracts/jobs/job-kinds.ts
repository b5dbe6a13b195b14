import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { Sha256 } from '../ids/sha256.ts';
import { ModelReport } from '../model/model-report.ts';
import { AnyRecipe } from '../operations/any-recipe.ts';
import { OptimizeReport } from '../operations/optimize-report.ts';
import { ImageRequest } from '../render/image-request.ts';
import { ProgressPicture } from '../render/progress-picture.ts';
import { PassMeaning, RenderFileRole, RenderMedia } from '../render/render-file.ts';
import { SequenceRequest } from '../render/sequence-request.ts';
import { BlobReference, MadeBlob, SourceFile } from './blob-reference.ts';
import { IngestSource } from './ingest-source.ts';

/** A file that a render made. */
export const MadeFile = z.object({
  role: RenderFileRole,
  blob: BlobReference,
  contentType: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  media: RenderMedia.nullable().optional().describe('Of a video or an archive'),
  meaning: PassMeaning.nullable().optional().describe('Of a pass as PNG'),
});

/** A picture in the making, as its worker reports it with a heartbeat. */
export const JobPicture = ProgressPicture.omit({ bytes: true }).extend({ blob: BlobReference });

/** What a render took. */
export const RenderStats = z.object({
  seconds: z.number().nonnegative(),
  rays: z.number().nonnegative(),
  triangles: z.int().nonnegative(),
  peakBytes: z.number().nonnegative().describe('Most memory that the process held'),
  warnings: z.array(z.string()),
});

const Vector = z.tuple([z.number(), z.number(), z.number()]);

/** Where a frame was taken from, in the model's space: a pinhole camera with unit axes. */
export const FrameCamera = z.object({
  position: Vector,
  right: Vector,
  up: Vector,
  forward: Vector,
  fieldOfView: z.number().positive().describe('Vertical, in degrees'),
});

/** The files of one frame of a sequence. */
export const FrameFiles = z.object({
  image: BlobReference,
  /** Distances in metres along the view, as EXR. */
  depth: BlobReference.optional(),
  /** Of a dataset, which tells the poses. */
  camera: FrameCamera.optional(),
});

/** A model that a recipe takes beside its asset. */
export const RecipeOther = z.object({
  model: z.string().describe('Its name in the recipe'),
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  glb: BlobReference,
});

/** What a step of a recipe has made, by the key of the step. */
export const KeptState = z.object({ key: Sha256, blob: BlobReference });

/** A result of a recipe with its file in each format. */
export const MadeResult = z
  .object({
    name: z.string().describe('Of the output in a graph; empty for the only result of a list'),
    files: z.array(BlobReference).min(1),
    report: OptimizeReport,
  })
  .refine(({ files, report }) => files.length === report.outputs.length, 'one file for each output of the report');

/** What came of one request to a webhook's endpoint. */
export const DeliveryOutcome = z.object({
  status: z.int().nullable().describe('HTTP status; null when no answer came'),
  milliseconds: z.int().nonnegative(),
  response: z.string().max(2000).nullable().describe('The beginning of the answer'),
  error: z.string().nullable().describe('Why no answer came'),
  retryAfterSeconds: z.number().nonnegative().nullable().describe('What the answer asks for (`Retry-After`)'),
});

/** What the jobs of one sequence share. */
const sequence = {
  renderId: idSchema('render'),
  assetId: idSchema('asset'),
  versionId: idSchema('version'),
  glb: BlobReference,
  environment: BlobReference.optional(),
  request: SequenceRequest,
};

/** Payload and result of each kind of job: the one schema that the side which enqueues and the side which works share. */
export const JOB_KINDS = {
  /** Brings the files of a version into the object storage; `geometry.process` follows. */
  'asset.ingest': {
    payload: z.object({ assetId: idSchema('asset'), versionId: idSchema('version'), source: IngestSource }),
    result: z.object({
      files: z.array(SourceFile).min(1),
      made: z
        .array(MadeBlob)
        .default([])
        .describe('Those that were not stored before: they go when the files may not stay'),
      seconds: z.number().nonnegative(),
    }),
  },
  'geometry.process': {
    payload: z.object({
      assetId: idSchema('asset'),
      versionId: idSchema('version'),
      files: z.array(SourceFile).min(1),
    }),
    result: z.object({ glb: BlobReference, report: ModelReport, seconds: z.number().nonnegative() }),
  },
  /** Operations on a model, which make a derivative of it. */
  'geometry.recipe': {
    payload: z.object({
      assetId: idSchema('asset'),
      versionId: idSchema('version'),
      glb: BlobReference,
      recipe: AnyRecipe,
      others: z.array(RecipeOther).default([]).describe('The models that it takes beside the asset, each once'),
      key: Sha256.describe('Of the derivative'),
      states: z.array(KeptState).optional().describe('What earlier recipes have kept that this one can go on from'),
      keepBytes: z.int().nonnegative().optional().describe('How much it may keep itself; nothing without'),
    }),
    result: z.object({
      results: z.array(MadeResult).min(1).describe('Of a graph one for each output, in their order'),
      states: z.array(KeptState).default([]).describe('Results of steps, for recipes that begin alike'),
      peakBytes: z.number().nonnegative(),
    }),
  },
  'render.image': {
    payload: z.object({
      renderId: idSchema('render'),
      assetId: idSchema('asset'),
      versionId: idSchema('version'),
      glb: BlobReference,
      environment: BlobReference.optional().describe('The picture of the environment that the request names by id'),
      request: ImageRequest,
      estimate: z
        .object({ seconds: z.number().nonnegative() })
        .optional()
        .describe('What the render was expected to take on a machine like that of the constants'),
      pictures: z.boolean().optional().describe('Whether somebody wants to see the picture while it is made'),
    }),
    result: z.object({
      files: z.array(MadeFile).min(1).describe('The picture first'),
      stats: RenderStats,
    }),
  },
  /** A part of `render.sequence`: some of its frames. */
  'render.frames': {
    payload: z.object({ ...sequence, first: z.int().nonnegative(), count: z.int().positive() }),
    result: z.object({ frames: z.array(FrameFiles).min(1), stats: RenderStats }),
  },
  /** The whole of a sequence: it waits for its frames, which its payload then lists, and makes one file of them. */
  'render.sequence': {
    payload: z.object({ ...sequence, frames: z.array(FrameFiles) }),
    result: z.object({
      file: MadeFile,
      seconds: z.number().nonnegative(),
    }),
  },
  /** One event to one webhook. What is sent, and with which secrets, is added when the job is leased. */
  'webhook.deliver': {
    payload: z.object({
      deliveryId: idSchema('webhookDelivery'),
      message: z
        .object({
          url: z.string(),
          id: z.string().describe('The header `webhook-id`'),
          body: z.string(),
          secrets: z.array(z.string()).min(1).describe('`whsec_…`; each makes a signature'),
        })
        .optional(),
    }),
    result: DeliveryOutcome,
  },
} as const;

/** A kind of job. */
export type JobKind = keyof typeof JOB_KINDS;
/** What a worker gets. */
export type JobPayload<K extends JobKind> = z.output<(typeof JOB_KINDS)[K]['payload']>;
/** What a worker hands back. */
export type JobResult<K extends JobKind> = z.output<(typeof JOB_KINDS)[K]['result']>;
export type RenderStats = z.infer<typeof RenderStats>;
export type FrameCamera = z.infer<typeof FrameCamera>;
export type FrameFiles = z.infer<typeof FrameFiles>;
export type RecipeOther = z.infer<typeof RecipeOther>;
export type KeptState = z.infer<typeof KeptState>;
export type MadeResult = z.infer<typeof MadeResult>;
export type JobPicture = z.infer<typeof JobPicture>;
export type DeliveryOutcome = z.infer<typeof DeliveryOutcome>;
export type MadeFile = z.infer<typeof MadeFile>;

/** All kinds, for schemas. */
export const JobKindName = z.enum(Object.keys(JOB_KINDS) as [JobKind, ...JobKind[]]);

/** Kinds of jobs that clients are shown; the others are the server's own business. */
export const ShownJobKind = JobKindName.exclude(['webhook.deliver']);
export type ShownJobKind = z.infer<typeof ShownJobKind>;
