import type { Gateway } from './gateway.ts';

/** A request that was answered. */
interface Answered {
  method: string;
  url: string;
  /** The path of its operation, with `{name}` for what differs between requests; undefined: measured elsewhere. */
  route: string | undefined;
  status: number;
  milliseconds: number;
}

/** Counts a request in the metrics and writes it into the log. */
export function observeRequest(
  { metrics, logger }: Pick<Gateway, 'metrics' | 'logger'>,
  { method, url, route, status, milliseconds }: Answered,
): void {
  if (route !== undefined) metrics.httpSeconds.observe({ method, route, status: String(status) }, milliseconds / 1000);
  logger.debug({ method, url, status, ms: Math.round(milliseconds) }, 'request');
}
