import type { FrameCamera, RenderStats } from '#contracts/jobs/job-kinds.ts';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { PassMeaning, RenderFileRole } from '#contracts/render/render-file.ts';
import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import type { EnvironmentFacts } from '#contracts/rest/resources/environment.ts';
import type { WorkerSize } from '../cost/estimate-image.ts';

/** Makes an image; the model lies in the folder as `model.glb`. */
export interface ImageInput {
  task: 'image';
  request: ImageRequest;
  worker: WorkerSize;
  /** Whether to show the picture while it is made. */
  pictures: boolean;
}

/** Makes some frames of a sequence; the model lies in the folder as `model.glb`. */
export interface FramesInput {
  task: 'frames';
  request: SequenceRequest;
  /** From 0. */
  first: number;
  count: number;
  worker: WorkerSize;
}

/** Makes one file of frames, which lie in the folder under `frameFile`. */
export interface EncodeInput {
  task: 'encode';
  request: SequenceRequest;
  /** The cameras of a dataset's views; of other sequences empty. */
  cameras: FrameCamera[];
  frames: number;
  /** Whether each frame has its depth beside it, under `depthFile`. */
  depth: boolean;
}

/** Reads a picture that may become an environment; it lies in the folder as `environment`. */
export interface EnvironmentInput {
  task: 'environment';
}

/** What was found out about it. */
export type EnvironmentOutput = EnvironmentFacts;

/** What a task is told. An environment that its request names by id lies in the folder as `environment`. */
export type RenderInput = ImageInput | FramesInput | EncodeInput | EnvironmentInput;

/** What an image task hands back. Each file lies in the folder under its name. */
export interface ImageOutput {
  /** The picture first, then its passes. */
  files: { role: RenderFileRole; name: string; width: number; height: number; meaning: PassMeaning | null }[];
  stats: RenderStats;
}

/** What a task of frames hands back. Each frame lies in the folder under `frameFile`. */
export interface FramesOutput {
  /** The cameras of a dataset's views; of other sequences empty. */
  cameras: FrameCamera[];
  stats: RenderStats;
}

/** What encoding hands back; the file lies in the folder as `ENCODED_FILE`. */
export interface EncodeOutput {
  seconds: number;
}

export type RenderOutput = ImageOutput | FramesOutput | EncodeOutput | EnvironmentOutput;

/** Most names of ids that are told of a pass, and most characters of each. */
export const MOST_COLORS = 1024;
export const LONGEST_NAME = 200;

/** Name of the model in the task's folder. */
export const GLB_FILE = 'model.glb';
/** Name of the picture of an environment in the task's folder. */
export const ENVIRONMENT_FILE = 'environment';
/** Name of an encoded sequence in the task's folder. */
export const ENCODED_FILE = 'encoded';

/** Name of a frame in the task's folder, by its number in the sequence. */
export function frameFile(index: number): string {
  return `frame-${index}`;
}

/** Name of a frame's depth. */
export function depthFile(index: number): string {
  return `depth-${index}`;
}

/** Parameter of the task module's URL: threads of one render, known when the process starts. */
export const THREADS_PARAMETER = 'threads';
