import type { EdgeCollapser, SimplifiedTriangles } from './collapse-edges.ts';
import type { MergedMesh } from './merged-mesh.ts';
import { type SimplifyLimits, type SimplifyRequest, simplifyAll } from './simplify-merged.ts';

/** A mesh with what it counts in the scene. */
export interface WeighedMesh {
  merged: MergedMesh;
  /** How often it is drawn. */
  uses: number;
  /** Local units times this are metres. */
  scale: number;
}

/** What a mesh is to come down to. */
export interface Share {
  triangles: number;
  /** The mesh with some of its triangles gone already, from where to go on; null for the mesh itself. */
  from: SimplifiedTriangles | null;
}

/** A mesh is not looked at below this many triangles. */
const FEWEST = 8;
/** The first level of each mesh has its equal share of the triangles times this at most: most meshes go on from there. */
const FIRST_LEVEL = 1.25;
/** A step that leaves more than this share of the triangles has come to an end. */
const STUCK = 0.9;
/**
 * The power of the error with which triangles fall before the first level and after the last: between 0.35 and 0.61 on
 * parts of machines and on keys, where it was measured.
 */
const POWER = 0.5;
/** Down to this share of the triangles of the last level, and as far above the first, the power is trusted. */
const NEAR = 0.5;

/**
 * Divides a number of triangles among meshes so that the error is the same on all: where most can be taken without
 * being seen, most is taken. Each mesh is first brought to the same share of its triangles. What that took tells who has
 * to give more and who less; levels further down and up are added until the error is known at which the sum fits.
 *
 * @param total triangles as drawn, all meshes together
 */
export async function shareLoss(
  meshes: readonly WeighedMesh[],
  total: number,
  limits: Pick<SimplifyLimits, 'lockBorder' | 'keepCreases'>,
  collapser: EdgeCollapser,
): Promise<Share[]> {
  const all = meshes.reduce((sum, { merged, uses }) => sum + (merged.indices.length / 3) * uses, 0);
  const ratio = Math.min(1, total / all);
  if (meshes.length === 1 || ratio === 1) {
    return meshes.map(({ merged }) => ({ triangles: (merged.indices.length / 3) * ratio, from: null }));
  }
  const curves = meshes.map((mesh) => new LossCurve(mesh, limits));
  // Parts that become flat vanish, and with few triangles that may be all of them.
  for (let share = Math.min(ratio * FIRST_LEVEL, (1 + ratio) / 2); share < 1; share *= 2) {
    await addLevels(curves, collapser, (curve) => curve.begin(share));
  }
  const sumAt = (error: number) => curves.reduce((sum, curve) => sum + curve.trianglesAt(error) * curve.uses, 0);
  let error = searchError(sumAt, total, curves);
  // Each level that is added is the last of its mesh or far from the others: there are few of them.
  while (await addLevels(curves, collapser, (curve) => curve.extendTo(error))) {
    error = searchError(sumAt, total, curves);
  }
  // Where even the end of the curves is too much, all give by the same factor.
  const excess = Math.max(1, sumAt(error) / total);
  return curves.map((curve) => curve.shareOf(curve.trianglesAt(error) / excess));
}

/** A level that is to be made, and what becomes of it. */
interface NextLevel {
  request: SimplifyRequest;
  /** @returns whether it is of use */
  add(made: SimplifiedTriangles): boolean;
}

/**
 * Makes a level more of each mesh that wants one, all at once.
 *
 * @returns whether one of them is of use
 */
async function addLevels(
  curves: readonly LossCurve[],
  collapser: EdgeCollapser,
  next: (curve: LossCurve) => NextLevel | null,
): Promise<boolean> {
  const levels = curves.flatMap((curve) => next(curve) ?? []);
  const made = await simplifyAll(
    levels.map(({ request }) => request),
    collapser,
  );
  return levels.map(({ add }, index) => add(made[index]!)).includes(true);
}

/** The error at which meshes have so many triangles together. */
function searchError(sumAt: (error: number) => number, total: number, curves: readonly LossCurve[]): number {
  let low = 0;
  let high = Math.max(...curves.map(({ lastError }) => lastError));
  for (let step = 0; step < 60 && sumAt(high) > total; step++) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (sumAt(middle) > total) low = middle;
    else high = middle;
  }
  return high;
}

/** A mesh with some of its triangles gone. */
interface Level {
  made: SimplifiedTriangles;
  triangles: number;
  /** How far the surface moved, in metres. */
  error: number;
}

