// Sine and cosine of whole turns, from polynomials alone: fast, and the same bits on every machine.

export let turnSin: f32 = 0;
export let turnCos: f32 = 1;

/** Sets `turnSin` and `turnCos` for 2π · `turns`, within 1e-6; `turns` in [−4, 4]. */
// @ts-ignore: decorator
@inline
export function sinCosTurn(turns: f32): void {
  // Nearest quarter, and the rest in radians, at most π / 4 to each side.
  const q = nearest<f32>(turns * 4);
  const x = (turns * 4 - q) * <f32>1.57079633, x2 = x * x;
  const s = x * (<f32>1 + x2 * (<f32>-0.166666546 + x2 * (<f32>0.00833216087 + x2 * <f32>-0.000195152959)));
  const c = <f32>1 + x2 * (<f32>-0.499999998 + x2 * (<f32>0.0416666233 + x2 * (<f32>-0.00138867638 + x2 * <f32>2.43904487e-5)));
  const k = <i32>q & 3;
  const a = k & 1 ? c : s, b = k & 1 ? s : c;
  turnSin = k & 2 ? -a : a;
  turnCos = k == 1 || k == 2 ? -b : b;
}
