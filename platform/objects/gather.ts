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
  const buffer = new Uint8Array(size);
  let filled = 0;
  let finished = false;
  try {
    for (;;) {
      // Once it has aborted the source is not asked any more.
      signal?.throwIfAborted();
      const step = await (signal ? unlessAborted(iterator.next(), signal) : iterator.next());
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
 * What a promise gives, unless the signal aborts first. Not a race against one promise of the abort: that promise would
 * hold on to the result of every race, and so to the whole upload, until it is settled.
 */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
