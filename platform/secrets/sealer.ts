import { unsealable } from './errors.ts';
import { keyFor, seal, unseal } from './sealed-text.ts';

/** Keeps secrets in the database so that the database alone does not tell them. */
export interface Sealer {
  /** @param belongsTo the id of the row that holds it: copied to another row it does not open */
  seal(secret: string, belongsTo: string): string;
  /** @throws MaquetteError `internal` when it was sealed with another key, for something else, or changed */
  open(sealed: string, belongsTo: string): string;
}

/** A sealer with the key of this server. @param secret at least 32 characters that cannot be guessed */
export function createSealer(secret: string): Sealer {
  const key = keyFor('maquette sealed secrets', secret);
  return {
    seal: (text, belongsTo) => seal(key, text, belongsTo),
    open(sealed, belongsTo) {
      try {
        return unseal(key, sealed, belongsTo);
      } catch (cause) {
        throw unsealable(cause);
      }
    },
  };
}
