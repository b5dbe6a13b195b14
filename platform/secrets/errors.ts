import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** A sealed text was written with another key, belongs to something else, or was changed. */
export function unsealable(cause: unknown): MaquetteError {
  return new MaquetteError('internal', 'A sealed secret cannot be opened with the key of this server.', {
    remedy: 'Start the server with the MAQUETTE_SEALING_KEY (or the data folder) that it had when the secret was made.',
    cause,
  });
}

/** More passwords are to be checked than can be in some seconds. */
export function tooManyPasswords(): MaquetteError {
  return new MaquetteError('unavailable', 'Too many passwords are being checked at the moment.', {
    remedy: 'Try again in some seconds.',
    retryAfterSeconds: 5,
  });
}
