import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { Sha256 } from '../ids/sha256.ts';
import { ModelReport } from '../model/model-report.ts';
import { ImageRequest } from '../render/image-request.ts';
import { RenderFileRole } from '../render/render-file.ts';

/** A blob by name and size. */
export const BlobReference = z.object({ sha256: Sha256, bytes: z.int().nonnegative() });

/** A source file of a model: the client's name for it and the blob that holds it. */
export const SourceFile = BlobReference.extend({ name: z.string().min(1) });

/** A file that a render made. */
export const MadeFile = z.object({
  role: RenderFileRole,
  blob: BlobReference,
  contentType: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
});

/** Payload and result of each kind of job: the one schema that the side which enqueues and the side which works share. */
export const JOB_KINDS = {
  'geometry.process': {
    payload: z.object({
      assetId: idSchema('asset'),
      versionId: idSchema('version'),
      files: z.array(SourceFile).min(1),
    }),
    result: z.object({ glb: BlobReference, report: ModelReport, seconds: z.number().nonnegative() }),
  },
  'render.image': {
    payload: z.object({
      renderId: idSchema('render'),
      assetId: idSchema('asset'),
      versionId: idSchema('version'),
      glb: BlobReference,
      request: ImageRequest,
    }),
    result: z.object({
      files: z.array(MadeFile).min(1).describe('The picture first'),
      stats: z.object({
        seconds: z.number().nonnegative(),
        rays: z.number().nonnegative(),
        triangles: z.int().nonnegative(),
        peakBytes: z.number().nonnegative(),
        warnings: z.array(z.string()),
      }),
    }),
  },
} as const;

/** A kind of job. */
export type JobKind = keyof typeof JOB_KINDS;
/** What a worker gets. */
export type JobPayload<K extends JobKind> = z.output<(typeof JOB_KINDS)[K]['payload']>;
/** What a worker hands back. */
export type JobResult<K extends JobKind> = z.output<(typeof JOB_KINDS)[K]['result']>;
export type BlobReference = z.infer<typeof BlobReference>;
export type MadeFile = z.infer<typeof MadeFile>;
export type SourceFile = z.infer<typeof SourceFile>;

/** All kinds, for schemas. */
export const JobKindName = z.enum(Object.keys(JOB_KINDS) as [JobKind, ...JobKind[]]);
