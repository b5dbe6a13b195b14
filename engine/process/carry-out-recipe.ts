import type { Document } from '@gltf-transform/core';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction } from '#contracts/model/model-report.ts';
import type { AnyRecipe } from '#contracts/operations/any-recipe.ts';
import type { Operation } from '#contracts/operations/operation.ts';
import type { OptimizeReport, PictureDifference } from '#contracts/operations/optimize-report.ts';
import { outputOptions, type Target } from '#contracts/operations/recipe.ts';
import type { OtherContents } from '#contracts/operations/recipe-others.ts';
import {
  type Plan,
  type PlanOutput,
  type PlanStep,
  planOf,
  wayTo,
  withOutputs,
} from '#contracts/operations/recipe-plan.ts';
import { checkRecipe } from '#contracts/operations/recipe-rules.ts';
import { measureTextures } from '../describe/measure-textures.ts';
import type { ExportedModel } from '../formats/exported-model.ts';
import { openGltf } from '../formats/gltf/open-gltf.ts';
import { readGltf } from '../formats/gltf/read-gltf.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { type ModelFile, totalBytes } from '../formats/model-file.ts';
import { ResourceFiles } from '../formats/resource-files.ts';
import { measureCost } from '../measure/model-cost.ts';
import { checkGates } from '../operations/check-gates.ts';
import { gateFailed } from '../operations/errors.ts';
import { estimateSeconds } from '../operations/estimate-seconds.ts';
import type { OperationHost } from '../operations/operation-context.ts';
import { loadOperations, movesSurface } from '../operations/operation-table.ts';
import { compare, measureSource, type RecipeSource } from '../operations/recipe-source.ts';
import { type PlanResult, runPlan } from '../operations/run-plan.ts';
import { searchTarget } from '../operations/search-target.ts';
import { PlacedSurfaces, placeSource } from '../operations/source-placements.ts';
import type { StateCache } from '../operations/step-state.ts';
import { type DeliveredModel, exportModel, outputReport, packModel, RESULT_STEM } from './export-model.ts';
import { checkProfiles, judgeResult } from './judge-result.ts';
import { type OtherFiles, OtherModels } from './other-models.ts';
import { readModel } from './read-model.ts';

/** A result of a recipe. */
export interface RecipeResult {
  /** Of the output in a graph; empty for the only result of a list. */
  name: string;
  glb: Uint8Array<ArrayBuffer>;
  /** The same as a document. */
  document: Document;
  /** In each format that was asked for. */
  outputs: RecipeFile[];
  report: OptimizeReport;
}

/** A result in one format, with its files apart and as it travels. */
export interface RecipeFile extends DeliveredModel {
  exported: ExportedModel;
}

/** What a recipe made of a model. */
export interface CarriedOutRecipe {
  /** In the order of the outputs. */
  results: RecipeResult[];
  /** What reading the source corrected. */
  corrections: Correction[];
}

export interface CarryOutOptions {
  /** What the names of files begin with, in formats of several, by the name of the output. */
  stem?(output: string): string;
  /** Called as the work goes on: an operation's type or a node's name, `read`, `measure`, `compare`, and `done` at 1. */
  onProgress?(stage: string, share: number): void;
  /** Ends the work between two operations. */
  signal?: AbortSignal;
  /** Where results of steps are kept, and the name of the source in their keys. */
  cache?: { states: StateCache; source: Sha256 };
  /** The models that the recipe takes beside the source, by the names that it has for them. */
  others?: ReadonlyMap<string, OtherFiles>;
}

/** Shares of the whole that are done when reading, and when the operations have ended. */
const READ_SHARE = 0.1;
const RUN_SHARE = 0.85;
/** Of what is left after a run of a search, so much is the next run's. */
const NEXT_RUN = 0.5;

/**
 * Carries a recipe out on a model: reads it once, runs the steps (those on the way to a target again and again), reads
 * what was written and measures how far that is from the source, and checks the gates. The same files and recipe give
 * the same bytes; with a cache, whatever it held.
 *
 * @throws MaquetteError `invalid_request` for a recipe that is impossible by itself, `gate_failed`,
 * `target_unreachable`, `not_found` for a model that it takes and that was not given, and what reading a model throws
 */
export async function carryOutRecipe(
  files: readonly ModelFile[],
  recipe: AnyRecipe,
  limits: ModelLimits,
  host: OperationHost,
  options: CarryOutOptions = {},
): Promise<CarriedOutRecipe> {
  checkRecipe(recipe);
  checkProfiles(planOf(recipe));
  loadOperations(planOf(recipe).steps.flatMap(({ operation: { type } }) => (type === 'merge' ? [] : type)));
  options.onProgress?.('read', 0);
  const startedAt = host.now();
  const { document, format, corrections } = await readModel(files, limits);
  // Copies are read from what was read; of another format that is slow, so it is kept as GLB.
  const glb = format === 'glb' && files.length === 1 ? files[0]!.bytes : await writeGlb(document);
  const source = measureSource(document, glb.byteLength, recipe.deviation);
  const others = new OtherModels(options.others ?? new Map(), { fileBytes: totalBytes(files), document }, limits);
  const work = new RecipeWork({ recipe, document, glb, source, others, limits, host, options, startedAt });
  const results = await work.results();
  options.onProgress?.('done', 1);
  return { results, corrections };
}

