/** A key of a track: when it is, how the curve passes through it, and its numbers. */
export interface Key3ds {
  frame: number;
  /** Of the curve (Kochanek and Bartels), -1 to 1 each. */
  tension: number;
  continuity: number;
  bias: number;
  /** A place, sizes along the axes, or an angle and an axis that turn what the key before was. */
  values: number[];
}

/** Bytes of a track before its keys: flags, eight bytes of no use, how many keys there are. */
const HEADER = 14;

/** Bytes of a key before its spline numbers: its frame, and which of five numbers follow. */
const KEY_HEADER = 6;

/**
 * Reads the keys of a track, as many as are there.
 *
 * @param width numbers of each key
 */
export function readKeys(view: DataView, start: number, end: number, width: 3 | 4): Key3ds[] {
  const keys: Key3ds[] = [];
  if (end - start < HEADER) return keys;
  const count = view.getUint32(start + 10, true);
  for (let at = start + HEADER; keys.length < count && at + KEY_HEADER <= end; ) {
    const frame = view.getInt32(at, true);
    const flags = view.getUint16(at + 4, true);
    at += KEY_HEADER;
    // Tension, continuity, bias, and how fast the curve leaves and reaches keys, which is not read.
    const spline = [0, 0, 0, 0, 0];
    for (let bit = 0; bit < 5 && at + 4 <= end; bit++) {
      if (((flags >> bit) & 1) === 0) continue;
      spline[bit] = view.getFloat32(at, true);
      at += 4;
    }
    if (at + width * 4 > end) break;
    const values = Array.from({ length: width }, (_, i) => view.getFloat32(at + i * 4, true));
    at += width * 4;
    const [tension, continuity, bias] = spline as [number, number, number, number, number];
    keys.push({ frame, tension, continuity, bias, values });
  }
  return keys;
}
