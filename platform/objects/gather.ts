/**
 * The same bytes in pieces of at least `size` (the last may be smaller): sources send pieces of 16 bytes to 64 KiB, and
 * a write to a file costs the same for each. Rejects at once when the signal aborts, even while the source is silent,
 * and tells the source to stop.
 */
export async function* gather(
  source: AsyncIterable<Uint8Array>,
  size: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  const aborted = signal === undefined ? null : rejectOnAbort(signal);
  const buffer = new Uint8Array(size);
  let filled = 0;
  let finished = false;
  try {
    for (;;) {
      const step = await (aborted === null ? iterator.next() : Promise.race([iterator.next(), aborted.promise]));
      if (step.done) break;
      const chunk = step.value;
      if (filled + chunk.length > size && filled > 0) {
        yield buffer.subarray(0, filled);
        filled = 0;
      }
      if (chunk.length >= size) {
        yield chunk;
      } else {
        buffer.set(chunk, filled);
        filled += chunk.length;
      }
    }
    finished = true;
    if (filled > 0) yield buffer.subarray(0, filled);
  } finally {
    aborted?.stop();
    // Not awaited: a source that hangs in `next` would hold this too.
    if (!finished) void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

function rejectOnAbort(signal: AbortSignal): { promise: Promise<never>; stop(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return { promise, stop: () => signal.removeEventListener('abort', abort) };
}
