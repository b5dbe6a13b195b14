import { describe, expect, it } from 'vitest';
import { cpuTime } from '#test/cpu-time.ts';
import { cutPolygon } from './cut-polygon.ts';

/** Cuts a polygon given as x, y pairs, lying in a slanted plane. */
function cut(points: number[][]): { triangles: number[][]; area: number; simple: boolean } {
  const positions = new Float64Array(points.flatMap(([x, y]) => [x!, y! * 0.6, y! * 0.8]));
  const triangles: number[][] = [];
  const simple = cutPolygon(
    positions,
    points.map((_, i) => i),
    (a, b, c) => triangles.push([a, b, c]),
  );
  let area = 0;
  for (const [a, b, c] of triangles) area += signedArea([points[a!]!, points[b!]!, points[c!]!]);
  return { triangles, area, simple };
}

function signedArea(points: number[][]): number {
  let sum = 0;
  for (const [i, [x, y]] of points.entries()) {
    const [nextX, nextY] = points[(i + 1) % points.length]!;
    sum += (x! * nextY! - nextX! * y!) / 2;
  }
  return sum;
}

/** A star, a comb and a spiral: the shapes that fans get wrong. */
const SHAPES: Record<string, (count: number) => number[][]> = {
  star: (count) =>
    Array.from({ length: count }, (_, i) => {
      const radius = i % 2 === 0 ? 1 : 0.2;
      const angle = (i / count) * 2 * Math.PI;
      return [Math.cos(angle) * radius, Math.sin(angle) * radius];
    }),
  comb: (count) => {
    const teeth = count / 4;
    const top = Array.from({ length: teeth }, (_, i) => [
      [i, 1],
      [i + 0.2, 0.1],
      [i + 0.6, 0.1],
      [i + 0.8, 1],
    ]).flat();
    return [...top.reverse(), [0, 0], [teeth, 0]];
  },
  spiral: (count) => {
    const arm = (radius: number): number[][] =>
      Array.from({ length: count / 2 }, (_, i) => {
        const angle = (i / count) * 16 * Math.PI;
        return [Math.cos(angle) * (radius + angle), Math.sin(angle) * (radius + angle)];
      });
    return [...arm(2), ...arm(0).reverse()];
  },
};

describe('cutPolygon', () => {
  it.each(Object.keys(SHAPES).flatMap((shape) => [8, 40, 100, 2000, 20_000].map((count) => [shape, count] as const)))(
    'covers a %s of %i corners exactly once',
    (shape, count) => {
      const points = SHAPES[shape]!(count);
      const { triangles, area, simple } = cut(points);
      expect(simple).toBe(true);
      expect(triangles).toHaveLength(points.length - 2);
      expect(area).toBeCloseTo(signedArea(points), 6);
      const reversed = triangles.filter(([a, b, c]) => signedArea([points[a!]!, points[b!]!, points[c!]!]) < -1e-9);
      expect(reversed).toHaveLength(0);
    },
  );

  it('runs in about linear time', () => {
    const start = cpuTime();
    cut(SHAPES.star!(40_000));
    // Without the grid this takes minutes.
    expect(cpuTime() - start).toBeLessThan(5000);
  });

  it('cuts a polygon with a hole on a bridge', () => {
    const outer = Array.from({ length: 100 }, (_, i) => {
      const angle = (i / 100) * 2 * Math.PI;
      return [Math.cos(angle) * 3, Math.sin(angle) * 3];
    });
    const inner = Array.from({ length: 100 }, (_, i) => {
      const angle = (-i / 100) * 2 * Math.PI;
      return [Math.cos(angle), Math.sin(angle)];
    });
    const points = [...outer, outer[0]!, ...inner, inner[0]!];
    const { triangles, area } = cut(points);
    expect(triangles).toHaveLength(points.length - 2);
    expect(area).toBeCloseTo(signedArea(points), 6);
  });

  it('ends for polygons that cross themselves, and says so', () => {
    let seed = 7;
    const random = (): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return seed / 0x7fffffff;
    };
    const points = Array.from({ length: 500 }, () => [random(), random()]);
    const { triangles, simple } = cut(points);
    expect(triangles).toHaveLength(498);
    expect(simple).toBe(false);
  });

  it('fans polygons without area or with values that are no numbers', () => {
    expect(cut(Array.from({ length: 200 }, (_, i) => [i, 0])).triangles).toHaveLength(198);
    expect(cut(Array.from({ length: 200 }, (_, i) => [i, i === 9 ? Number.NaN : i * i])).triangles).toHaveLength(198);
  });
});
