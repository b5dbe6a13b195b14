/**
 * Volume inside triangles that face outwards, by the divergence theorem; of what is open it means little.
 *
 * @param positions three numbers for each vertex
 */
export function enclosedVolume(positions: ArrayLike<number>, indices: ArrayLike<number>): number {
  // From the first vertex: far from the origin, little would be left of the digits.
  const [ox, oy, oz] = [positions[0] ?? 0, positions[1] ?? 0, positions[2] ?? 0];
  let sum = 0;
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const [a, b, c] = [indices[i]! * 3, indices[i + 1]! * 3, indices[i + 2]! * 3];
    const [ax, ay, az] = [positions[a]! - ox, positions[a + 1]! - oy, positions[a + 2]! - oz];
    const [bx, by, bz] = [positions[b]! - ox, positions[b + 1]! - oy, positions[b + 2]! - oz];
    const [cx, cy, cz] = [positions[c]! - ox, positions[c + 1]! - oy, positions[c + 2]! - oz];
    sum += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  }
  return sum / 6;
}

/** A volume for people, in the unit that suits it. */
export function formatVolume(cubicMetres: number): string {
  const size = Math.abs(cubicMetres);
  const [factor, unit] =
    size >= 0.1 ? [1, 'm³'] : size >= 1e-4 ? [1e3, 'dm³'] : size >= 1e-7 ? [1e6, 'cm³'] : [1e9, 'mm³'];
  return `${Number((cubicMetres * factor).toPrecision(4))} ${unit}`;
}
