import type { Document } from '@gltf-transform/core';
import type { z } from 'zod';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { Operation } from '#contracts/operations/operation.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { measureBounds } from '../../describe/measure-bounds.ts';
import { writeGlb } from '../../formats/gltf/write-glb.ts';
import type { ModelFile } from '../../formats/model-file.ts';
import { optimizeModel } from '../../process/optimize-model.ts';
import { runOperation } from '../operation-table.ts';

export const LIMITS = ModelLimits.parse({});

/** Runs one operation on a document, beside others by their names. @returns its notes */
export async function apply(
  document: Document,
  operation: z.input<typeof Operation>,
  others: Record<string, () => Document> = {},
): Promise<string[]> {
  const notes: string[] = [];
  const scene = document.getRoot().getDefaultScene();
  const bounds = scene && measureBounds(scene);
  const diagonal = bounds ? Math.hypot(...bounds.max.map((value, axis) => value - bounds.min[axis]!)) : 0;
  await runOperation(document, Operation.parse(operation), {
    host: nodeOperationHost,
    openOther: async (model) => others[model]!(),
    diagonal,
    note: (note) => notes.push(note),
  });
  return notes;
}

/** Carries a recipe out on a document, as it would be on the file. */
export async function optimizeDocument(document: Document, recipe: z.input<typeof Recipe>) {
  return optimizeFiles([{ name: 'model.glb', bytes: await writeGlb(document) }], recipe);
}

/** Carries a recipe out on files. */
export function optimizeFiles(files: ModelFile[], recipe: z.input<typeof Recipe>) {
  return optimizeModel(files, Recipe.parse(recipe), LIMITS, nodeOperationHost);
}

/** Bounds of a document that has some. */
export function boundsOf(document: Document) {
  return measureBounds(document.getRoot().getDefaultScene()!)!;
}
