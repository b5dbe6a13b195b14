import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { answerUnreadable } from './errors.ts';
import type { AnswerForm } from './once.ts';

const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/**
 * Answers that hold a secret: encrypted with a key that is derived from the client's idempotency key (HKDF, RFC 5869),
 * of which the database holds no more than the hash. Who reads the database alone cannot read them, as far as the
 * client's keys cannot be guessed.
 */
export const SEALED: AnswerForm = {
  write(answer, key) {
    const text = JSON.stringify(answer);
    // One answer is ever written under a key, so that its own hash is a nonce which no other message has.
    const nonce = createHash('sha256').update(key).update(text).digest().subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, derived(key), nonce, { authTagLength: TAG_BYTES });
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
  },
  read(sealed, key) {
    try {
      const bytes = Buffer.from(sealed, 'base64');
      const cipher = createDecipheriv(CIPHER, derived(key), bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      cipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const text = Buffer.concat([cipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), cipher.final()]);
      return JSON.parse(text.toString('utf8'));
    } catch (cause) {
      throw answerUnreadable(cause);
    }
  },
};

function derived(key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'maquette idempotent answer', 32));
}
