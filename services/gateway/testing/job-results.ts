import type { LeasedJob } from '#contracts/generated/data_pb.js';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { modelReport } from '#services/data/testing/model-report.ts';
import { recipeFormat, recipeReport } from '#services/data/testing/recipe-report.ts';

/** What a worker hands in for a job, made of one blob. */
export function resultOf({ kind, payloadJson }: LeasedJob, blob: BlobReference) {
  switch (kind) {
    case 'asset.ingest':
      return { files: [{ name: 'ingested.glb', ...blob }], seconds: 0.1 };
    case 'geometry.process':
      return { glb: blob, report: modelReport(12), seconds: 0.1 };
    case 'geometry.recipe':
      return {
        results: [{ name: '', files: [blob], report: recipeReport(blob.bytes, recipeFormat(payloadJson)) }],
        peakBytes: 1,
      };
    default:
      return imageResult(blob, JOB_KINDS['render.image'].payload.parse(JSON.parse(payloadJson)).request);
  }
}

function imageResult(image: { sha256: string; bytes: number }, request: ImageRequest) {
  const type = request.format === 'jpg' ? 'jpeg' : request.format;
  return {
    files: [
      {
        role: 'beauty',
        blob: image,
        width: request.width,
        height: request.height,
        contentType: `image/${type}`,
      },
    ],
    stats: { seconds: 0.1, rays: 1, triangles: 12, peakBytes: 1, warnings: [] },
  };
}
