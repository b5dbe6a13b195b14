import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Endpoints } from '#contracts/rest/endpoint.ts';
import { publicMessage } from '../errors/problem.ts';
import { currentContext, requestIdFrom, runInContext } from '../telemetry/context.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { OperationAnswer, OperationHandlers } from './endpoint-types.ts';
import { bodyTooLarge } from './errors.ts';
import { parseCall } from './parse-call.ts';
import type { RestCall, RestTransport } from './rest-transport.ts';

type AnyHandler = (call: unknown) => Promise<OperationAnswer>;

/** What a server of handlers is told. */
export interface ServingOptions {
  logger: Logger;
  /** Largest body of a call. */
  bodyLimitBytes: number;
}

/**
 * Calls handlers in the same process, with values in place of HTTP. What comes in is parsed by the same schemas as over the
 * network, from the same words; the answer is the handler's own object, which nobody may change.
 */
export function memoryTransport<A extends Endpoints>(
  handlers: OperationHandlers<A>,
  { logger, bodyLimitBytes }: ServingOptions,
): RestTransport {
  async function handle(call: RestCall): Promise<unknown> {
    const { endpoint, input, limit } = call;
    const { params, query, headers, body } = parseCall(endpoint, {
      params: words(input.params),
      query: words(input.query),
      headers: input.headers ?? {},
      body: input.body === undefined ? undefined : asJson(input.body, bodyLimitBytes),
    });
    const handler = handlers[call.operationId] as unknown as AnyHandler;
    const answer = await handler({
      params,
      query,
      headers,
      body,
      get signal() {
        return limit.signal;
      },
    });
    return answer.status === 204 ? undefined : answer.body;
  }

  async function served(call: RestCall): Promise<unknown> {
    try {
      return await handle(call);
    } catch (thrown) {
      throw asTravelled(MaquetteError.from(thrown), logger, call.operationId);
    }
  }

  return (call) =>
    currentContext() ? served(call) : runInContext({ requestId: requestIdFrom(undefined) }, () => served(call));
}

/** Values as a path or a query would hold them. */
function words(values: Record<string, unknown> | undefined): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name in values) if (values[name] !== undefined) texts[name] = String(values[name]);
  return texts;
}

/** What is left of a body on its way as JSON: the handler gets an object of its own. */
function asJson(body: unknown, limitBytes: number): unknown {
  const text = JSON.stringify(body);
  // In UTF-8 no character of it takes less than a byte; most bodies are far from the limit.
  if (text.length * 3 > limitBytes) {
    const bytes = Buffer.byteLength(text);
    if (bytes > limitBytes) throw bodyTooLarge(bytes, limitBytes);
  }
  return JSON.parse(text);
}

/** What a problem document would leave of an error; faults of the system are logged, as a server of HTTP does. */
function asTravelled(error: MaquetteError, logger: Logger, operationId: string): MaquetteError {
  if (error.fault === 'system') {
    const about = { code: error.code, operation: operationId };
    if (error.retryAfterSeconds === undefined) logger.error({ ...about, err: error.cause ?? error }, error.message);
    else logger.warn({ ...about, err: error.cause }, error.message);
  }
  return error.code === 'internal' ? new MaquetteError('internal', publicMessage(error), error) : error;
}
