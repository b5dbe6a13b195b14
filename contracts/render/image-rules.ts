import { MaquetteError } from '../errors/maquette-error.ts';
import type { ImageFormat, ImageRequest } from './image-request.ts';

/** Why an image cannot be made as it is asked for, whatever the model. */
export interface ImageProblem {
  /** JSON pointer to the field at fault. */
  pointer: string;
  message: string;
}

/** Largest width × height × samples: the largest image at the default samples. An upper bound of the work. */
export const MAX_PIXEL_SAMPLES = 8192 * 8192 * 8;

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
  return { ...request, background: backgroundOf(request) };
}

/** Everything that makes a request impossible by itself. */
export function imageProblems(request: ImageRequest): ImageProblem[] {
  const problems: ImageProblem[] = [];
  if (request.background === 'transparent' && !hasAlpha(request.format)) {
    problems.push({
      pointer: '/background',
      message: 'JPEG has no alpha: give a colour, or take png, webp or avif',
    });
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
  const { width, height, samples } = request;
  if (width * height * samples > MAX_PIXEL_SAMPLES) throw tooManySamples(width, height, samples);
}

function tooManySamples(width: number, height: number, samples: number): MaquetteError {
  const count = (value: number) => value.toLocaleString('en-GB');
  const most = Math.floor(MAX_PIXEL_SAMPLES / (width * height));
  return new MaquetteError(
    'render_too_large',
    `${width} × ${height} pixels with ${samples} samples each are ${count(width * height * samples)} samples; the limit is ${count(MAX_PIXEL_SAMPLES)}`,
    { remedy: `Ask for at most ${Math.max(1, most)} samples, or a smaller image.` },
  );
}