interface Work {
  recipe: AnyRecipe;
  document: Document;
  glb: Uint8Array;
  source: RecipeSource;
  others: OtherModels;
  limits: ModelLimits;
  host: OperationHost;
  options: CarryOutOptions;
  startedAt: number;
}

/** What came out on the way to an output, and what it took. */
interface Made extends PlanResult {
  attempts: number;
  outputs: RecipeFile[];
}

class RecipeWork {
  readonly #work: Work;
  readonly #plan: Plan;
  readonly #surfaces: PlacedSurfaces;
  /** The document that was read, until somebody changes it. */
  #fresh: Document | null;
  #progress = READ_SHARE;

  constructor(work: Work) {
    this.#work = work;
    this.#plan = planOf(work.recipe);
    this.#surfaces = new PlacedSurfaces(work.source.surface);
    this.#fresh = work.document;
  }

  async results(): Promise<RecipeResult[]> {
    const { outputs } = this.#plan;
    const made = new Map<PlanOutput, Made>();
    const plain = outputs.filter(({ target }) => target === undefined);
    const share = (RUN_SHARE - READ_SHARE) / Math.max(1, outputs.length);
    if (plain.length > 0) {
      const plan = withOutputs(this.#plan, plain);
      const results = await this.#run(plan, this.#progress + share * plain.length);
      for (const [index, output] of plain.entries()) {
        const result = results[index]!;
        made.set(output, { ...result, attempts: 1, outputs: await this.#write(result, output) });
      }
    }
    for (const output of outputs) {
      if (output.target) made.set(output, await this.#search(output, output.target, this.#progress + share));
    }
    const results: RecipeResult[] = [];
    for (const [index, output] of outputs.entries()) {
      this.#work.options.signal?.throwIfAborted();
      const share = RUN_SHARE + ((1 - RUN_SHARE) * index) / outputs.length;
      results.push(await this.#finish(output, made.get(output)!, share, (1 - RUN_SHARE) / outputs.length));
    }
    return results;
  }

  /**
   * Carries a plan out.
   *
   * @param until share of the whole that is done then
   * @param kept which results are kept in the cache; all of them by default
   */
  async #run(plan: Plan, until: number, kept?: ReadonlySet<Sha256>): Promise<PlanResult[]> {
    const { source, others, recipe, host, options, glb, limits } = this.#work;
    const { cache, signal, onProgress } = options;
    // Without a cache they are told apart by their places, and nothing is hashed.
    const keys = cache
      ? await keysOf(plan, cache.source, others.contents)
      : plan.steps.map((_, index) => String(index));
    const from = this.#progress;
    const weights = plan.steps.map(({ operation }) => estimateSeconds(operation, source.cost) + 1e-6);
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    const results = await runPlan(plan, {
      source,
      surfaces: this.#surfaces,
      open: async (alone) => {
        const fresh = alone ? this.#fresh : null;
        this.#fresh = null;
        return fresh ?? (await readGlb(glb, limits)).document;
      },
      others,
      reopen: (written) => reopenGlb(written, limits),
      deviation: recipe.deviation,
      host,
      keys,
      onStep: (index) => {
        const { node, operation } = plan.steps[index]!;
        const before = weights.slice(0, index).reduce((sum, weight) => sum + weight, 0);
        this.#progress = from + ((until - from) * before) / whole;
        onProgress?.(node ?? operation.type, this.#progress);
      },
      signal,
      cache: cache?.states,
      keeps: (key) => kept?.has(key) ?? true,
    });
    this.#progress = until;
    return results;
  }

  async #search(output: PlanOutput, target: Target, until: number): Promise<Made> {
    const { recipe, options, others } = this.#work;
    const way = wayTo(this.#plan, output.step).map((index) => this.#plan.steps[index]!);
    const chain = (operations: readonly Operation[]): Plan => {
      const { steps, outputs } = planOf({ operations: [...operations], deviation: recipe.deviation, outputs: [] });
      return { steps: withNames(steps, way), outputs };
    };
    // A target has a way without merges.
    const operations = way.map(({ operation }) => operation as Operation);
    // What a search does with less detail is of no use to anybody else.
    const kept = new Set(options.cache && (await keysOf(chain(operations), options.cache.source, others.contents)));
    let attempts = 0;
    const run = async (changed: readonly Operation[]) => {
      attempts++;
      // How many runs a target takes is not known before.
      const next = this.#progress + (until - this.#progress) * NEXT_RUN;
      const [result] = await this.#run(chain(changed), next, kept);
      const outputs = await this.#write(result!, output);
      return {
        result: result!,
        outputs,
        bytes: largestOf(outputs),
        triangles: result!.cost.triangles,
        textureSize: largestTexture(result!.document),
      };
    };
    const { result, outputs } = await searchTarget(operations, target, run, output.pointer);
    this.#progress = until;
    return { ...result, attempts, outputs };
  }

  async #write({ document, glb }: PlanResult, { name, formats }: PlanOutput): Promise<RecipeFile[]> {
    const { host, options } = this.#work;
    const stem = options.stem?.(name) ?? RESULT_STEM;
    const written: RecipeFile[] = [];
    for (const choices of formats.map(outputOptions)) {
      const { format } = choices;
      const exported: ExportedModel =
        format === 'glb'
          ? { files: [{ path: `${stem}.glb`, bytes: glb }], warnings: [] }
          : await exportModel(document, choices, host, stem);
      const file = await packModel(format, exported);
      written.push({ format, file, exported, report: outputReport(format, exported, file.byteLength) });
    }
    return written;
  }

  async #finish(output: PlanOutput, made: Made, share: number, span: number): Promise<RecipeResult> {
    const { recipe, limits, host, source, options, startedAt } = this.#work;
    const { signal, onProgress } = options;
    const { glb, document, operations, placements, attempts, outputs } = made;
    onProgress?.('measure', share);
    // What was only converted is as it was read.
    const written = operations.length > 0 ? (await readGlb(glb, limits)).document : document;
    const deviation = compare(written, this.#surfaces.at(placements), recipe.deviation);
    const cost = measureCost(written, glb.byteLength);
    const last = operations.findLast(({ operation }) => operation.type !== 'merge' && movesSurface(operation));
    if (last) last.deviation = deviation;
    let picture: PictureDifference | null = null;
    if (recipe.picture || output.gates.minSsim !== undefined) {
      onProgress?.('compare', share + span / 3);
      const open = async () => (await readGlb(this.#work.glb, limits)).document;
      const original = await open();
      await placeSource(original, placements, open);
      // Loaded where it is asked for: it brings the renderer along.
      const { measurePictures } = await import('../measure/picture/picture-difference.ts');
      const { PictureSettings } = await import('#contracts/operations/recipe.ts');
      const settings = recipe.picture ?? PictureSettings.parse({});
      picture = await measurePictures(original, written, settings, await host.renderer(), signal);
    }
    const textureSize = largestTexture(written);
    const gates = checkGates(output.gates, {
      cost: { ...cost, bytes: largestOf(outputs) },
      deviation,
      picture,
      textureSize,
      verdict: await judgeResult(output.gates, glb, limits),
    });
    const failed = gates.filter(({ passed }) => !passed);
    if (failed.length > 0) throw gateFailed(failed, output.pointer);
    const seconds = (host.now() - startedAt) / 1000;
    return {
      name: output.name,
      glb,
      document,
      outputs,
      report: {
        input: source.cost,
        output: cost,
        outputs: outputs.map(({ report }) => report),
        deviation,
        picture,
        operations,
        gates,
        attempts,
        seconds,
      },
    };
  }
}

/** The steps of a way with the names of those that they come from; what a search has put in has none. */
function withNames(steps: readonly PlanStep[], way: readonly PlanStep[]): PlanStep[] {
  let next = 0;
  return steps.map((step) => {
    const from = way[next]?.operation.type === step.operation.type ? way[next++] : undefined;
    return { ...step, node: from?.node ?? null };
  });
}

/** The names of what steps make of a source, in a cache. */
async function keysOf(plan: Plan, source: Sha256, others: OtherContents): Promise<Sha256[]> {
  const { stepKeys } = await import('#contracts/operations/step-keys.ts');
  return stepKeys(plan, source, others);
}

function readGlb(bytes: Uint8Array, limits: ModelLimits) {
  return readModel([{ name: 'model.glb', bytes }], limits);
}

/** Reads what a recipe has written, as it is: it was normalised before, and operations may want it otherwise. */
async function reopenGlb(bytes: Uint8Array, limits: ModelLimits): Promise<Document> {
  const asset = await openGltf({ name: 'model.glb', bytes }, 'glb', new ResourceFiles([]), bytes.byteLength, limits);
  return (await readGltf(asset, limits)).document;
}

/** Size of the largest of some files. */
function largestOf(files: readonly RecipeFile[]): number {
  return Math.max(...files.map(({ file }) => file.byteLength));
}

function largestTexture(document: Document): number {
  return measureTextures(document).reduce((most, { width, height }) => Math.max(most, width, height), 0);
}
