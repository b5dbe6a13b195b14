import { modelMalformed } from '../errors.ts';

/**
 * Decodes a `data:` URI (RFC 2397), Base64 or percent-encoded; null where the text is no data URI.
 *
 * @throws MaquetteError `model_malformed` for Base64 with characters that do not belong there.
 */
export function decodeDataUri(uri: string, where: string): { bytes: Uint8Array; mimeType: string } | null {
  if (!/^data:/i.test(uri)) return null;
  const comma = uri.indexOf(',');
  if (comma < 0) throw modelMalformed(where, 'The data URI has no comma and therefore no data.');
  const header = uri.slice(5, comma);
  const mimeType = header.split(';')[0] ?? '';
  const body = uri.slice(comma + 1);
  if (!/;\s*base64\s*$/i.test(header)) {
    try {
      return { bytes: new TextEncoder().encode(decodeURIComponent(body)), mimeType };
    } catch (cause) {
      throw modelMalformed(where, 'The percent-encoding of the data URI is damaged.', undefined, cause);
    }
  }
  return { bytes: decodeBase64(body, where), mimeType };
}

const VALUES = new Uint8Array(256).fill(255);
for (let i = 0; i < 64; i++)
  VALUES['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charCodeAt(i)] = i;
VALUES['-'.charCodeAt(0)] = 62;
VALUES['_'.charCodeAt(0)] = 63;

/** Not `atob`: that needs a binary string of the whole body, three times the memory. */
function decodeBase64(text: string, where: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let length = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x3d) break;
    if (code === 0x25 && text.slice(i, i + 3).toUpperCase() === '%3D') break;
    if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) continue;
    const value = code < 256 ? VALUES[code]! : 255;
    if (value === 255) throw modelMalformed(where, `The Base64 of the data URI is damaged at character ${i}.`);
    bits = (bits << 6) | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[length++] = (bits >> held) & 255;
    }
  }
  return bytes.subarray(0, length);
}
