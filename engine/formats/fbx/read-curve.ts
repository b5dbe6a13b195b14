import {
  CONSTANT,
  CONSTANT_NEXT,
  CUBIC,
  type Curve,
  DEFAULT_WEIGHT,
  type Extrapolation,
  emptyCurve,
  FBX_TICKS,
  LINEAR,
  tidyCurve,
} from './animation-curve.ts';
import { autoSlope, CLAMP_PROGRESSIVE, edgeSlope, TIME_INDEPENDENT, tcbSlopes } from './auto-slope.ts';
import { child, type FbxNode, type FbxValue, floatsOf, integersOf, isArray, numberAt, toNumber } from './fbx-node.ts';

/** Bits of `KeyAttrFlags`. */
const FLAG_CONSTANT = 0x2;
const FLAG_LINEAR = 0x4;
const FLAG_CUBIC = 0x8;
const FLAG_CONSTANT_NEXT = 0x100;
const FLAG_TCB = 0x200;
const FLAG_USER = 0x400;
const FLAG_WEIGHTED_OUT = 0x1000000;
const FLAG_WEIGHTED_NEXT_IN = 0x2000000;

/**
 * Reads an `AnimationCurve` of FBX 7: times and values, and runs of keys with the same attributes (interpolation,
 * slopes, weights).
 *
 * @returns null where nothing usable is in it
 */
export function readCurve(node: FbxNode): Curve | null {
  const times = floatsOf(child(node, 'KeyTime'));
  const values = floatsOf(child(node, 'KeyValueFloat'));
  const count = Math.min(times.length, values.length);
  if (count === 0) return null;
  const flags = integersOf(child(node, 'KeyAttrFlags'));
  const data = floatsOf(child(node, 'KeyAttrDataFloat'));
  const runs = integersOf(child(node, 'KeyAttrRefCount'));
  const curve = emptyCurve(count);
  for (let i = 0; i < count; i++) {
    curve.times[i] = times[i]! / FBX_TICKS;
    curve.values[i] = values[i]!;
  }
  let run = 0;
  let left = runs[0] ?? count;
  for (let i = 0; i < count; i++) {
    while (left <= 0 && run + 1 < runs.length) left = runs[++run] ?? 0;
    left--;
    const at = Math.min(run, Math.max(0, flags.length - 1));
    setKey(curve, i, flags[at] ?? FLAG_LINEAR, data.subarray(at * 4, at * 4 + 4));
  }
  curve.before = readExtrapolation(child(node, 'Pre-Extrapolation'));
  curve.after = readExtrapolation(child(node, 'Post-Extrapolation'));
  return tidyCurve(curve);
}

