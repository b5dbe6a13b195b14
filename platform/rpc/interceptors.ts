import type { Interceptor } from '@connectrpc/connect';
import { CALLER_HEADER, callerHeader, readCaller } from '../telemetry/caller-header.ts';
import { currentContext, requestIdFrom, runInContext } from '../telemetry/context.ts';
import { toConnectError } from './errors.ts';

/** Sends the request's id, trace and caller along. */
export const clientInterceptor: Interceptor = (next) => (request) => {
  const context = currentContext();
  if (context) {
    request.header.set('x-request-id', context.requestId);
    if (context.traceParent) request.header.set('traceparent', context.traceParent);
    for (const [name, value] of Object.entries(callerHeader(context))) request.header.set(name, value);
  }
  return next(request);
};

/** Runs the handler in the caller's context, and makes what it throws travel. */
export const serverInterceptor: Interceptor = (next) => (request) => {
  const requestId = requestIdFrom(request.header.get('x-request-id') ?? undefined);
  const traceParent = request.header.get('traceparent') ?? undefined;
  const caller = readCaller(request.header.get(CALLER_HEADER));
  return runInContext({ requestId, traceParent, caller }, async () => {
    try {
      const response = await next(request);
      return response.stream ? { ...response, message: errorsTravel(response.message) } : response;
    } catch (thrown) {
      throw toConnectError(thrown);
    }
  });
};

async function* errorsTravel<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (thrown) {
    throw toConnectError(thrown);
  }
}
