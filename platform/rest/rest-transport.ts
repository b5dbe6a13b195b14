import type { Endpoint } from '#contracts/rest/endpoint.ts';
import type { CallLimit } from './call-limit.ts';

/** One call of an operation of an internal API. */
export interface RestCall {
  operationId: string;
  endpoint: Endpoint;
  input: CallInput;
  /** When it is given up. */
  limit: CallLimit;
}

/** What a caller gives, part by part. Values of `params` and `query` are words, numbers and booleans. */
export interface CallInput {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  headers?: Record<string, unknown>;
  body?: unknown;
}

/**
 * Carries a call to the handlers of an internal API, with the context of the request that it is made for: its id, trace
 * and caller. Resolves to the body of the successful answer (undefined without one), and rejects with the `MaquetteError`
 * that the handler threw: its code, message, remedy and findings; of `internal` ones no more than that. Whether the
 * handlers are in this process or in another one shows nowhere: `rest-transport.contract.ts`.
 */
export type RestTransport = (call: RestCall) => Promise<unknown>;
