/**
 * Whether an STL file is text. Many binary files begin with "solid" too, hence: a size that fits the count of a
 * binary header decides for binary; otherwise text begins with "solid", says "facet" or "endsolid" near its start, and
 * has no zero bytes there.
 *
 * @param bytes the first of the file, some thousand where there are so many
 * @param size of the whole file
 */
export function isAsciiStl(bytes: Uint8Array, size: number): boolean {
  if (bytes.byteLength >= 84) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const triangles = view.getUint32(80, true);
    if (triangles > 0 && size === 84 + triangles * 50) return false;
  }
  const start = bytes.subarray(0, 4096);
  const text = new TextDecoder('latin1').decode(start);
  if (!/^\s*solid\b/i.test(text)) return /^\s*facet\s+normal\b/i.test(text);
  return !start.includes(0) && (/\bfacet\b|\bendsolid\b/i.test(text) || text.trim().length < 84);
}
