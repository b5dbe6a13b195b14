import { TUS_CHECKSUMS, TUS_EXTENSIONS } from '#contracts/rest/tus.ts';
import { TUS_VERSION } from '#contracts/rest/tus-version.ts';

/** Whether a path is one of the tus protocol. */
export function isTus(url: string): boolean {
  return /^\/v1\/uploads(?:[/?]|$)/.test(url);
}

/** What every answer of the protocol says, and `OPTIONS` more of it: what a client may use. */
export function tusHeaders(method: string, limitBytes: number): Record<string, string> {
  const headers = { 'tus-resumable': TUS_VERSION, 'tus-version': TUS_VERSION };
  if (method !== 'OPTIONS') return headers;
  return {
    ...headers,
    'tus-extension': TUS_EXTENSIONS.join(','),
    'tus-max-size': String(limitBytes),
    'tus-checksum-algorithm': TUS_CHECKSUMS.join(','),
  };
}
