import type { IncomingMessage } from 'node:http';
import { isTus } from './headers.ts';

/** Methods that may stand in a header. The answer to HEAD has no body, which the connection has to know by itself. */
const OVERRIDDEN = new Set(['PATCH', 'DELETE']);

/**
 * A client behind something that lets no PATCH or DELETE through sends POST and says in `X-HTTP-Method-Override` what it
 * means: the tus protocol demands that this counts.
 */
export function overrideMethod(request: IncomingMessage): void {
  const method = request.headers['x-http-method-override'];
  if (request.method !== 'POST' || typeof method !== 'string' || !isTus(request.url ?? '')) return;
  if (OVERRIDDEN.has(method.toUpperCase())) request.method = method.toUpperCase();
}
