import type { Operation } from '#contracts/operations/operation.ts';
import type { Target } from '#contracts/operations/recipe.ts';
import { targetUnreachable } from './errors.ts';
import { type Detail, withDetail } from './reduced-recipe.ts';

/** How often a recipe is run for a target. */
const MOST_RUNS = 10;
/** A result that uses this share of what the target allows is good enough. */
const ENOUGH = 0.92;
/** Textures are not made smaller than this. */
const LEAST_TEXTURE = 16;

/** What a run came to, as far as the search looks at it. */
interface Run {
  /** Size of the result, in the largest of its formats. */
  bytes: number;
  /** As drawn in the default scene. */
  triangles: number;
  /** Longest side of any texture, in pixels; 0 without. */
  textureSize: number;
}

/**
 * Runs a recipe with less and less detail until the target is reached, and then with as much as it allows.
 *
 * Triangles are simplified to their number, if the recipe by itself leaves more; at first with the seams of textures
 * kept. Bytes are searched: with a share `d` of its detail, a model has d times
 * its triangles and textures of √d times their width, so that geometry and textures shrink alike. The size of the
 * file grows with d, which makes bisection safe; since it mostly grows in proportion, the next guess is taken there.
 *
 * @param run carries the operations out on a fresh copy of the source
 * @param output JSON pointer to the output in a graph; empty for the only result of a list
 * @throws MaquetteError `target_unreachable` with what was reached
 */
export async function searchTarget<R extends Run>(
  operations: readonly Operation[],
  target: Target,
  run: (operations: readonly Operation[]) => Promise<R>,
  output = '',
): Promise<R> {
  let whole = await run(operations);
  let attempts = 1;
  const { bytes, triangles } = target;
  for (const keepSeams of [true, false]) {
    if (triangles === undefined || whole.triangles <= triangles) break;
    whole = await run(withDetail(operations, { triangles, keepSeams }));
    attempts++;
  }
  checkTriangles(target, whole, output);
  if (bytes === undefined || whole.bytes <= bytes) return whole;
  let best: R | null = null;
  let least = whole.bytes;
  let low = { detail: 0, bytes: 0 };
  let high = { detail: 1, bytes: whole.bytes };
  while (attempts < MOST_RUNS) {
    const detail = nextGuess(low, high, bytes);
    const made = await run(withDetail(operations, reducedDetail(target, whole, detail)));
    attempts++;
    const size = made.bytes;
    least = Math.min(least, size);
    if (size <= bytes) {
      best = made;
      low = { detail, bytes: size };
      if (size >= bytes * ENOUGH) break;
    } else high = { detail, bytes: size };
    if (high.detail - low.detail < 0.002 * high.detail) break;
  }
  if (!best) throw targetUnreachable('bytes', bytes, least, output);
  checkTriangles(target, best, output);
  return best;
}

function checkTriangles({ triangles }: Target, reached: Run, output: string): void {
  if (triangles !== undefined && reached.triangles > triangles) {
    throw targetUnreachable('triangles', triangles, reached.triangles, output);
  }
}

function reducedDetail(target: Target, whole: Run, detail: number): Detail {
  const { textureSize } = whole;
  const triangles = Math.max(1, Math.floor(whole.triangles * detail));
  return {
    triangles: Math.min(triangles, target.triangles ?? Infinity),
    ...(textureSize > 0 && {
      textureSize: Math.max(Math.min(LEAST_TEXTURE, textureSize), Math.floor(textureSize * Math.sqrt(detail))),
    }),
  };
}

/** Where the line through both ends meets a little less than the target, kept away from the ends. */
function nextGuess(
  low: { detail: number; bytes: number },
  high: { detail: number; bytes: number },
  bytes: number,
): number {
  const share = (bytes * 0.97 - low.bytes) / (high.bytes - low.bytes);
  return low.detail + (high.detail - low.detail) * Math.min(0.9, Math.max(0.1, share));
}
