/** How long clients may take, in milliseconds. */
export interface Timeouts {
  /** For the headers of a request, from its first byte; and for a first request on a new connection. */
  headersMs: number;
  /** For a whole JSON body; an upload has a limit on its pauses instead. */
  jsonBodyMs: number;
  /** Without a byte in either direction: a client that neither sends nor takes its answer. */
  stalledMs: number;
}

/** Longer than the longest wait that a request can ask for (60 s) and than the check of an environment. */
export const TIMEOUTS: Timeouts = { headersMs: 30_000, jsonBodyMs: 30_000, stalledMs: 120_000 };
