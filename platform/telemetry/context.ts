import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Caller } from '#contracts/access/caller.ts';

/** What every log line and every call to another service carries along. */
export interface RequestContext {
  requestId: string;
  /** W3C `traceparent`, when the request is traced. */
  traceParent?: string | undefined;
  /** Who it is done for, once that is known. */
  caller?: Caller | undefined;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The context of the request or job that the current code works for, if any. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Runs `work`, and everything it awaits, in a context. */
export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** Makes `context` the one of the rest of the current asynchronous execution: for hooks that cannot wrap what follows. */
export function enterContext(context: RequestContext): void {
  storage.enterWith(context);
}

/** Letters, digits and a few marks, so that an id from outside can neither break a log line nor a header. */
const SANE_REQUEST_ID = /^[A-Za-z0-9._:/+-]{1,128}$/;

/** The caller's request id when it is sane, else a new one. */
export function requestIdFrom(header: string | string[] | undefined): string {
  return typeof header === 'string' && SANE_REQUEST_ID.test(header) ? header : randomUUID();
}
