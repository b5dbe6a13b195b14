/**
 * A `Content-Disposition` header for any file name (RFC 6266): an ASCII form for old readers, and the whole name in
 * UTF-8 (RFC 8187). Of a relative path the last part counts.
 */
export function contentDisposition(type: 'attachment' | 'inline', path: string): string {
  const name = path.split('/').pop() || 'file';
  const ascii = name.replaceAll(/[^\x20-\x7e]/g, '_').replaceAll(/["\\%]/g, '_');
  if (ascii === name) return `${type}; filename="${name}"`;
  return `${type}; filename="${ascii}"; filename*=UTF-8''${encodeExtended(name)}`;
}

/** Percent-encodes what RFC 8187 does not call an `attr-char`; lone surrogates become U+FFFD. */
function encodeExtended(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
