import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** Of a key that is not known, expired or revoked. It never says which, nor repeats the key. */
export function unauthenticated(): MaquetteError {
  return new MaquetteError('unauthenticated', 'The API key is not valid: it is unknown, expired or revoked.', {
    remedy: 'Send `Authorization: Bearer mq_live_…` with a key of this server; an administrator can make a new one.',
  });
}

export function apiKeyNotFound(id: string): MaquetteError {
  return new MaquetteError('not_found', `There is no API key ${id}.`, {
    remedy: 'List the keys of the organisation to find its id.',
  });
}

export function organizationNotFound(id: string): MaquetteError {
  return new MaquetteError('not_found', `There is no organisation ${id}.`, { remedy: 'Check the id.' });
}

/** A key was to be made that may do more than the key which asks for it. */
export function scopesExceeded(scopes: string[]): MaquetteError {
  return new MaquetteError('forbidden', `An API key cannot grant what it does not hold: ${scopes.join(', ')}.`, {
    remedy: 'Leave these scopes out, or use a key that holds them.',
  });
}

/** A field of a request that is not valid. */
export function invalid(pointer: string, message: string, remedy?: string): MaquetteError {
  return new MaquetteError('invalid_request', `${pointer}: ${message}`, {
    errors: [{ pointer, message }],
    ...(remedy !== undefined && { remedy }),
  });
}

/** The operator's own key has not the form of a key. The message does not repeat it. */
export function malformedBootstrapKey(): MaquetteError {
  return new MaquetteError('config_invalid', 'The bootstrap key has not the form of an API key.', {
    remedy: 'Set MAQUETTE_BOOTSTRAP_KEY to `mq_live_` followed by at least 24 letters or digits.',
  });
}
