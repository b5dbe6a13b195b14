import { createHash, createHmac } from 'node:crypto';

/** Who signs. */
export interface SigningKeys {
  accessKeyId: string;
  secretAccessKey: string;
  /** Of keys that are lent for a while. */
  sessionToken?: string | undefined;
}

/** A request to an S3 storage that somebody else is to make. */
export interface RequestToSign {
  method: string;
  /** With the query that belongs to the request. */
  url: URL;
  /** Headers that it must come with, by their names in lower case; `host` is among them by itself. */
  headers: Record<string, string>;
}

/** What the signature says beside the request. */
export interface Signing {
  keys: SigningKeys;
  region: string;
  at: Date;
  /** 1 to 604,800. */
  expiresSeconds: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Signs a request in its URL: AWS Signature Version 4 by query parameters, as "Authenticating Requests: Using Query
 * Parameters" of the S3 API reference has it. The body is part of it when `x-amz-content-sha256` is among the headers.
 *
 * @returns the URL under which the request may be made until it expires
 */
export function presign({ method, url, headers }: RequestToSign, { keys, region, at, expiresSeconds }: Signing): URL {
  const time = at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const signed = Object.entries({ ...headers, host: url.host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const query = Object.entries({
    ...Object.fromEntries(url.searchParams),
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': `${keys.accessKeyId}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': String(expiresSeconds),
    'X-Amz-SignedHeaders': names,
    ...(keys.sessionToken !== undefined && { 'X-Amz-Security-Token': keys.sessionToken }),
  })
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const canonical = [
    method,
    url.pathname,
    query,
    ...signed.map(([name, value]) => `${name}:${value.trim()}`),
    '',
    names,
    headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
  const toSign = [ALGORITHM, time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${keys.secretAccessKey}`);
  return new URL(`${url.origin}${url.pathname}?${query}&X-Amz-Signature=${hmac(key, toSign).toString('hex')}`);
}

/** A text as it stands in a path or query: everything but unreserved characters (RFC 3986) in percent. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
