import { zlibSync } from 'fflate';

/** Scanlines of a block of ZIP compression. */
export const ZIP_LINES = 16;

/**
 * A block as OpenEXR's ZIP compression stores it: bytes at even places before those at odd ones, each as the difference
 * from the one before, deflated. A block that does not get smaller is stored as it is, which readers tell by its size.
 */
export function zipBlock(raw: Uint8Array): Uint8Array {
  const size = raw.length;
  const split = new Uint8Array(size);
  const half = (size + 1) >> 1;
  for (let i = 0, even = 0, odd = half; i < size; i++) split[i & 1 ? odd++ : even++] = raw[i]!;
  let before = split[0]!;
  for (let i = 1; i < size; i++) {
    const value = split[i]!;
    split[i] = (value - before + 384) & 255;
    before = value;
  }
  const packed = zlibSync(split, { level: 4 });
  return packed.length < size ? packed : raw;
}

/** Undoes what `zipBlock` does before it deflates: the differences to the byte before, and the halves. Changes `bytes`. */
export function joinBytes(bytes: Uint8Array): Uint8Array {
  for (let i = 1; i < bytes.length; i++) bytes[i] = (bytes[i]! + bytes[i - 1]! - 128) & 255;
  const out = new Uint8Array(bytes.length);
  const half = (bytes.length + 1) >> 1;
  for (let i = 0; i < half; i++) out[i * 2] = bytes[i]!;
  for (let i = half; i < bytes.length; i++) out[(i - half) * 2 + 1] = bytes[i]!;
  return out;
}
