/**
 * Decompresses LZF (Marc Lehmann's LibLZF), as binary_compressed PCD files use it: a control byte below 32 is followed
 * by so many literal bytes and one, any other copies earlier ones.
 *
 * @param size bytes that must come out, already checked against the limits
 * @returns null for damaged data
 */
export function decompressLzf(packed: Uint8Array, size: number): Uint8Array | null {
  const out = new Uint8Array(size);
  let to = 0;
  for (let at = 0; at < packed.length; ) {
    const control = packed[at++]!;
    if (control < 32) {
      const length = control + 1;
      if (at + length > packed.length || to + length > size) return null;
      out.set(packed.subarray(at, at + length), to);
      at += length;
      to += length;
      continue;
    }
    let length = control >> 5;
    if (length === 7) length += packed[at++] ?? 0;
    length += 2;
    const from = to - ((control & 31) << 8) - (packed[at++] ?? 0) - 1;
    if (from < 0 || at > packed.length || to + length > size) return null;
    for (let i = 0; i < length; i++) out[to + i] = out[from + i]!;
    to += length;
  }
  return to === size ? out : null;
}
