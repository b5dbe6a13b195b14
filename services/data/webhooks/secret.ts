import { randomBytes } from 'node:crypto';

/** Within the 24 to 64 bytes of the Standard Webhooks specification. */
const SECRET_BYTES = 32;

/** A new secret of a webhook in the form of the Standard Webhooks specification: `whsec_` and the key in base64. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}
