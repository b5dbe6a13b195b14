import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameCamera } from '#contracts/jobs/job-kinds.ts';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import { hasDepth } from '#contracts/render/sequence-rules.ts';
import { readPosed } from '#engine/process/read-posed.ts';
import type { RenderHost } from '#engine/render/render-host.ts';
import { drawFrames } from '#engine/render/sequence/draw-frames.ts';
import { encodeFrameFiles } from '#platform/images/encode-frame-files.ts';
import type { SandboxTaskContext } from '#platform/sandbox/sandbox.ts';
import { environmentBytes, memoryBesides } from './memory-besides.ts';
import { depthFile, type FramesInput, type FramesOutput, frameFile, GLB_FILE } from './render-input.ts';
import { STORED_MODEL_LIMITS } from './stored-model-limits.ts';

/** Share of a task before the first frame. */
const READ_SHARE = 0.05;

/** Runs in the sandbox: GLB in, encoded frames out. */
export async function makeFrames(
  input: FramesInput,
  host: RenderHost,
  context: SandboxTaskContext,
): Promise<FramesOutput> {
  const startedAt = performance.now();
  const { request, first, count, worker } = input;
  context.progress(0, 'read');
  const bytes = await readFile(join(context.folder, GLB_FILE));
  const { document } = await readPosed([{ name: GLB_FILE, bytes }], STORED_MODEL_LIMITS, poseOf(request));
  context.signal.throwIfAborted();
  context.progress(READ_SHARE, 'render');
  const cameras: FrameCamera[] = [];
  const stats = await drawFrames(
    document,
    request,
    host,
    {
      first,
      count,
      signal: context.signal,
      memoryLimit: worker.memoryBytes,
      besides: memoryBesides(document, {
        glbBytes: bytes.byteLength,
        environmentBytes: await environmentBytes(context.folder, request),
        request: frameLoad(request),
        threads: worker.threads,
      }),
      onProgress: (share) => context.progress(READ_SHARE + share * (1 - READ_SHARE), 'render'),
    },
    async (index, frame) => {
      if (request.kind === 'dataset') cameras.push(frame.camera);
      const { image, depth } = await encodeFrameFiles(request, frame);
      await writeFile(join(context.folder, frameFile(index)), image);
      if (depth) await writeFile(join(context.folder, depthFile(index)), depth);
    },
  );
  return { cameras, stats: { ...stats, seconds: (performance.now() - startedAt) / 1000 } };
}

/** What the memory of a frame depends on. */
function frameLoad(request: SequenceRequest) {
  const { width, height, integrator } = request;
  const passes: ImageRequest['passes'] = hasDepth(request) ? ['beauty', 'depth'] : ['beauty'];
  const shutter = request.kind === 'dataset' ? 0 : request.shutter;
  return { width, height, integrator, shutter, ...poseOf(request), format: 'png' as const, passes };
}

/** What of the model's animations a sequence needs. */
export function poseOf(request: SequenceRequest): { animation?: string | undefined; time?: number | undefined } {
  return request.kind === 'animation' ? { animation: request.animation, time: request.start } : request;
}
