import { MaquetteError } from '../errors/maquette-error.ts';
import { LOOKS_NOWHERE, looksNowhere } from './camera-place.ts';
import type { ImageFormat, ImageRequest } from './image-request.ts';

/** Why an image cannot be made as it is asked for, whatever the model. */
export interface ImageProblem {
  /** JSON pointer to the field at fault. */
  pointer: string;
  message: string;
}

/** Most samples a pixel of `preview`: more would show no difference. */
const MAX_PREVIEW_SAMPLES = 64;

/**
 * Largest width × height × samples: the largest image at the default samples of `preview`, and a reference picture of
 * 4,096 samples at 1024 × 1024 with `path`. An upper bound of the work.
 */
export const MAX_PIXEL_SAMPLES = { preview: 8192 * 8192 * 8, path: 2 ** 32 } as const;

/** Samples a pixel that a request means: those given, or what its integrator takes by default. */
export function samplesOf({
  integrator,
  samples,
  fStop,
}: Pick<ImageRequest, 'integrator' | 'samples' | 'fStop'>): number {
  // What is out of focus needs more of them to be smooth.
  return samples ?? (integrator === 'path' ? 128 : fStop === undefined ? 8 : 32);
}

/** Moments that the time a shutter is open is made of. */
const MOMENTS = { preview: 12, path: 16 } as const;

/** Whether an animation poses the model. */
export function animates({ animation, time }: Pick<ImageRequest, 'animation' | 'time'>): boolean {
  return animation !== undefined || time !== undefined;
}

/** Pictures whose mean is the one that is asked for: several moments with motion blur, else one. */
export function momentCountOf(request: MomentRequest): number {
  return request.shutter > 0 && animates(request) ? MOMENTS[request.integrator] : 1;
}

/** What the moments of a request depend on. */
export type MomentRequest = Pick<ImageRequest, 'integrator' | 'shutter' | 'animation' | 'time'>;

/** Samples a pixel of each moment: those of `path` are shared between the moments, rounded up. */
export function momentSamplesOf(request: MomentRequest & Parameters<typeof samplesOf>[0]): number {
  const samples = samplesOf(request);
  return request.integrator === 'path' ? Math.ceil(samples / momentCountOf(request)) : samples;
}

/** Samples a pixel of all moments together. */
export function allSamplesOf(request: Parameters<typeof momentSamplesOf>[0]): number {
  return momentSamplesOf(request) * momentCountOf(request);
}

/** Whether pictures of a format can be transparent. */
export function hasAlpha(format: ImageFormat): boolean {
  return format !== 'jpg';
}

/** What is behind the model: what is asked for, else nothing where the format can say so, and white where it cannot. */
export function backgroundOf({ background, format }: Pick<ImageRequest, 'background' | 'format'>): string {
  return background ?? (hasAlpha(format) ? 'transparent' : '#ffffff');
}

/** The request with what depends on its other fields, so that equal pictures are asked for in equal words. */
export function completeImage(request: ImageRequest): ImageRequest {
  return { ...request, background: backgroundOf(request), samples: samplesOf(request) };
}

/** Everything that makes a request impossible by itself. */
export function imageProblems(request: ImageRequest): ImageProblem[] {
  const problems: ImageProblem[] = [];
  if (request.background === 'transparent' && !hasAlpha(request.format)) {
    problems.push({
      pointer: '/background',
      message: 'JPEG has no alpha: give a colour, or take png, webp, avif or exr',
    });
  }
  if (request.integrator === 'preview' && samplesOf(request) > MAX_PREVIEW_SAMPLES) {
    problems.push({
      pointer: '/samples',
      message: `\`preview\` takes at most ${MAX_PREVIEW_SAMPLES} samples a pixel: give fewer, or \`path\` as integrator`,
    });
  }
  if (request.display !== 'shaded' && request.integrator === 'path') {
    problems.push({ pointer: '/display', message: `\`${request.display}\` is drawn by the \`preview\` integrator` });
  }
  const only = request.passes.length === 1 && request.passes[0] === 'beauty' && request.format !== 'exr';
  if (request.shutter > 0 && !only) {
    problems.push({
      pointer: '/shutter',
      message: 'motion blur is of pictures alone: neither of passes nor of exr files',
    });
  }
  if (typeof request.camera === 'object' && looksNowhere(request.camera)) {
    problems.push({ pointer: '/camera', message: LOOKS_NOWHERE });
  }
  if (request.fStop !== undefined && request.projection === 'orthographic' && typeof request.camera !== 'string') {
    problems.push({ pointer: '/fStop', message: 'an orthographic camera has no depth of field' });
  }
  const [first] = request.passes;
  if (first !== 'beauty' && request.format !== 'png' && request.format !== 'exr') {
    problems.push({ pointer: '/format', message: `the pass \`${first}\` is a png or exr file` });
  }
  return problems;
}

/**
 * Refuses a request that no renderer could do.
 *
 * @throws MaquetteError `invalid_request` with every finding, `render_too_large` with the figures
 */
export function checkImageRequest(request: ImageRequest): void {
  const errors = imageProblems(request);
  const [first] = errors;
  if (first) {
    const message = `the image request is not possible: ${first.pointer} ${first.message}`;
    throw new MaquetteError('invalid_request', message, { errors });
  }
  const { width, height, integrator } = request;
  const samples = allSamplesOf(request);
  const limit = MAX_PIXEL_SAMPLES[integrator];
  if (width * height * samples > limit) throw tooManySamples(request, samples, limit);
}

function tooManySamples(request: ImageRequest, samples: number, limit: number): MaquetteError {
  const { width, height } = request;
  const count = (value: number) => value.toLocaleString('en-GB');
  const most = Math.floor((limit / (width * height)) * (samplesOf(request) / samples));
  return new MaquetteError(
    'render_too_large',
    `${width} × ${height} pixels with ${samples} samples each are ${count(width * height * samples)} samples; the limit is ${count(limit)}`,
    { remedy: `Ask for at most ${Math.max(1, most)} samples, or a smaller image.` },
  );
}
