import { createHmac } from 'node:crypto';

const SECRET_PREFIX = 'whsec_';

/**
 * The headers that prove where a message comes from, after the Standard Webhooks specification 1.0
 * (https://www.standardwebhooks.com): a signature of the scheme `v1`, HMAC-SHA256 over id, time and body, for each
 * secret.
 *
 * @param secrets in the form `whsec_` and the key in base64
 * @param seconds since 1970, of this attempt: receivers refuse what is too old
 */
export function signedHeaders(
  message: { id: string; body: string; secrets: readonly string[] },
  seconds: number,
): Record<string, string> {
  const { id, body, secrets } = message;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  };
}
