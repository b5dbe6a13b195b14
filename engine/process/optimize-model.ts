import type { Document } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction } from '#contracts/model/model-report.ts';
import type { OptimizeReport, PictureDifference } from '#contracts/operations/optimize-report.ts';
import { outputOptions, PictureSettings, type Recipe } from '#contracts/operations/recipe.ts';
import { checkRecipe } from '#contracts/operations/recipe-rules.ts';
import { measureTextures } from '../describe/measure-textures.ts';
import type { ExportedModel } from '../formats/exported-model.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import type { ModelFile } from '../formats/model-file.ts';
import { measureCost } from '../measure/model-cost.ts';
import { measurePictures } from '../measure/picture/picture-difference.ts';
import { checkGates } from '../operations/check-gates.ts';
import { gateFailed } from '../operations/errors.ts';
import type { OperationHost } from '../operations/operation-context.ts';
import { movesSurface, runOperation } from '../operations/operation-table.ts';
import { compare, measureSource, type RecipeResult, runRecipe } from '../operations/run-recipe.ts';
import { searchTarget } from '../operations/search-target.ts';
import { type DeliveredModel, exportModel, outputReport, packModel, RESULT_STEM } from './export-model.ts';
import { readModel } from './read-model.ts';

/** A model that a recipe was carried out on. */
export interface OptimizedModel {
  glb: Uint8Array<ArrayBuffer>;
  /** The same as a document. */
  document: Document;
  /** The result in each format of the recipe. */
  outputs: OptimizedOutput[];
  report: OptimizeReport;
  /** What reading the source corrected. */
  corrections: Correction[];
}

/** The result in one format, with its files apart and as it travels. */
export interface OptimizedOutput extends DeliveredModel {
  exported: ExportedModel;
}

export interface OptimizeOptions {
  /** What the names of files begin with, in formats of several. */
  stem?: string;
  /** Called as the work goes on: an operation's type, `read`, `measure`, and `done` at 1. */
  onProgress?(stage: string, share: number): void;
  /** Ends the work between two operations. */
  signal?: AbortSignal;
}

/** Shares of the whole that are done when reading, and when the operations have ended. */
const READ_SHARE = 0.1;
const RUN_SHARE = 0.85;
const DEVIATION_SHARE = 0.9;

/**
 * Carries a recipe out on a model: reads it, runs the operations (again and again where a target is to be reached),
 * reads what was written and measures how far that is from the source, and checks the gates. The same files and recipe
 * give the same bytes.
 *
 * @throws MaquetteError `invalid_request` for a recipe that is impossible by itself, `gate_failed`,
 * `target_unreachable`, and what reading a model throws
 */
export async function optimizeModel(
  files: readonly ModelFile[],
  recipe: Recipe,
  limits: ModelLimits,
  host: OperationHost,
  { stem = RESULT_STEM, onProgress, signal }: OptimizeOptions = {},
): Promise<OptimizedModel> {
  checkRecipe(recipe);
  const startedAt = host.now();
  onProgress?.('read', 0);
  const { document, format, corrections } = await readModel(files, limits);
  // A search begins anew from what was read; of another format that is slow, so it is kept as GLB.
  const glb = format === 'glb' && files.length === 1 ? files[0]!.bytes : await writeGlb(document);
  const source = measureSource(document, glb.byteLength, recipe.deviation);
  let attempts = 0;
  const run = async (operations: Recipe['operations']) => {
    const fresh = attempts++ === 0 ? document : (await readGlb(glb, limits)).document;
    const result = await runRecipe(fresh, source, { operations, deviation: recipe.deviation }, host, {
      signal,
      onOperation(index, { type }) {
        // How many runs a target takes is not known before: each takes half of what is left.
        const from = RUN_SHARE - (RUN_SHARE - READ_SHARE) / 2 ** (attempts - 1);
        const span = (RUN_SHARE - from) / (recipe.target ? 2 : 1);
        onProgress?.(type, from + (span * index) / operations.length);
      },
    });
    const outputs = await writeOutputs(result, recipe, host, stem);
    const bytes = Math.max(...outputs.map(({ file }) => file.byteLength));
    return { result, outputs, bytes, textureSize: largestTexture(result.document) };
  };
  const { result, outputs, bytes } = recipe.target
    ? await searchTarget(recipe, recipe.target, run)
    : await run(recipe.operations);
  signal?.throwIfAborted();
  onProgress?.('measure', RUN_SHARE);
  // What was only converted is as it was read.
  const written =
    recipe.operations.length > 0 || recipe.target ? (await readGlb(result.glb, limits)).document : result.document;
  const deviation = compare(written, result.surface, recipe.deviation);
  const output = measureCost(written, result.glb.byteLength);
  const last = result.operations.findLast(({ operation }) => movesSurface(operation));
  if (last) last.deviation = deviation;
  let picture: PictureDifference | null = null;
  if (recipe.picture || recipe.gates?.minSsim !== undefined) {
    onProgress?.('compare', DEVIATION_SHARE);
    const settings = recipe.picture ?? PictureSettings.parse({});
    const original = (await readGlb(glb, limits)).document;
    await moveAlong(original, recipe, host, source.diagonal);
    picture = await measurePictures(original, written, settings, host.renderer, signal);
  }
  const gates = checkGates(recipe.gates ?? {}, {
    cost: { ...output, bytes },
    deviation,
    picture,
    textureSize: largestTexture(written),
  });
  const failed = gates.filter(({ passed }) => !passed);
  if (failed.length > 0) throw gateFailed(failed);
  onProgress?.('done', 1);
  return {
    glb: result.glb,
    document: result.document,
    outputs,
    corrections,
    report: {
      input: source.cost,
      output,
      outputs: outputs.map(({ report }) => report),
      deviation,
      picture,
      operations: result.operations,
      gates,
      attempts,
      seconds: (host.now() - startedAt) / 1000,
    },
  };
}

/** Moves a source as a recipe does: what it is compared with stands elsewhere. */
async function moveAlong(document: Document, { operations }: Recipe, host: OperationHost, diagonal: number) {
  for (const operation of operations) {
    if (operation.type === 'transform') await runOperation(document, operation, { host, diagonal, note: () => {} });
  }
}

async function writeOutputs(
  { document, glb }: RecipeResult,
  { outputs }: Recipe,
  host: OperationHost,
  stem: string,
): Promise<OptimizedOutput[]> {
  const written: OptimizedOutput[] = [];
  for (const options of outputs.map(outputOptions)) {
    const { format } = options;
    const exported: ExportedModel =
      format === 'glb'
        ? { files: [{ path: `${stem}.glb`, bytes: glb }], warnings: [] }
        : await exportModel(document, options, host, stem);
    const file = packModel(format, exported);
    written.push({ format, file, exported, report: outputReport(format, exported, file.byteLength) });
  }
  return written;
}

function readGlb(bytes: Uint8Array, limits: ModelLimits) {
  return readModel([{ name: 'model.glb', bytes }], limits);
}

function largestTexture(document: Document): number {
  return measureTextures(document).reduce((most, { width, height }) => Math.max(most, width, height), 0);
}
