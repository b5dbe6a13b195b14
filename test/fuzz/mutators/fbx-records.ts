import type { Random } from '../random.ts';
import { AWKWARD_INTEGERS } from './awkward-values.ts';
import { mutateBytes } from './bytes.ts';

/** A number of the file's own bookkeeping. */
interface Field {
  at: number;
  size: 1 | 4 | 8;
}

/**
 * Damages the records of a binary FBX file (FBX 7.x, little endian) where they describe themselves: ends, numbers and
 * sizes of properties, types, lengths of lists, encodings, and the deflated data.
 */
export function mutateFbxRecords(bytes: Uint8Array, random: Random): Uint8Array {
  const fields: Field[] = [];
  const packed: { at: number; length: number }[] = [];
  listFields(bytes, fields, packed);
  const out = Uint8Array.from(bytes);
  if (fields.length === 0) return mutateBytes(out, random);
  const view = new DataView(out.buffer);
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    if (packed.length > 0 && random.chance(0.2)) {
      const { at, length } = random.pick(packed);
      out[at + random.below(length)] = random.below(256);
      continue;
    }
    const { at, size } = random.pick(fields);
    if (size === 1) out[at] = random.pick([...'YCIFDLfdlibcSR?\0'].map((letter) => letter.charCodeAt(0)));
    else if (size === 4) view.setUint32(at, changed(view.getUint32(at, true), random), true);
    else view.setBigUint64(at, BigInt(changed(Number(view.getBigUint64(at, true)), random)), true);
  }
  return out;
}

function changed(old: number, random: Random): number {
  return random.chance(0.5) ? Math.max(0, old + random.pick([1, -1, 4, -4, 13, 1000])) : random.pick(AWKWARD_INTEGERS);
}

const SCALARS: Record<string, number> = { Y: 2, C: 1, B: 1, I: 4, F: 4, D: 8, L: 8 };

function listFields(bytes: Uint8Array, fields: Field[], packed: { at: number; length: number }[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = view.getUint32(23, true) >= 7500;
  const size = wide ? 8 : 4;
  const word = (at: number) => (wide ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true));
  const walk = (start: number, end: number): void => {
    for (let at = start; at + size * 3 + 1 <= end; ) {
      const next = word(at);
      if (next <= at || next > bytes.length) return;
      for (let k = 0; k < 3; k++) fields.push({ at: at + k * size, size: size as 4 | 8 });
      const properties = at + size * 3 + 1 + bytes[at + size * 3]!;
      listProperties(properties, word(at + size));
      walk(properties + word(at + size * 2), next);
      at = next;
    }
  };
  const listProperties = (start: number, count: number): void => {
    let at = start;
    for (let i = 0; i < count && at < bytes.length; i++) {
      const letter = String.fromCharCode(bytes[at]!);
      fields.push({ at, size: 1 });
      at++;
      if (SCALARS[letter] !== undefined) at += SCALARS[letter];
      else if (letter === 'S' || letter === 'R') {
        fields.push({ at, size: 4 });
        at += 4 + view.getUint32(at, true);
      } else {
        for (let k = 0; k < 3; k++) fields.push({ at: at + k * 4, size: 4 });
        const length = view.getUint32(at + 8, true);
        if (view.getUint32(at + 4, true) === 1 && length > 0) packed.push({ at: at + 12, length });
        at += 12 + length;
      }
    }
  };
  walk(27, bytes.length);
}
