const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/**
 * The nearest half float (IEEE 754 binary16) of a number, as 16 bits; ties go to even. Numbers from 65520 on become
 * infinite, NaN stays NaN.
 */
export function halfBits(value: number): number {
  float[0] = value;
  const f = bits[0]!;
  const sign = (f >>> 16) & 0x8000;
  const magnitude = f & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Normal: the exponent moves from a bias of 127 to one of 15, and 13 bits are rounded away.
    const rest = magnitude & 0x1fff;
    const kept = (magnitude - 0x38000000) >>> 13;
    return sign | (kept + (rest > 0x1000 || (rest === 0x1000 && (kept & 1) === 1) ? 1 : 0));
  }
  // Subnormal: a whole number of 2⁻²⁴.
  const scaled = Math.abs(float[0]!) * 16777216;
  const whole = Math.floor(scaled);
  const rest = scaled - whole;
  return sign | (whole + (rest > 0.5 || (rest === 0.5 && (whole & 1) === 1) ? 1 : 0));
}

/** Powers of two by the exponent of a half float. */
const POWERS = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 15));

/** Value of the 16 bits of a half float (IEEE 754 binary16). */
export function halfValue(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * POWERS[exponent]!;
}
