// The arc cosine of two numbers at a time, by fdlibm (e_acos.c, Sun Microsystems 1993), bit by bit what Math.acos of V8
// gives: both its branches are computed, and the one that holds is taken.

const PS0 = 1.66666666666666657415e-1, PS1 = -3.25565818622400915405e-1, PS2 = 2.01212532134862925881e-1;
const PS3 = -4.00555345006794114027e-2, PS4 = 7.91534994289814532176e-4, PS5 = 3.47933107596021167570e-5;
const QS1 = -2.40339491173441421878, QS2 = 2.02094576023350569471, QS3 = -6.88283971605453293030e-1, QS4 = 7.70381505559019352791e-2;
const HALF_PI_HIGH = 1.57079632679489655800, HALF_PI_LOW = 6.12323399573676603587e-17;

// @ts-ignore: decorator
@inline
function all(value: f64): v128 {
  return f64x2.splat(value);
}

/** Of numbers between -1 and 1; 0 for all others. */
// @ts-ignore: decorator
@inline
export function acosOrZero(x: v128): v128 {
  const size = f64x2.abs(x);
  const isSmall = f64x2.lt(size, all(0.5));
  const isNegative = f64x2.lt(x, all(0));
  const z = v128.bitselect(f64x2.mul(x, x), f64x2.mul(f64x2.sub(all(1), size), all(0.5)), isSmall);
  let p = f64x2.add(all(PS4), f64x2.mul(z, all(PS5)));
  p = f64x2.add(all(PS3), f64x2.mul(z, p));
  p = f64x2.add(all(PS2), f64x2.mul(z, p));
  p = f64x2.add(all(PS1), f64x2.mul(z, p));
  p = f64x2.add(all(PS0), f64x2.mul(z, p));
  p = f64x2.mul(z, p);
  let q = f64x2.add(all(QS3), f64x2.mul(z, all(QS4)));
  q = f64x2.add(all(QS2), f64x2.mul(z, q));
  q = f64x2.add(all(QS1), f64x2.mul(z, q));
  q = f64x2.add(all(1), f64x2.mul(z, q));
  const r = f64x2.div(p, q);
  const small = f64x2.sub(all(HALF_PI_HIGH), f64x2.sub(x, f64x2.sub(all(HALF_PI_LOW), f64x2.mul(x, r))));
  const root = f64x2.sqrt(z);
  const high = v128.and(root, i64x2.splat(0xffffffff00000000));
  const rest = f64x2.div(f64x2.sub(z, f64x2.mul(high, high)), f64x2.add(root, high));
  const positive = f64x2.mul(all(2), f64x2.add(high, f64x2.add(f64x2.mul(r, root), rest)));
  const negative = f64x2.sub(
    all(3.14159265358979311600),
    f64x2.mul(all(2), f64x2.add(root, f64x2.sub(f64x2.mul(r, root), all(HALF_PI_LOW)))),
  );
  const large = v128.bitselect(negative, positive, isNegative);
  return v128.and(v128.bitselect(small, large, isSmall), f64x2.lt(size, all(1)));
}
