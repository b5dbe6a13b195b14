import type { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** The request is no render request. */
export function requestInvalid(error: z.ZodError | string): MaquetteError {
  if (typeof error === 'string') return new MaquetteError('invalid_request', error);
  const errors = error.issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, message: issue.message }));
  const first = errors[0];
  return new MaquetteError('invalid_request', `the render request is not valid: ${first?.pointer} ${first?.message}`, {
    errors,
  });
}

/** Pictures in the making are wanted of what has none. */
export function noProgressPictures(): MaquetteError {
  const message = 'pictures in the making are of the `path` integrator, without motion blur';
  return new MaquetteError('invalid_request', `/progressPictures: ${message}`, {
    errors: [{ pointer: '/progressPictures', message }],
    remedy: 'Leave `progressPictures` out, or ask for `"integrator": "path"`.',
  });
}

/** The picture, or a frame of a sequence, would take much longer than a worker may work on one. */
export function tooSlow(expected: number, limit: number, isFrame: boolean): MaquetteError {
  const text = (seconds: number) =>
    seconds < 120 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 60).toLocaleString('en-GB')} minutes`;
  return new MaquetteError(
    'render_too_large',
    `${isFrame ? 'each frame' : 'the render'} would take about ${text(expected)}; the limit is ${text(limit)}`,
    { remedy: 'Ask for fewer samples or a smaller image, or raise MAQUETTE_RENDER_SECONDS.' },
  );
}

/** No process came free in time to read a picture that somebody waits for. */
export function checkUnavailable(seconds: number): MaquetteError {
  return new MaquetteError(
    'unavailable',
    `the environment could not be checked within ${seconds} s: all processes render`,
    { remedy: 'Upload it again when fewer renders wait.' },
  );
}

/** The file of an environment that a job names is not in the store: the system lost it, whatever the store calls it. */
export function environmentMissing(cause: unknown): MaquetteError {
  return new MaquetteError('storage_failed', 'the stored picture of the environment cannot be read', { cause });
}

/** A blob that a job names is not in the store: the system lost it, whatever the store calls it. */
export function modelMissing(cause: unknown): MaquetteError {
  return new MaquetteError('storage_failed', 'the stored model cannot be read', { cause });
}

/** The sandboxed process handed back what no honest one would. */
export function resultInvalid(cause: unknown): MaquetteError {
  return new MaquetteError('sandbox_crashed', 'the render gave no valid result', { cause });
}

/** A frame that was stored is not there any more. */
export function frameMissing(cause: unknown): MaquetteError {
  return new MaquetteError('storage_failed', 'a stored frame cannot be read', { cause });
}

/** An encoder found less memory than it was to have. The system's fault, so that it is tried again. */
export function encoderCrowded(cause: unknown): MaquetteError {
  return new MaquetteError('sandbox_crashed', 'the process was too full to encode the frames', { cause });
}