/** How many triangles a mesh has when its surface may move so far. */
class LossCurve {
  readonly uses: number;
  readonly #mesh: WeighedMesh;
  readonly #limits: Pick<SimplifyLimits, 'lockBorder' | 'keepCreases'>;
  /** From more triangles and less error to fewer and more. */
  readonly #levels: Level[] = [];
  /** Whether there are no levels after the last. */
  #ended = false;
  /** Whether there are none between the mesh itself and the first. */
  #isWhole = false;

  constructor(mesh: WeighedMesh, limits: Pick<SimplifyLimits, 'lockBorder' | 'keepCreases'>) {
    this.uses = mesh.uses;
    this.#mesh = mesh;
    this.#limits = limits;
  }

  /** The first level; null for a mesh that has one, or too few triangles for one. */
  begin(share: number): NextLevel | null {
    if (this.#levels.length > 0 || this.#all <= FEWEST) return null;
    return this.#collapse(this.#all * share, null, (made) => {
      if (made) this.#levels.push(made);
      return made !== null;
    });
  }

  get lastError(): number {
    return this.#levels.at(-1)?.error ?? 0;
  }

  /** A level where an error is far from those that are known; null where it is not. */
  extendTo(error: number): NextLevel | null {
    const [first, last] = [this.#levels[0], this.#levels.at(-1)];
    if (!first || !last) return null;
    const wanted = this.trianglesAt(error);
    if (wanted < last.triangles * NEAR) return this.#ended ? null : this.#halve(last);
    if (wanted * NEAR < first.triangles || this.#isWhole) return null;
    return this.#addFirst(first, wanted * FIRST_LEVEL);
  }

  /** Triangles fall as a power of the error, which is what they do on smooth surfaces. */
  trianglesAt(error: number): number {
    const next = this.#levels.findIndex((level) => level.error >= error);
    if (next < 0) return this.#trianglesBelow(error);
    const b = this.#levels[next]!;
    const a = this.#levels[next - 1];
    if (!a) return b.error > 0 ? Math.min(this.#all, b.triangles * (b.error / error) ** POWER) : b.triangles;
    const span = Math.log(b.error / a.error);
    return span > 0 && span < Infinity
      ? a.triangles * (b.triangles / a.triangles) ** (Math.log(error / a.error) / span)
      : b.triangles;
  }

  /** After the last level; none go where halving has come to an end. */
  #trianglesBelow(error: number): number {
    const last = this.#levels.at(-1);
    if (!last) return this.#all;
    if (this.#ended || last.triangles <= FEWEST) return last.triangles;
    return Math.max(FEWEST, last.triangles * (last.error / error) ** POWER);
  }

  /** Goes on from the last level that has as many triangles or more. */
  shareOf(triangles: number): Share {
    return { triangles, from: this.#levels.findLast((level) => level.triangles >= triangles)?.made ?? null };
  }

  #halve(last: Level): NextLevel {
    return this.#collapse(last.triangles / 2, last, (made) => {
      if (made) this.#levels.push(made);
      this.#ended = !made || made.triangles > last.triangles * STUCK;
      return !this.#ended;
    });
  }

  /** A level above the first. */
  #addFirst(first: Level, triangles: number): NextLevel | null {
    if (triangles >= this.#all * STUCK) {
      this.#isWhole = true;
      return null;
    }
    return this.#collapse(triangles, null, (made) => {
      this.#isWhole = !made || made.triangles * STUCK < first.triangles;
      if (!made || this.#isWhole) return false;
      this.#levels.unshift({ ...made, error: Math.min(made.error, first.error) });
      return true;
    });
  }

  get #all(): number {
    return this.#mesh.merged.indices.length / 3;
  }

  /**
   * Brings the mesh, or a level of it, down to so many triangles.
   *
   * @param add takes what came of it; null where nothing is left
   */
  #collapse(triangles: number, from: Level | null, add: (made: Level | null) => boolean): NextLevel {
    const { merged, scale } = this.#mesh;
    const limits = { ...this.#limits, triangles: Math.max(FEWEST, triangles), error: Infinity };
    return {
      request: { merged, limits, from: from?.made ?? null },
      add: (made) => {
        if (made.indices.length === 0) return add(null);
        return add({ made, triangles: made.indices.length / 3, error: (from?.error ?? 0) + made.error * scale });
      },
    };
  }
}
