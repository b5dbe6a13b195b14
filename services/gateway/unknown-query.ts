import type { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Endpoint } from '#contracts/rest/endpoint.ts';
import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';
import { invalidRequest } from '#platform/rest/parse-call.ts';

type Named = Pick<Endpoint, 'method' | 'path' | 'query'>;

/**
 * Refuses a request whose query names what the operation does not know: a filter that is misspelt would be one that is not
 * there, and the answer the whole list. What anybody may ask for is left alone, since others add to such addresses: a
 * provider of identities, whoever passes a link on.
 *
 * @throws MaquetteError `invalid_request`
 */
export function refuseUnknownQuery(endpoint: PublicEndpoint, query: unknown): void {
  if (endpoint.scope === 'public') return;
  const unknown = unknownQuery(query, endpoint.query);
  if (unknown.length > 0) throw queryUnknown(unknown, endpoint);
}

/** The names in a query that a schema does not have. */
export function unknownQuery(query: unknown, schema: Endpoint['query']): string[] {
  const known = schema?.shape ?? {};
  return Object.keys(query as object).filter((name) => !Object.hasOwn(known, name));
}

/** Of names in a query that the operation does not know. */
export function queryUnknown(unknown: readonly string[], endpoint: Named): MaquetteError {
  const names = Object.keys(endpoint.query?.shape ?? {});
  const offered = names.length === 0 ? 'the operation takes no query' : `there is ${names.join(', ')}`;
  const findings = unknown.map((name) => ({
    pointer: `/query/${name.slice(0, 100)}`,
    message: `is not known: ${offered}`,
  }));
  return invalidRequest(findings.slice(0, 10), endpoint);
}
