import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Endpoint, Endpoints } from '#contracts/rest/endpoint.ts';
import { invalidRequest } from '#platform/rest/parse-call.ts';

/** How pointers into a request begin. */
const PARTS = ['body', 'query', 'params', 'headers'];

/**
 * The handlers of an API, whose errors name fields by their place in the request. Rules that hold wherever a recipe or a
 * render comes from know nothing of requests: they name a field by its place in what they were given, which is the body.
 */
export function withBodyPlaces<A extends Endpoints, H extends object>(api: A, handlers: H): H {
  type Handler = (call: unknown) => Promise<unknown>;
  const placed = Object.entries(handlers as Record<string, Handler>).map(([operationId, handler]) => {
    const endpoint = api[operationId];
    if (endpoint?.body === undefined || endpoint.body === 'stream') return [operationId, handler];
    const inPlace: Handler = (call) =>
      handler(call).catch((error: unknown) => {
        throw error instanceof MaquetteError ? inBody(error, endpoint) : error;
      });
    return [operationId, inPlace];
  });
  return Object.fromEntries(placed) as H;
}

function inBody(error: MaquetteError, endpoint: Endpoint): MaquetteError {
  const findings = error.errors ?? [];
  const isPlaced = ({ pointer }: { pointer: string }) => PARTS.includes(pointer.split('/')[1] ?? '');
  // The findings of other errors are about something else, such as a quota.
  if (error.code !== 'invalid_request' && error.code !== 'not_found') return error;
  if (findings.every(isPlaced)) return error;
  const placed = findings.map((finding) =>
    isPlaced(finding) ? finding : { ...finding, pointer: `/body${finding.pointer}` },
  );
  if (error.code === 'not_found') return MaquetteError.fromValue({ ...error.toValue(), errors: placed });
  const { message, remedy } = invalidRequest(placed, endpoint);
  return MaquetteError.fromValue({ ...error.toValue(), message, errors: placed, remedy: error.remedy ?? remedy ?? '' });
}
