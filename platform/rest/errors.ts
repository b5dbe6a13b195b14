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
