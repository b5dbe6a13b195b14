import type { Document } from '@gltf-transform/core';
import type { Deviation, ModelCost } from '#contracts/operations/optimize-report.ts';
import type { DeviationSettings } from '#contracts/operations/recipe.ts';
import { measureBounds } from '../describe/measure-bounds.ts';
import { ComparedSurface, measureDeviation } from '../measure/deviation.ts';
import { measureCost } from '../measure/model-cost.ts';
import { gatherSurface } from '../measure/surface.ts';

/** The source of a recipe, before anything happens to it. */
export interface RecipeSource {
  cost: ModelCost;
  /** What deviations are measured from; null where there is nothing to measure. */
  surface: ComparedSurface | null;
  /** In metres; 0 without geometry. */
  diagonal: number;
}

/** Measures a document before a recipe changes it. */
export function measureSource(document: Document, bytes: number, { samples }: DeviationSettings): RecipeSource {
  const surface = samples > 0 ? gatherSurface(document) : null;
  return {
    cost: measureCost(document, bytes),
    surface: surface && new ComparedSurface(surface),
    diagonal: diagonalOf(document),
  };
}

/** Diagonal of the bounds of a document's scene, in metres; 0 where it has none. */
export function diagonalOf(document: Document): number {
  const scene = document.getRoot().getDefaultScene();
  const bounds = scene && measureBounds(scene);
  if (!bounds) return 0;
  const [x, y, z] = bounds.max.map((value, axis) => value - bounds.min[axis]!) as [number, number, number];
  return Math.sqrt(x * x + y * y + z * z);
}

/** How far a document is from the source of a recipe; null where that cannot be measured. */
export function compare(
  document: Document,
  source: ComparedSurface | null,
  settings: DeviationSettings,
): Deviation | null {
  if (!source || settings.samples === 0) return null;
  const surface = gatherSurface(document, source.surface.origin);
  return surface && measureDeviation(source, surface, settings);
}
