/** Longest wait that a client can ask for. */
const MAX_WAIT_SECONDS = 60;

/** The `wait` preference of a `Prefer` header (RFC 7240) in seconds, at most 60; undefined when it is not asked for. */
export function preferredWait(header: string | undefined): number | undefined {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?/i.exec(header ?? '');
  return match ? Math.min(Number(match[1]), MAX_WAIT_SECONDS) : undefined;
}
