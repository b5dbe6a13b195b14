/** A value at a moment; values of one track have the same length. */
export interface Knot {
  time: number;
  value: readonly number[];
}

/** How a track goes from knot to knot. */
export type Interpolation = 'smooth' | 'linear';

/**
 * The value of a track at a time; before its first knot and after its last it stands still.
 *
 * `smooth` is a cubic Hermite spline whose tangents are the finite differences of the neighbours, that is a
 * Catmull-Rom spline whose knots are the times: it passes through every knot, and its speed never jumps. (A centripetal
 * parameter would tame loops where knots are close in space and far in time, at the price of jumps in speed, which are
 * what one sees in a camera.) At a closed track's seam the neighbours are those beyond it.
 *
 * @param knots at least one, with rising times
 * @param closed The last knot is the first again.
 */
export function valueAt(knots: readonly Knot[], time: number, interpolation: Interpolation, closed = false): number[] {
  const [first, last] = [knots[0]!, knots.at(-1)!];
  if (time <= first.time) return [...first.value];
  if (time >= last.time) return [...last.value];
  const index = knots.findLastIndex((knot) => knot.time <= time);
  const [from, to] = [knots[index]!, knots[index + 1]!];
  const span = to.time - from.time;
  const t = (time - from.time) / span;
  if (interpolation === 'linear') return from.value.map((value, i) => value + (to.value[i]! - value) * t);
  const leaving = tangentAt(knots, index, closed);
  const arriving = tangentAt(knots, index + 1, closed);
  const [t2, t3] = [t * t, t * t * t];
  return from.value.map(
    (value, i) =>
      (2 * t3 - 3 * t2 + 1) * value +
      (t3 - 2 * t2 + t) * span * leaving[i]! +
      (3 * t2 - 2 * t3) * to.value[i]! +
      (t3 - t2) * span * arriving[i]!,
  );
}

/** Change of the value a second at a knot. */
function tangentAt(knots: readonly Knot[], index: number, closed: boolean): number[] {
  const here = knots[index]!;
  const length = knots.at(-1)!.time - knots[0]!.time;
  const atStart = index === 0;
  const atEnd = index === knots.length - 1;
  let before = knots[index - 1] ?? here;
  let after = knots[index + 1] ?? here;
  // Angles may have gone round once or more: what lies beyond the seam continues this track.
  const shift = (knot: Knot, from: Knot, to: Knot, by: number): Knot => ({
    time: knot.time + by,
    value: knot.value.map((value, i) => value + to.value[i]! - from.value[i]!),
  });
  if (closed && atStart) before = shift(knots.at(-2)!, knots.at(-1)!, here, -length);
  if (closed && atEnd) after = shift(knots[1]!, knots[0]!, here, length);
  const span = after.time - before.time;
  return here.value.map((_, i) => (after.value[i]! - before.value[i]!) / span);
}
