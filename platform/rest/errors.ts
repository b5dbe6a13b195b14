import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** A cursor that no page of the list gave. */
export function invalidCursor(): MaquetteError {
  const pointer = '/query/cursor';
  const message = 'is not a cursor of this list';
  return new MaquetteError('invalid_request', `${pointer}: ${message}`, {
    errors: [{ pointer, message }],
    remedy: 'Give `nextCursor` of the page before as it is.',
  });
}

/** An `If-Match` that matches nothing. */
export function preconditionFailed(given: string): MaquetteError {
  return new MaquetteError('precondition_failed', `The resource is not what \`If-Match: ${given}\` says.`, {
    remedy: 'Read the resource again and repeat the change with its ETag.',
  });
}

/** The caller of an internal call does not want its answer any more. */
export function callCanceled(): MaquetteError {
  return new MaquetteError('canceled', 'The caller gave the call up before it was answered.');
}

/** An internal call took longer than any may. */
export function noAnswer(milliseconds: number): MaquetteError {
  return new MaquetteError('unavailable', `No answer came within ${milliseconds / 1000} s.`);
}

/** A server of an internal API cannot be reached, or broke off. */
export function unreachable(baseUrl: string, cause: Error): MaquetteError {
  return new MaquetteError('unavailable', `${baseUrl} does not answer: ${cause.message}`, { cause });
}

/** A body of an internal call that is larger than the API takes. */
export function bodyTooLarge(bytes: number, limitBytes: number): MaquetteError {
  return new MaquetteError('payload_too_large', `The body has ${bytes} bytes; at most ${limitBytes} are taken.`);
}
