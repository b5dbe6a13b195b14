import type { Deviation } from '#contracts/operations/optimize-report.ts';
import type { DeviationSettings } from '#contracts/operations/recipe.ts';
import { seededRandom } from './random.ts';
import type { Surface } from './surface.ts';
import { TriangleTree } from './triangle-tree.ts';

/** A surface with the tree to measure distances to it: what several others are compared with. */
export class ComparedSurface {
  readonly surface: Surface;
  readonly tree: TriangleTree;

  constructor(surface: Surface) {
    this.surface = surface;
    this.tree = new TriangleTree(surface);
  }
}

/**
 * How far two surfaces are apart: distances from points of each to the other, in both directions (Cignoni, Rocchini
 * and Scopigno, "Metro: measuring error on simplified surfaces", 1998). The points lie one in each of `samples` strips
 * of equal area, and on vertices as well, which is where the largest distances mostly are; the mean is of the former
 * alone. The largest distance found is a lower bound of the true one.
 *
 * @param source what distances are relative to, with the origin that `other` has
 */
export function measureDeviation(source: ComparedSurface, other: Surface, settings: DeviationSettings): Deviation {
  const compared = new ComparedSurface(other);
  const there = distancesTo(compared.tree, source.surface, settings);
  const back = distancesTo(source.tree, other, settings);
  const max = Math.max(there.max, back.max);
  const { diagonal } = source.surface;
  return {
    max,
    mean: Math.max(there.mean, back.mean),
    relativeMax: diagonal > 0 ? max / diagonal : 0,
    samples: there.samples + back.samples,
  };
}

function distancesTo(
  tree: TriangleTree,
  surface: Surface,
  { samples, seed }: DeviationSettings,
): { max: number; mean: number; samples: number } {
  const nearest = { triangle: 0 };
  const areas = doubleAreas(surface);
  let max = 0;
  let sum = 0;
  let count = 0;
  forEachSample(surface, areas, samples, seededRandom(seed), (x, y, z) => {
    const square = tree.squaredDistance(x, y, z, nearest.triangle, nearest);
    max = Math.max(max, square);
    sum += Math.sqrt(square);
    count++;
  });
  const mean = count > 0 ? sum / count : 0;
  const { positions, indices } = surface;
  const step = Math.max(1, Math.ceil(areas.length / samples));
  for (let triangle = 0; triangle < areas.length; triangle += step) {
    // What has no area is no surface, however far it reaches.
    if (areas[triangle] === 0) continue;
    const at = indices[triangle * 3]! * 3;
    const square = tree.squaredDistance(
      positions[at]!,
      positions[at + 1]!,
      positions[at + 2]!,
      nearest.triangle,
      nearest,
    );
    max = Math.max(max, square);
    count++;
  }
  return { max: Math.sqrt(max), mean, samples: count };
}

/** Twice the area of each triangle. */
function doubleAreas({ positions: p, indices }: Surface): Float64Array {
  const areas = new Float64Array(indices.length / 3);
  for (let i = 0; i < areas.length; i++) {
    const [a, b, c] = [indices[i * 3]! * 3, indices[i * 3 + 1]! * 3, indices[i * 3 + 2]! * 3];
    const ux = p[b]! - p[a]!;
    const uy = p[b + 1]! - p[a + 1]!;
    const uz = p[b + 2]! - p[a + 2]!;
    const vx = p[c]! - p[a]!;
    const vy = p[c + 1]! - p[a + 1]!;
    const vz = p[c + 2]! - p[a + 2]!;
    const x = uy * vz - uz * vy;
    const y = uz * vx - ux * vz;
    const z = ux * vy - uy * vx;
    areas[i] = Math.sqrt(x * x + y * y + z * z);
  }
  return areas;
}

/** Calls `use` with one point in each of `samples` strips of equal area, in the order of the triangles. */
function forEachSample(
  { positions: p, indices }: Surface,
  areas: Float64Array,
  samples: number,
  random: () => number,
  use: (x: number, y: number, z: number) => void,
): void {
  const total = areas.reduce((sum, area) => sum + area, 0);
  if (!(total > 0)) return;
  let triangle = 0;
  let passed = 0;
  for (let sample = 0; sample < samples; sample++) {
    const place = ((sample + random()) / samples) * total;
    while (triangle < areas.length - 1 && passed + areas[triangle]! < place) passed += areas[triangle++]!;
    const a = indices[triangle * 3]! * 3;
    const b = indices[triangle * 3 + 1]! * 3;
    const c = indices[triangle * 3 + 2]! * 3;
    const root = Math.sqrt(random());
    const v = root * random();
    const u = 1 - root;
    const w = root - v;
    use(
      p[a]! * u + p[b]! * w + p[c]! * v,
      p[a + 1]! * u + p[b + 1]! * w + p[c + 1]! * v,
      p[a + 2]! * u + p[b + 2]! * w + p[c + 2]! * v,
    );
  }
}
