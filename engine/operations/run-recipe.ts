import type { Document } from '@gltf-transform/core';

import type { Operation } from '#contracts/operations/operation.ts';
import type { Deviation, ModelCost, OperationReport } from '#contracts/operations/optimize-report.ts';
import type { DeviationSettings, Recipe } from '#contracts/operations/recipe.ts';
import { measureBounds } from '../describe/measure-bounds.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { ComparedSurface, measureDeviation } from '../measure/deviation.ts';
import { dataBytes, measureCost } from '../measure/model-cost.ts';
import { gatherSurface, moveSurface } from '../measure/surface.ts';
import type { OperationHost } from './operation-context.ts';
import { compresses, movesSurface, runOperation } from './operation-table.ts';
import { placingMatrix } from './transform.ts';

/** The source of a recipe, before anything happens to it. */
export interface RecipeSource {
  cost: ModelCost;
  /** What deviations are measured from; null where there is nothing to measure. */
  surface: ComparedSurface | null;
  /** In metres; 0 without geometry. */
  diagonal: number;
}

export interface RunOptions {
  /** Called before each operation with its place and name. */
  onOperation?(index: number, operation: Operation): void;
  /** Ends the run between two operations. */
  signal?: AbortSignal;
}

/** A model that went through the operations of a recipe. */
export interface RecipeResult {
  document: Document;
  glb: Uint8Array<ArrayBuffer>;
  cost: ModelCost;
  operations: OperationReport[];
  /** What the result is compared with: the source, moved as the recipe moved it. */
  surface: ComparedSurface | null;
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
function diagonalOf(document: Document): number {
  const scene = document.getRoot().getDefaultScene();
  const bounds = scene && measureBounds(scene);
  if (!bounds) return 0;
  const [x, y, z] = bounds.max.map((value, axis) => value - bounds.min[axis]!) as [number, number, number];
  return Math.sqrt(x * x + y * y + z * z);
}

/**
 * Carries the operations of a recipe out, one after the other, and reports what each cost and changed. Changes
 * `document`.
 */
export async function runRecipe(
  document: Document,
  source: RecipeSource,
  { operations, deviation }: Pick<Recipe, 'operations' | 'deviation'>,
  host: OperationHost,
  { onOperation, signal }: RunOptions = {},
): Promise<RecipeResult> {
  const reports: OperationReport[] = [];
  const lastMove = operations.findLastIndex(movesSurface);
  let { surface, diagonal, cost } = source;
  let glb: Uint8Array<ArrayBuffer> | null = null;
  for (const [index, operation] of operations.entries()) {
    signal?.throwIfAborted();
    onOperation?.(index, operation);
    const notes: string[] = [];
    const startedAt = host.now();
    await runOperation(document, operation, { host, diagonal, note: (message) => notes.push(message) });
    const seconds = (host.now() - startedAt) / 1000;
    if (operation.type === 'transform') {
      surface = surface && new ComparedSurface(moveSurface(surface.surface, placingMatrix(document) ?? undefined));
      diagonal = diagonalOf(document);
    }
    // Writing takes longer than most operations do: in between, the size is added up.
    const written = index === operations.length - 1 || compresses(operation);
    glb = written ? await writeGlb(document) : null;
    const before = cost;
    cost = measureCost(document, glb?.byteLength ?? dataBytes(document));
    // The last of them is measured on the file that is written, which is what matters.
    const measured = index < lastMove && movesSurface(operation) ? compare(document, surface, deviation) : null;
    reports.push({ operation, before, after: cost, seconds, deviation: measured, notes });
  }
  return { document, glb: glb ?? (await writeGlb(document)), cost, operations: reports, surface };
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
