import { Caller } from '#contracts/access/caller.ts';
import type { RequestContext } from './context.ts';

/** Header, and gRPC metadata, in which calls inside of the cluster say who they are made for. */
export const CALLER_HEADER = 'x-maquette-caller';

/** The header of a context; none without a caller. */
export function callerHeader(context: RequestContext | undefined): Record<string, string> {
  // Percent-encoded: names of addresses and ids are ASCII, but a header must not depend on that.
  return context?.caller ? { [CALLER_HEADER]: encodeURIComponent(JSON.stringify(context.caller)) } : {};
}

/** The caller that a header names; undefined when there is none or it cannot be read. */
export function readCaller(header: string | string[] | null | undefined): Caller | undefined {
  if (typeof header !== 'string') return undefined;
  try {
    return Caller.safeParse(JSON.parse(decodeURIComponent(header))).data;
  } catch {
    return undefined;
  }
}
