import { MaquetteError } from '../errors/maquette-error.ts';
import { clipName } from '../model/clip-name.ts';
import type { ModelReport } from '../model/model-report.ts';
import { LOOKS_NOWHERE, looksNowhere } from './camera-place.ts';
import { ImageRequest } from './image-request.ts';
import { allSamplesOf, checkImageRequest, samplesOf } from './image-rules.ts';
import {
  type CameraPathRequest,
  type DatasetRequest,
  MAX_FRAMES,
  type SequenceRequest,
  type VideoRequest,
} from './sequence-request.ts';

/** Why a sequence cannot be made as it is asked for. */
export interface SequenceProblem {
  /** JSON pointer to the field at fault. */
  pointer: string;
  message: string;
}

/** Largest width × height × samples × frames: two minutes of UHD at 30 frames a second and the default samples. */
const MAX_SEQUENCE_SAMPLES = 3840 * 2160 * 8 * MAX_FRAMES;

/** A GIF counts in hundredths of a second, and browsers slow down what is shown for less than two of them. */
const GIF_RATE = 50;

/** Whether a format, with its codec, has alpha. */
function encodesAlpha({ format, codec }: Pick<VideoRequest, 'format' | 'codec'>): boolean {
  return !(format === 'mp4' || (format === 'webm' && codec === 'av1'));
}

/**
 * Refuses a sequence that cannot be made, whatever the model.
 *
 * @throws MaquetteError `invalid_request` with every finding, `render_too_large` with the figures
 */
export function checkSequenceRequest(request: SequenceRequest): void {
  const errors = problemsOf(request);
  const [first] = errors;
  if (first) {
    const message = `the sequence is not possible: ${first.pointer} ${first.message}`;
    throw new MaquetteError('invalid_request', message, { errors });
  }
  checkImageRequest(imageOfFrame(request));
  const samples = frameSamplesOf(request);
  const frames = frameCountOf(request);
  const count = (value: number) => value.toLocaleString('en-GB');
  if (samples * frames > MAX_SEQUENCE_SAMPLES) {
    throw new MaquetteError(
      'render_too_large',
      `${count(frames)} frames of ${count(samples)} pixel samples each are ${count(samples * frames)}; the limit is ${count(MAX_SEQUENCE_SAMPLES)}`,
      { remedy: 'Ask for smaller frames, fewer samples or fewer frames.' },
    );
  }
}

/** The image that a frame is in all that the rules of images are about. */
function imageOfFrame(request: SequenceRequest): ImageRequest {
  // A frame of a clip is a moment of it, whether the clip is called by name or not.
  const moment = request.kind === 'animation' ? { time: request.start } : {};
  return ImageRequest.parse({ ...request, ...moment, format: 'png' });
}

/** Samples of all pixels of a frame, and of all moments that it is made of. */
export function frameSamplesOf(request: SequenceRequest): number {
  const frame = imageOfFrame(request);
  return frame.width * frame.height * allSamplesOf(frame);
}

/** The sequence with what depends on its other fields, so that equal sequences are asked for in equal words. */
export function completeSequence(request: SequenceRequest): SequenceRequest {
  const transparent = request.kind === 'dataset' ? request.imageFormat !== 'jpg' : encodesAlpha(request);
  const background = request.background ?? (transparent ? 'transparent' : '#ffffff');
  return { ...request, background, samples: samplesOf(request) };
}

/**
 * The sequence with what the file says: the first clip by default, and its end. A report lists the clips.
 *
 * @throws MaquetteError `invalid_request` when there is no such clip or nothing of it is asked for
 */
export function completeForModel(request: SequenceRequest, animations: ModelReport['animations']): SequenceRequest {
  if (request.kind !== 'animation') return request;
  const names = animations.map(({ name }, index) => clipName(name, index));
  const clip = request.animation === undefined ? animations[0] : animations[names.indexOf(request.animation)];
  if (clip === undefined) {
    const message =
      names.length === 0
        ? 'the model has no animation'
        : `the model has no animation ${JSON.stringify(request.animation)}; it has ${names
            .slice(0, 20)
            .map((name) => JSON.stringify(name))
            .join(', ')}`;
    throw impossible({ pointer: '/animation', message });
  }
  const end = Math.min(request.end ?? clip.seconds, clip.seconds);
  const complete = { ...request, animation: names[animations.indexOf(clip)]!, end };
  if (!(end > request.start)) {
    const message = `the part from ${request.start} s to ${end} s of a clip of ${clip.seconds.toFixed(3)} s is empty`;
    throw impossible({ pointer: '/start', message });
  }
  const frames = frameCountOf(complete);
  if (frames > MAX_FRAMES) throw impossible(tooManyFrames('/end', frames));
  return complete;
}

function impossible(problem: SequenceProblem): MaquetteError {
  return new MaquetteError('invalid_request', `${problem.pointer}: ${problem.message}`, {
    errors: [problem],
    remedy: 'The report of the asset, and `maquette inspect`, list its animations and how long they are.',
  });
}

