import type { Random } from '../random.ts';
import { AWKWARD_FLOATS, AWKWARD_INTEGERS, NON_FINITE } from './awkward-values.ts';

/** Flips, overwrites, removes, repeats and moves bytes, writes awkward words, or cuts the file off. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let out = Uint8Array.from(bytes);
  for (let edits = 1 + random.below(6); edits > 0 && out.length > 0; edits--) out = editBytes(out, random);
  if (random.chance(0.12)) out = out.slice(0, random.below(out.length + 1));
  return out;
}

function editBytes(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  // Half of the edits go to the head, where formats keep their counts.
  const at = random.below(random.chance(0.5) ? Math.min(bytes.length, 256) : bytes.length);
  const length = 1 + random.below(random.chance(0.8) ? 16 : 2048);
  switch (random.below(8)) {
    case 0:
    case 1:
      bytes[at] = bytes[at]! ^ (1 << random.below(8));
      return bytes;
    case 2:
      bytes[at] = random.below(256);
      return bytes;
    case 3:
    case 4:
      writeWord(bytes, at, random);
      return bytes;
    case 5:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 6:
      return joined(bytes.subarray(0, at + length), bytes.subarray(at));
    default: {
      const from = random.below(bytes.length);
      bytes.copyWithin(at, from, from + length);
      return bytes;
    }
  }
}

/** Writes a number that is seldom expected, as 16, 32 or 64 bits in either byte order. */
export function writeWord(bytes: Uint8Array, at: number, random: Random): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = random.chance(0.8);
  const [size, write] = random.pick<[number, () => void]>([
    [2, () => view.setUint16(at, random.pick(AWKWARD_INTEGERS), little)],
    [4, () => view.setUint32(at, random.pick(AWKWARD_INTEGERS), little)],
    [4, () => view.setUint32(at, view.getUint32(at, little) + random.pick([1, -1, 2, 256]), little)],
    [4, () => view.setFloat32(at, random.pick([...AWKWARD_FLOATS, ...NON_FINITE]), little)],
    [8, () => view.setBigUint64(at, BigInt(random.pick(AWKWARD_INTEGERS)), little)],
    [8, () => view.setFloat64(at, random.pick([...AWKWARD_FLOATS, ...NON_FINITE]), little)],
  ]);
  if (at + size <= bytes.length) write();
}

/** Byte strings one after another. */
export function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
