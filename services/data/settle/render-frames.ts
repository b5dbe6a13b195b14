import type { FrameFiles } from '#contracts/jobs/job-kinds.ts';
import { frameCountOf } from '#contracts/render/sequence-rules.ts';
import { countFrames, insertFrames, listFrames } from '../store/sequence-frames.ts';
import { failRenders } from './end-renders.ts';
import type { JobEffects } from './job-effects.ts';

/** Frames are recorded for their sequence, whose own job is released with the last of them; it fails with the first that fails. */
export const RENDER_FRAMES_EFFECTS: JobEffects<'render.frames'> = {
  blobs: ({ frames }) => frames.flatMap(({ image, depth }: FrameFiles) => (depth ? [image, depth] : [image])),
  // Which frames there are, the sequence says.
  summary: ({ stats }) => ({ stats }),

  async succeeded({ trx, bus, parentId }, { first, count, ...sequence }, { frames }) {
    if (parentId === null) throw new Error('frames without a sequence');
    if (frames.length !== count) throw new Error(`${frames.length} frames where ${count} were asked for`);
    await insertFrames(trx, parentId, first, frames);
    // Settlements of one asset happen in turn, so one of them sees all frames.
    if ((await countFrames(trx, parentId)) === frameCountOf(sequence.request)) {
      await bus.release(trx, parentId, 'render.sequence', { ...sequence, frames: await listFrames(trx, parentId) });
    }
    return [];
  },

  async failed(context, { versionId }, error) {
    const { trx, bus, parentId } = context;
    if (parentId === null || !(await bus.fail(trx, parentId, error))) return [];
    return failRenders({ ...context, jobId: parentId }, versionId, error);
  },

  // The sequence was canceled, and parts with it.
  canceled: async () => [],

  // Parts are queued again with their sequence.
  retried: async () => {},
};
