import { keyFor, seal, unseal } from '../secrets/sealed-text.ts';
import { answerUnreadable } from './errors.ts';
import type { AnswerForm } from './once.ts';

/**
 * Answers that hold a secret: encrypted with a key that is derived from the client's idempotency key, of which the
 * database holds no more than the hash. Who reads the database alone cannot read them, as far as the client's keys
 * cannot be guessed.
 */
export const SEALED: AnswerForm = {
  secret: true,
  write: (answer, key) => seal(derived(key), JSON.stringify(answer)),
  read(sealed, key) {
    try {
      return JSON.parse(unseal(derived(key), sealed));
    } catch (cause) {
      throw answerUnreadable(cause);
    }
  },
};

function derived(key: string): Buffer {
  return keyFor('maquette idempotent answer', key);
}
