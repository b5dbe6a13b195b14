const encoder = new TextEncoder();

/** MurmurHash3 (Austin Appleby, 2011), the 32-bit variant for x86, seed 0, of a text in UTF-8. */
export function murmurHash3(text: string): number {
  const bytes = encoder.encode(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const turn = (x: number, r: number) => (x << r) | (x >>> (32 - r));
  const mixed = (k: number) => Math.imul(turn(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
  const whole = bytes.length & ~3;
  let h = 0;
  for (let i = 0; i < whole; i += 4) h = (Math.imul(turn(h ^ mixed(view.getUint32(i, true)), 13), 5) + 0xe6546b64) | 0;
  let rest = 0;
  for (let i = bytes.length - 1; i >= whole; i--) rest = (rest << 8) | bytes[i]!;
  if (whole < bytes.length) h ^= mixed(rest);
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The id of a name (Cryptomatte specification 1.2): its hash, changed where the same bits as a float would be no
 * ordinary number.
 */
export function cryptomatteId(name: string): number {
  const hash = murmurHash3(name);
  const exponent = (hash >>> 23) & 255;
  return (exponent === 0 || exponent === 255 ? hash ^ (1 << 23) : hash) >>> 0;
}

const hex = (id: number) => id.toString(16).padStart(8, '0');

/** Attributes of an EXR file by which readers of Cryptomatte find a layer and the names of its ids. */
export function cryptomatteAttributes(layer: string, names: ReadonlyMap<number, string>): Record<string, string> {
  const manifest: Record<string, string> = {};
  for (const [id, name] of names) manifest[name] = hex(id);
  const key = `cryptomatte/${hex(murmurHash3(layer)).slice(0, 7)}`;
  return {
    [`${key}/name`]: layer,
    [`${key}/hash`]: 'MurmurHash3_32',
    [`${key}/conversion`]: 'uint32_to_float32',
    [`${key}/manifest`]: JSON.stringify(manifest),
  };
}