/**
 * Number of frames of a completed sequence. A path shows its last keyframe too, unless it loops; a clip whose end is
 * not known counts as empty.
 */
export function frameCountOf(request: SequenceRequest): number {
  switch (request.kind) {
    case 'turntable':
      return request.frames;
    case 'dataset':
      return request.views;
    case 'camera-path': {
      const seconds = request.keyframes.at(-1)!.time - request.keyframes[0]!.time;
      const steps = Math.floor(seconds * request.fps + 1e-6);
      return request.loop ? Math.max(1, steps) : steps + 1;
    }
    case 'animation':
      // The end of a clip that loops is its beginning, so it is left out.
      return Math.max(1, Math.round(((request.end ?? request.start) - request.start) * request.fps));
    default:
      return request satisfies never;
  }
}

/** Everything that makes a completed sequence impossible, whatever the model. */
function problemsOf(request: SequenceRequest): SequenceProblem[] {
  const problems = request.kind === 'dataset' ? datasetProblems(request) : encodingProblems(request);
  if (request.kind === 'camera-path') problems.push(...pathProblems(request));
  if (request.kind === 'animation' && request.end !== undefined && request.end <= request.start) {
    problems.push({ pointer: '/end', message: 'the end must lie after the start' });
  }
  return problems;
}

function datasetProblems({ background, imageFormat, projection }: DatasetRequest): SequenceProblem[] {
  const problems: SequenceProblem[] = [];
  if (background === 'transparent' && imageFormat === 'jpg') {
    problems.push({ pointer: '/background', message: 'JPEG has no alpha: give a colour, or take png' });
  }
  if (projection === 'orthographic') {
    problems.push({ pointer: '/projection', message: 'the poses of a dataset are those of perspective cameras' });
  }
  return problems;
}

function encodingProblems(request: VideoRequest): SequenceProblem[] {
  const { format, width, height, fps, background } = request;
  const problems: SequenceProblem[] = [];
  if (background === 'transparent' && !encodesAlpha(request)) {
    const name = format === 'mp4' ? 'H.264 in MP4 has no alpha' : 'AV1 in WebM has no alpha that players know';
    problems.push({
      pointer: '/background',
      message: `${name}: give a colour, or take webm with vp9, mov, webp, gif or zip`,
    });
  }
  if (format === 'mp4' || format === 'webm') {
    const odd = [['width', width] as const, ['height', height] as const].filter(([, size]) => size % 2 === 1);
    for (const [side, size] of odd) {
      problems.push({
        pointer: `/${side}`,
        message: `${format} stores one colour for each 2 × 2 pixels, so ${size} must be even: take ${size - 1} or ${size + 1}`,
      });
    }
  }
  if (format === 'gif' && fps > GIF_RATE) {
    problems.push({ pointer: '/fps', message: `a GIF shows at most ${GIF_RATE} frames a second` });
  }
  return problems;
}

function pathProblems(request: CameraPathRequest): SequenceProblem[] {
  const { keyframes } = request;
  const problems: SequenceProblem[] = [];
  keyframes.forEach((keyframe, index) => {
    const before = keyframes[index - 1];
    if (before && keyframe.time <= before.time) {
      problems.push({
        pointer: `/keyframes/${index}/time`,
        message: `times must rise: ${keyframe.time} s follows ${before.time} s`,
      });
    }
    if (!('position' in keyframe)) return;
    if (request.projection === 'orthographic') {
      problems.push({
        pointer: `/keyframes/${index}/position`,
        message: 'a place says nothing of how much parallel rays show: give azimuth, elevation and distance',
      });
    }
    if (looksNowhere({ ...keyframe, up: keyframe.up ?? [0, 1, 0] })) {
      problems.push({ pointer: `/keyframes/${index}`, message: LOOKS_NOWHERE });
    }
  });
  if (problems.length > 0) return problems;
  const frames = frameCountOf(request);
  if (frames < 2) {
    problems.push({
      pointer: '/keyframes',
      message: `the path lasts ${frames} frame at ${request.fps} frames a second`,
    });
  }
  if (frames > MAX_FRAMES) problems.push(tooManyFrames('/keyframes', frames));
  return problems;
}

function tooManyFrames(pointer: string, frames: number): SequenceProblem {
  const count = (value: number) => value.toLocaleString('en-GB');
  return { pointer, message: `that makes ${count(frames)} frames; a sequence has at most ${count(MAX_FRAMES)}` };
}

/** Format of a sequence's frames, which are PNG where another file is made of them. */
export function frameFormatOf(request: SequenceRequest): DatasetRequest['imageFormat'] {
  return request.kind === 'dataset' ? request.imageFormat : 'png';
}

/** Whether each frame of a sequence has its depth beside it. */
export function hasDepth(request: SequenceRequest): boolean {
  return request.kind === 'dataset' && request.depth;
}
