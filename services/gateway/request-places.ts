import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Endpoint, Endpoints } from '#contracts/rest/endpoint.ts';
import { invalidRequest } from '#platform/rest/parse-call.ts';

/** How pointers into a request begin. */
const PARTS = ['body', 'query', 'params', 'headers'];

/**
 * The handlers of an API, whose errors name fields by their place in the request. Rules that hold wherever a recipe or a
 * render comes from know nothing of requests: they name a field by its place in what they were given, which is the body, or
 * the query where there is none.
 */
export function withRequestPlaces<A extends Endpoints, H extends object>(api: A, handlers: H): H {
  type Handler = (call: unknown) => Promise<unknown>;
  const wrapped = Object.entries(handlers as Record<string, Handler>).map(([operationId, handler]) => {
    const endpoint = api[operationId];
    const place = endpoint && placeOf(endpoint);
    if (place === undefined) return [operationId, handler];
    const inPlace: Handler = (call) =>
      handler(call).catch((error: unknown) => {
        throw error instanceof MaquetteError ? placed(error, endpoint, place) : error;
      });
    return [operationId, inPlace];
  });
  return Object.fromEntries(wrapped) as H;
}

/** Where an operation finds what it is to do. */
function placeOf({ body, query }: Endpoint): string | undefined {
  if (body === 'stream') return undefined;
  if (body !== undefined) return 'body';
  return query && 'query';
}

function placed(error: MaquetteError, endpoint: Endpoint, place: string): MaquetteError {
  const findings = error.errors ?? [];
  const isPlaced = ({ pointer }: { pointer: string }) => PARTS.includes(pointer.split('/')[1] ?? '');
  // The findings of other errors are about something else, such as a quota.
  if (error.code !== 'invalid_request' && error.code !== 'not_found') return error;
  if (findings.every(isPlaced)) return error;
  const errors = findings.map((finding) =>
    isPlaced(finding) ? finding : { ...finding, pointer: `/${place}${finding.pointer}` },
  );
  if (error.code === 'not_found') return MaquetteError.fromValue({ ...error.toValue(), errors });
  const { message, remedy } = invalidRequest(errors, endpoint);
  return MaquetteError.fromValue({ ...error.toValue(), message, errors, remedy: error.remedy ?? remedy ?? '' });
}
