import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** An id that does not exist, or is of what whoever asks must not know of: the two are not told apart. */
export function notFound(what: string, id: string): MaquetteError {
  return new MaquetteError('not_found', `There is no ${what} ${id}.`, {
    remedy: 'Check the id, and that the API key belongs to the organisation which owns it.',
  });
}