/** Sets mode and outgoing tangent of a key, and the incoming one of the next. The keys before must be set already. */
function setKey(curve: Curve, i: number, flags: number, data: Float64Array): void {
  const { times, values, slopesIn, slopesOut, weightsIn, weightsOut } = curve;
  const isFirst = i === 0;
  const isLast = i + 1 === times.length;
  let slopeOut = data[0] ?? 0;
  let nextIn = data[1] ?? 0;
  if (flags & (FLAG_WEIGHTED_OUT | FLAG_WEIGHTED_NEXT_IN)) {
    // Two shares of the segment in ten-thousandths, packed into the bits of the third float.
    const packed = floatBits(data[2] ?? 0);
    if (flags & FLAG_WEIGHTED_OUT) weightsOut[i] = clampWeight((packed & 0xffff) / 10000);
    if (flags & FLAG_WEIGHTED_NEXT_IN && !isLast) weightsIn[i + 1] = clampWeight((packed >>> 16) / 10000);
  }
  const before = isFirst ? 0 : times[i]! - times[i - 1]!;
  const behind = isLast ? 0 : times[i + 1]! - times[i]!;
  if (flags & FLAG_CONSTANT) {
    curve.modes[i] = flags & FLAG_CONSTANT_NEXT ? CONSTANT_NEXT : CONSTANT;
    slopeOut = 0;
    nextIn = 0;
  } else if (flags & FLAG_CUBIC) {
    curve.modes[i] = CUBIC;
    if (flags & FLAG_TCB) {
      const [into, out] = tcbSlopes(
        [data[0] ?? 0, data[1] ?? 0, data[2] ?? 0],
        before > 0 ? (values[i]! - values[i - 1]!) / before : null,
        behind > 0 ? (values[i + 1]! - values[i]!) / behind : null,
      );
      slopesIn[i] = into;
      slopeOut = out;
      nextIn = 0;
    } else if (!(flags & FLAG_USER)) {
      const inBias = slopesIn[i]!;
      if (before > 0 && behind > 0) {
        const keys = [times[i - 1]!, times[i]!, times[i + 1]!, values[i - 1]!, values[i]!, values[i + 1]!] as const;
        const out = autoSlope(keys, weightsIn[i]!, weightsOut[i]!, slopeOut, flags);
        // Both sides are one tangent unless their biases differ.
        slopesIn[i] =
          Math.abs(inBias + slopeOut) <= 1e-4 ? out : autoSlope(keys, weightsIn[i]!, weightsOut[i]!, -inBias, flags);
        slopeOut = out;
      } else if (before > 0) {
        slopeOut = edgeSlope(times[i - 1]!, times[i]!, values[i - 1]!, values[i]!, -inBias, flags);
        slopesIn[i] = slopeOut;
      } else if (behind > 0) {
        slopeOut = edgeSlope(times[i]!, times[i + 1]!, values[i]!, values[i + 1]!, slopeOut, flags);
        slopesIn[i] = slopeOut;
      }
    }
  } else {
    curve.modes[i] = LINEAR;
    slopeOut = behind > 0 ? (values[i + 1]! - values[i]!) / behind : 0;
    nextIn = slopeOut;
  }
  slopesOut[i] = slopeOut;
  if (!isLast) slopesIn[i + 1] = nextIn;
}

