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
  const next = signal === undefined ? () => iterator.next() : untilAbort(iterator, signal);
  const buffer = new Uint8Array(size);
  let filled = 0;
  let finished = false;
  try {
    for (;;) {
      const step = await next();
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
    // Not awaited: a source that hangs in `next` would hold this too.
    if (!finished) void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

/**
 * The steps of an iterator, each of which rejects when the signal aborts. Not a race against one promise of the abort:
 * that promise would hold on to the result of every race, and so to the whole upload, until it is settled.
 */
function untilAbort<T>(iterator: AsyncIterator<T>, signal: AbortSignal): () => Promise<IteratorResult<T>> {
  return () =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      iterator
        .next()
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', abort));
    });
}
