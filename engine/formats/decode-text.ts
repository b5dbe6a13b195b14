/**
 * Bytes of a text format as UTF-8 without byte order mark: UTF-16 of either byte order is converted, everything else
 * is passed through unchanged (and uncopied).
 */
export function toUtf8(bytes: Uint8Array): Uint8Array {
  const encoding = detectUtf16(bytes);
  if (encoding) return new TextEncoder().encode(new TextDecoder(encoding).decode(bytes));
  if (bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  return bytes;
}

/** By byte order mark, or by zeros in every second one of the first bytes. */
function detectUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes.length < 2) return null;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const pairs = Math.min(bytes.length >> 1, 64);
  if (pairs < 8) return null;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < pairs; i++) {
    if (bytes[i * 2] === 0) even++;
    if (bytes[i * 2 + 1] === 0) odd++;
  }
  if (odd > pairs * 0.9 && even === 0) return 'utf-16le';
  if (even > pairs * 0.9 && odd === 0) return 'utf-16be';
  return null;
}
