import { join } from 'node:path';
import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { FRAMES_SHARE } from '#contracts/jobs/frame-chunks.ts';
import { FrameCamera, type FrameFiles } from '#contracts/jobs/job-kinds.ts';
import type { RenderMedia } from '#contracts/render/render-file.ts';
import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import { hasDepth } from '#contracts/render/sequence-rules.ts';
import type { JobHandler } from '#platform/jobs/worker.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Sandbox, SandboxLimits } from '#platform/sandbox/sandbox.ts';
import { SEQUENCE_CONTENT_TYPES } from '#platform/video/encoding.ts';
import type { WorkerSize } from './cost/estimate-image.ts';
import { limitsOfEncoding, limitsOfFrames } from './cost/run-limits.ts';
import { encoderCrowded, frameMissing, resultInvalid } from './errors.ts';
import { depthFile, ENCODED_FILE, frameFile, type RenderInput } from './sandbox/render-input.ts';
import { copyEnvironment, copyModel, TaskStats } from './task-files.ts';

const FramesTaskOutput = z.object({ cameras: z.array(FrameCamera), stats: TaskStats });
const EncodeTaskOutput = z.object({ seconds: z.number().nonnegative() });

/** Makes the handler of `render.frames`: canonical GLB to some encoded frames. */
export function framesHandler(deps: {
  objects: ObjectStore;
  sandbox: Sandbox<RenderInput, unknown>;
  worker: WorkerSize;
  /** Of one image. */
  limits: SandboxLimits;
}): JobHandler<'render.frames'> {
  const { objects, sandbox, worker, limits } = deps;
  return (job, context) => {
    const { glb, environment, request, first, count } = job.payload;
    return sandbox.run({
      input: { task: 'frames', request, first, count, worker },
      limits: limitsOfFrames(request, count, limits),
      prepare: async (folder) => {
        await copyModel(objects, glb, folder);
        await copyEnvironment(objects, environment, folder);
      },
      async collect(folder, output, usage) {
        const parsed = FramesTaskOutput.safeParse(output);
        if (!parsed.success) throw resultInvalid(parsed.error);
        const { cameras, stats } = parsed.data;
        if (cameras.length !== (request.kind === 'dataset' ? count : 0)) {
          throw resultInvalid(`${cameras.length} cameras of ${count} frames`);
        }
        const frames: FrameFiles[] = [];
        for (let index = 0; index < count; index++) {
          const image = await objects.putFile(join(folder, frameFile(first + index)));
          const camera = cameras[index];
          frames.push({
            image,
            ...(hasDepth(request) ? { depth: await objects.putFile(join(folder, depthFile(first + index))) } : {}),
            ...(camera ? { camera } : {}),
          });
        }
        return { frames, stats: { ...stats, peakBytes: Math.max(usage.peakBytes, stats.peakBytes) } };
      },
      signal: context.signal,
      onProgress: (share, stage) => context.progress(share, stage),
    });
  };
}

/** Makes the handler of `render.sequence`: all frames to one file. */
export function sequenceHandler(deps: {
  objects: ObjectStore;
  sandbox: Sandbox<RenderInput, unknown>;
  /** Of one image. */
  limits: SandboxLimits;
}): JobHandler<'render.sequence'> {
  const { objects, sandbox, limits } = deps;
  return (job, context) => {
    const { request, frames } = job.payload;
    const cameras = frames.flatMap(({ camera }) => (camera ? [camera] : []));
    const depth = frames.length > 0 && frames.every((frame) => frame.depth !== undefined);
    const run = sandbox.run({
      input: { task: 'encode', request, cameras, frames: frames.length, depth },
      limits: limitsOfEncoding(request, frames.length, limits),
      async prepare(folder) {
        for (const [index, frame] of frames.entries()) {
          await objects.copyTo(frame.image.sha256, join(folder, frameFile(index))).catch(lost);
          if (depth && frame.depth)
            await objects.copyTo(frame.depth.sha256, join(folder, depthFile(index))).catch(lost);
        }
      },
      async collect(folder, output) {
        const parsed = EncodeTaskOutput.safeParse(output);
        if (!parsed.success) throw resultInvalid(parsed.error);
        const blob = await objects.putFile(join(folder, ENCODED_FILE));
        const { width, height } = request;
        const { role, contentType, media } = kindOfFile(request, frames.length);
        return { file: { role, blob, contentType, width, height, media }, seconds: parsed.data.seconds };
      },
      signal: context.signal,
      onProgress: (share, stage) => context.progress(FRAMES_SHARE + (1 - FRAMES_SHARE) * share, stage),
    });
    return run.catch((error: unknown) => {
      // What the encoder needs was known to fit: the process may still have held what an earlier picture left in it,
      // and the next attempt meets a new one.
      throw job.attempt === 1 && isMemoryExceeded(error) ? encoderCrowded(error) : error;
    });
  };
}

function isMemoryExceeded(error: unknown): boolean {
  return error instanceof MaquetteError && error.code === 'memory_limit_exceeded';
}

function lost(error: unknown): never {
  throw frameMissing(error);
}

function kindOfFile(
  request: SequenceRequest,
  frames: number,
): { role: 'video' | 'archive'; contentType: string; media: RenderMedia } {
  if (request.kind === 'dataset') {
    return {
      role: 'archive',
      contentType: SEQUENCE_CONTENT_TYPES.zip,
      media: { frames, fps: null, seconds: null },
    };
  }
  return {
    role: request.format === 'zip' ? 'archive' : 'video',
    contentType: SEQUENCE_CONTENT_TYPES[request.format],
    media: { frames, fps: request.fps, seconds: frames / request.fps },
  };
}
