import { frameChunks } from '#contracts/jobs/frame-chunks.ts';
import type { ModelFacts } from '#contracts/model/model-report.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { isSequence, type RenderTask } from '#contracts/render/render-request.ts';
import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import { frameCountOf, hasDepth } from '#contracts/render/sequence-rules.ts';
import type { RenderEstimate } from '#contracts/rest/resources/render.ts';
import { encoderBytes } from '#platform/video/encoder-memory.ts';
import { encodingSeconds } from '#platform/video/encoder-time.ts';
import { estimateImage, rounded, secondsOf, type WorkerSize } from './estimate-image.ts';
import { idleMemory } from './process-memory.ts';

/** What a task takes as a whole, and the seconds of a single picture of it, which is what the limit of time is for. */
export interface TaskEstimate {
  whole: RenderEstimate;
  pictureSeconds: number;
}

/**
 * What a task takes: an image what it takes itself, a sequence the time of all its frames and of encoding them, and the
 * memory of a frame or of the encoder, whichever is more.
 *
 * @param task of an animation completed for the model, so that its frames can be counted
 * @param rate of the machine, see `WorkRate`
 * @param environmentBytes size of the file of an uploaded environment that the task names
 */
export function estimateTask(
  facts: ModelFacts,
  task: RenderTask,
  worker: WorkerSize,
  rate: number,
  environmentBytes: number,
): TaskEstimate {
  if (!isSequence(task)) {
    const whole = estimateImage(facts, task, worker, rate, environmentBytes);
    return { whole, pictureSeconds: whole.seconds };
  }
  const image = frameOf(task);
  const frame = estimateImage(facts, image, worker, rate, environmentBytes);
  const { opening, drawing } = secondsOf(facts, image, worker.threads);
  const frames = frameCountOf(task);
  const encoding = encodingSeconds(task, frames);
  const whole = {
    ...frame,
    rays: frame.rays * frames,
    seconds: rounded((opening * frameChunks(task).length + drawing * frames + encoding) * rate),
  };
  const parts = { ...idleMemory(worker.threads), 'encoding the video': encoderBytes(task) };
  const peakBytes = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  const encoder = { peakBytes, parts, fits: peakBytes <= worker.memoryBytes };
  return {
    whole: peakBytes > whole.peakBytes ? { ...whole, ...encoder } : whole,
    pictureSeconds: frame.seconds,
  };
}

/** A frame of a sequence as the image that it is. */
function frameOf(request: SequenceRequest): ImageRequest {
  const { kind: _kind, format: _format, ...look } = { format: undefined, ...request };
  const passes = hasDepth(request) ? ['beauty', 'depth'] : ['beauty'];
  const time = request.kind === 'animation' ? request.start : request.time;
  return ImageRequest.parse({ ...look, time, passes });
}