function clampWeight(weight: number): number {
  return weight > 0.0001 ? Math.min(weight, 0.99) : 0.0001;
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

function floatBits(value: number): number {
  FLOAT[0] = value;
  return BITS[0]!;
}

function readExtrapolation(node: FbxNode | undefined): Extrapolation {
  const value = child(node, 'Type')?.values[0];
  const letter = typeof value === 'string' ? value : String.fromCharCode(toNumber(value) ?? 0);
  const modes: Record<string, Extrapolation['mode']> = {
    A: 'repeatRelative',
    K: 'slope',
    M: 'mirror',
    R: 'repeat',
  };
  return { mode: modes[letter[0] ?? ''] ?? 'constant', count: numberAt(child(node, 'Repetition'), 0) ?? -1 };
}

/**
 * Reads the keys of a channel before FBX 7.0: one list in which each key has a time, a value, a letter for the
 * interpolation and what that takes.
 */
export function readLegacyCurve(channel: FbxNode, version: number): Curve | null {
  const list = child(channel, 'Key');
  if (!list) return null;
  const first = list.values[0];
  const values: FbxValue[] = isArray(first) ? [...first.float64()] : list.values;
  const stated = numberAt(child(channel, 'KeyVer'), 0) ?? 0;
  const keyVersion = stated > 0 ? stated : version < 5000 ? 4003 : version < 6000 ? 4004 : 4005;
  const declared = numberAt(child(channel, 'KeyCount'), 0) ?? 0;
  const curve = emptyCurve(Math.max(0, Math.min(declared, Math.floor(values.length / 3))));
  const count = new KeyListReader(values, keyVersion).read(curve);
  if (count === 0) return null;
  return tidyCurve(count === curve.times.length ? curve : truncate(curve, count));
}

class KeyListReader {
  private readonly values: readonly FbxValue[];
  private readonly version: number;
  private at = 0;

  constructor(values: readonly FbxValue[], version: number) {
    this.values = values;
    this.version = version;
  }

  /** Returns how many keys were read. */
  read(curve: Curve): number {
    const { times, values, modes, slopesOut, slopesIn, weightsOut, weightsIn } = curve;
    const automatic = new Uint8Array(times.length);
    let count = 0;
    for (; count < times.length; count++) {
      if (this.at + 3 > this.values.length) break;
      times[count] = this.number() / FBX_TICKS;
      values[count] = this.number();
      const mode = this.letter();
      if (mode === 'L') {
        modes[count] = LINEAR;
      } else if (mode === 'C') {
        modes[count] = this.version >= 4004 && this.letter() === 'n' ? CONSTANT_NEXT : CONSTANT;
      } else if (mode === 'U') {
        modes[count] = CUBIC;
        const tangent = this.tangent();
        if (!tangent) break;
        automatic[count] = tangent.automatic ? 1 : 0;
        slopesOut[count] = tangent.out;
        weightsOut[count] = tangent.weightOut;
        if (count + 1 < times.length) {
          slopesIn[count + 1] = tangent.nextIn;
          weightsIn[count + 1] = tangent.nextWeightIn;
        }
      } else {
        break;
      }
    }
    for (let i = 0; i < count; i++) {
      const behind = i + 1 < count ? times[i + 1]! - times[i]! : 0;
      if (automatic[i]) {
        const inside = i > 0 && behind > 0 && times[i]! > times[i - 1]!;
        const keys = [times[i - 1]!, times[i]!, times[i + 1]!, values[i - 1]!, values[i]!, values[i + 1]!] as const;
        slopesOut[i] = inside
          ? autoSlope(keys, weightsIn[i]!, weightsOut[i]!, 0, TIME_INDEPENDENT | CLAMP_PROGRESSIVE)
          : 0;
        slopesIn[i] = slopesOut[i]!;
      } else if (modes[i] === LINEAR && behind > 0) {
        slopesOut[i] = (values[i + 1]! - values[i]!) / behind;
        slopesIn[i + 1] = slopesOut[i]!;
      }
    }
    return count;
  }

  /** What follows a `U`: slopes (`s` smooth, `b` broken) or an automatic one, then the weights. */
  private tangent() {
    const result = {
      automatic: false,
      out: 0,
      nextIn: 0,
      weightOut: DEFAULT_WEIGHT,
      nextWeightIn: DEFAULT_WEIGHT,
    };
    let weights = 1;
    switch (this.letter()) {
      case 's':
      case 'b':
        result.out = this.number();
        result.nextIn = this.number();
        if (this.version <= 4003) weights = 0;
        break;
      case 'a':
        result.automatic = true;
        if (this.version <= 4004) weights = 0;
        break;
      case 'p':
      case 'q':
        result.automatic = true;
        this.at += 2;
        weights = this.version <= 4004 ? 1 : 2;
        break;
      case 't':
        result.automatic = true;
        this.at += 3;
        weights = 0;
        break;
      case 'd':
        result.automatic = true;
        this.at += 1;
        break;
      default:
        return null;
    }
    for (; weights > 0; weights--) {
      switch (this.letter()) {
        case 'n':
        case 'c':
          break;
        case 'a':
          result.weightOut = clampWeight(this.number());
          result.nextWeightIn = clampWeight(this.number());
          break;
        case 'r':
          result.weightOut = clampWeight(this.number());
          break;
        case 'l':
          result.nextWeightIn = clampWeight(this.number());
          break;
        default:
          return null;
      }
    }
    return result;
  }

  private number(): number {
    return toNumber(this.values[this.at++]) ?? Number.NaN;
  }

  /** Letters are texts in text files, character codes in binary ones. */
  private letter(): string {
    const value = this.values[this.at++];
    return typeof value === 'string' ? value : typeof value === 'number' ? String.fromCharCode(value) : '';
  }
}

function truncate(curve: Curve, count: number): Curve {
  return {
    ...curve,
    times: curve.times.slice(0, count),
    values: curve.values.slice(0, count),
    modes: curve.modes.slice(0, count),
    slopesOut: curve.slopesOut.slice(0, count),
    slopesIn: curve.slopesIn.slice(0, count),
    weightsOut: curve.weightsOut.slice(0, count),
    weightsIn: curve.weightsIn.slice(0, count),
  };
}
