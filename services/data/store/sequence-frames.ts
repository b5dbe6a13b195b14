import type { JobId } from '#contracts/ids/ids.ts';
import type { FrameFiles } from '#contracts/jobs/job-kinds.ts';
import { batches } from '../batches.ts';
import type { DataTrx } from '../tables.ts';

/** Records frames of a sequence, counted from `first`. */
export async function insertFrames(trx: DataTrx, jobId: JobId, first: number, frames: FrameFiles[]): Promise<void> {
  const rows = frames.flatMap(({ image, depth, camera }, index) => {
    const common = { job_id: jobId, frame: first + index };
    const rowOfImage = { ...common, role: 'image' as const, ...image, camera: camera ? JSON.stringify(camera) : null };
    return depth ? [rowOfImage, { ...common, role: 'depth' as const, ...depth, camera: null }] : [rowOfImage];
  });
  for (const batch of batches(rows)) await trx.insertInto('sequence_frames').values(batch).execute();
}

/** Lets go of all frames of a sequence. */
export async function forgetFrames(trx: DataTrx, jobId: JobId): Promise<void> {
  await trx.deleteFrom('sequence_frames').where('job_id', '=', jobId).execute();
}

/** How many frames of a sequence there are. */
export async function countFrames(trx: DataTrx, jobId: JobId): Promise<number> {
  const row = await trx
    .selectFrom('sequence_frames')
    .select(({ fn }) => fn.countAll<string | number>().as('count'))
    .where('job_id', '=', jobId)
    .where('role', '=', 'image')
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** All frames of a sequence, in order. */
export async function listFrames(trx: DataTrx, jobId: JobId): Promise<FrameFiles[]> {
  const rows = await trx
    .selectFrom('sequence_frames')
    .selectAll()
    .where('job_id', '=', jobId)
    .orderBy('frame')
    // The image before the depth.
    .orderBy('role', 'desc')
    .execute();
  const frames: FrameFiles[] = [];
  for (const { role, sha256, bytes, camera } of rows) {
    if (role === 'image') frames.push({ image: { sha256, bytes }, ...(camera ? { camera } : {}) });
    else frames.at(-1)!.depth = { sha256, bytes };
  }
  return frames;
}
