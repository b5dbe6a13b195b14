// Functions whose results are the same, bit for bit, in every JavaScript engine. ECMAScript leaves the last bits of
// Math.sin, cos, tan, atan, pow, exp, log, cbrt and hypot to the engine; sums, products, quotients and square roots are exact by
// IEEE 754. What reaches a pixel is computed with these.

const QUARTER_TURN = Math.PI / 2;

/** Terms of the series on [−π/4, π/4]: the next would be below 2⁻⁵³ of the result. */
function sineSeries(x: number): number {
  const q = x * x;
  let sum = 0;
  for (let n = 17; n > 1; n -= 2) sum = (-q / (n * (n - 1))) * (1 + sum);
  return x * (1 + sum);
}

function cosineSeries(x: number): number {
  const q = x * x;
  let sum = 0;
  for (let n = 16; n > 0; n -= 2) sum = (-q / (n * (n - 1))) * (1 + sum);
  return 1 + sum;
}

/** Sine of `quarters` × 90° + `rest` radians, `rest` within ±45°. */
function sineOf(quarters: number, rest: number): number {
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return sineSeries(rest);
    case 1:
      return cosineSeries(rest);
    case 2:
      return -sineSeries(rest);
    default:
      return -cosineSeries(rest);
  }
}

/** Sine of an angle in degrees; exact at multiples of 90°. */
export function sinDegrees(degrees: number): number {
  const quarters = Math.round(degrees / 90);
  return sineOf(quarters, ((degrees - quarters * 90) * Math.PI) / 180);
}

/** Cosine of an angle in degrees; exact at multiples of 90°. */
export function cosDegrees(degrees: number): number {
  const quarters = Math.round(degrees / 90);
  return sineOf(quarters + 1, ((degrees - quarters * 90) * Math.PI) / 180);
}

/** Tangent of an angle in degrees. */
export function tanDegrees(degrees: number): number {
  return sinDegrees(degrees) / cosDegrees(degrees);
}

/** Sine of an angle in radians; precise to about 1e−15 for angles of a few turns. */
export function sin(radians: number): number {
  const quarters = Math.round(radians / QUARTER_TURN);
  return sineOf(quarters, radians - quarters * QUARTER_TURN);
}

/** Cosine of an angle in radians; precise to about 1e−15 for angles of a few turns. */
export function cos(radians: number): number {
  const quarters = Math.round(radians / QUARTER_TURN);
  return sineOf(quarters + 1, radians - quarters * QUARTER_TURN);
}

/** 2 to the power of `x`, for −1000 < x < 1000; exact for whole numbers. */
export function exp2(x: number): number {
  const whole = Math.round(x);
  const rest = (x - whole) * Math.LN2;
  let value = 0;
  for (let n = 14; n > 0; n--) value = (rest / n) * (1 + value);
  value += 1;
  const factor = whole < 0 ? 0.5 : 2;
  for (let n = Math.abs(whole); n > 0; n--) value *= factor;
  return value;
}

/** e to the power of `x`; 0 and Infinity where that is beyond double precision. */
export function exp(x: number): number {
  return exp2(Math.min(1100, Math.max(-1100, x * Math.LOG2E)));
}

/** Natural logarithm of a finite `x` above zero. */
export function log(x: number): number {
  let exponent = 0;
  let m = x;
  for (; m > Math.SQRT2; m /= 2) exponent++;
  for (; m < Math.SQRT1_2; m *= 2) exponent--;
  // ln m = 2 artanh((m − 1) / (m + 1))
  const y = (m - 1) / (m + 1);
  const q = y * y;
  let sum = 0;
  for (let n = 23; n > 0; n -= 2) sum = 1 / n + q * sum;
  return 2 * y * sum + exponent * Math.LN2;
}

/** Cube root of a finite `x`. */
export function cbrt(x: number): number {
  if (x === 0) return 0;
  const size = Math.abs(x);
  let root = exp(log(size) / 3);
  // One step of Newton's method takes out what the logarithm lost.
  root -= (root - size / (root * root)) / 3;
  return x < 0 ? -root : root;
}

/** Arc tangent in radians, within ±π/2. */
export function atan(x: number): number {
  if (Math.abs(x) > 1) return (x > 0 ? QUARTER_TURN : -QUARTER_TURN) - atan(1 / x);
  // Half the angle, thrice: the series then ends soon.
  let y = x;
  for (let i = 0; i < 3; i++) y /= 1 + Math.sqrt(1 + y * y);
  const q = y * y;
  let sum = 0;
  for (let n = 21; n > 0; n -= 2) sum = 1 / n - q * sum;
  return 8 * y * sum;
}

/** The largest whole number whose power of two is not above `x`, which is 1 to 2³² − 1. */
export function floorLog2(x: number): number {
  return 31 - Math.clz32(x);
}

/** Length of a vector. */
export function length3(x: number, y: number, z: number): number {
  return Math.sqrt(x * x + y * y + z * z);
}

/** Linear light of an sRGB value in [0, 1] (IEC 61966-2-1); Display P3 has the same curve. */
export function srgbToLinear(encoded: number): number {
  if (encoded <= 0.04045) return encoded / 12.92;
  const base = (encoded + 0.055) / 1.055;
  // base^2.4 = base² · (base²)^(1/5), the root by Newton's method from above, where it converges without turning.
  const square = base * base;
  let root = 1;
  for (let i = 0; i < 64; i++) {
    const power = root * root * root * root;
    const next = root - (root * power - square) / (5 * power);
    if (!(next < root)) break;
    root = next;
  }
  return square * root;
}
