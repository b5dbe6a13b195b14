import type { Document } from '@gltf-transform/core';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { ModelCost, OperationReport } from '#contracts/operations/optimize-report.ts';
import type { DeviationSettings } from '#contracts/operations/recipe.ts';
import { otherOf } from '#contracts/operations/recipe-others.ts';
import { FROM_SOURCE, type Plan, type PlanStep, usesOf, wayTo } from '#contracts/operations/recipe-plan.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { dataBytes, measureCost } from '../measure/model-cost.ts';
import { estimateSeconds, estimateStateSeconds } from './estimate-seconds.ts';
import { groupScene, mergeInto } from './merge.ts';
import type { OperationHost } from './operation-context.ts';
import { compresses, movesSurface, runOperation } from './operation-table.ts';
import { compare, diagonalOf, type RecipeSource } from './recipe-source.ts';
import { joined, movedBy, type PlacedSurfaces, type Placements, UNMOVED } from './source-placements.ts';
import { encodeState, type StateCache, type StepState } from './step-state.ts';
import { placingMatrix } from './transform.ts';

/** What steps are carried out on, and with. */
export interface PlanRun {
  source: RecipeSource;
  surfaces: PlacedSurfaces;
  /** The source as a document to change. `alone`: nobody else asks for it in this run. */
  open(alone: boolean): Promise<Document>;
  /** A model that the recipe takes beside the source: what it costs, and a document of it to change. */
  others: { cost(model: string): Promise<ModelCost>; open(model: string): Promise<Document> };
  /** A document that was written, exactly as it was. */
  reopen(glb: Uint8Array<ArrayBuffer>): Promise<Document>;
  deviation: DeviationSettings;
  host: OperationHost;
  /** The name of what each step makes. */
  keys: readonly Sha256[];
  /** Called before each step. */
  onStep?(index: number): void;
  /** Ends the run between two steps. */
  signal?: AbortSignal | undefined;
  cache?: StateCache | undefined;
  /** Which of what is made is kept in the cache; all of it by default. */
  keeps?(key: Sha256): boolean;
}

/** A model that went through the steps on its way. */
export interface PlanResult {
  document: Document;
  glb: Uint8Array<ArrayBuffer>;
  cost: ModelCost;
  operations: OperationReport[];
  placements: Placements;
}

/** A state is kept where at least this many times its own cost has gone into it since the last one. */
const WORTH = 3;

/**
 * Carries the steps of a plan out and reports what each cost and changed.
 *
 * A step whose result several take, or which is kept, is written once, and each of them reads a copy: so extensions
 * stay as reading leaves them, and the bytes of a result depend on the way to it alone, not on what was kept before.
 *
 * @returns the result of each output, in their order
 */
export async function runPlan(plan: Plan, run: PlanRun): Promise<PlanResult[]> {
  return new Run(plan, run).results();
}

class Run {
  readonly #plan: Plan;
  readonly #run: PlanRun;
  /** How many steps and outputs take the result of each step. */
  readonly #uses: number[];
  /** Whether a step on from each moves the surface. */
  readonly #movedLater: boolean[];
  readonly #states = new Map<number, StepState>();

  constructor(plan: Plan, run: PlanRun) {
    this.#plan = plan;
    this.#run = run;
    this.#uses = plan.steps.map((_, index) => usesOf(plan, index));
    this.#movedLater = plan.steps.map(() => false);
    for (const [index, { operation, inputs }] of [...plan.steps.entries()].reverse()) {
      const moves = this.#movedLater[index] || changesSurface(operation);
      for (const input of inputs) if (input !== FROM_SOURCE && moves) this.#movedLater[input] = true;
    }
  }

  async results(): Promise<PlanResult[]> {
    const { steps, outputs } = this.#plan;
    const missing = await this.#recall();
    for (const [index, step] of steps.entries()) {
      if (!missing.has(index)) continue;
      this.#run.signal?.throwIfAborted();
      this.#run.onStep?.(index);
      this.#states.set(index, await this.#carryOut(index, step));
    }
    const results: PlanResult[] = [];
    for (const { step } of outputs) results.push(await this.#resultOf(step));
    return results;
  }

  /** Takes what was kept, as late on each way as there is some. @returns the steps that are to be carried out */
  async #recall(): Promise<Set<number>> {
    const { steps, outputs } = this.#plan;
    const missing = new Set<number>();
    const open = outputs.map(({ step }) => step);
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (index === FROM_SOURCE || missing.has(index) || this.#states.has(index)) continue;
      const kept = await this.#run.cache?.read(this.#run.keys[index]!);
      // Loaded where something was kept: its schemas take longer to make than many a step.
      const state = kept && (await import('./decode-state.ts')).decodeState(kept);
      if (state) this.#states.set(index, state);
      else {
        missing.add(index);
        open.push(...steps[index]!.inputs);
      }
    }
    return missing;
  }

  async #carryOut(index: number, { operation, node, inputs, encoded }: PlanStep): Promise<StepState> {
    const { host, source, others, surfaces, deviation, keys } = this.#run;
    const before = inputs.map((input) => this.#stateOf(input));
    const other = otherOf(operation);
    const otherCost = other ? [await others.cost(other.model)] : [];
    const documents: Document[] = [];
    for (const input of inputs) documents.push(await this.#take(input));
    const document = documents[0]!;
    const diagonal = before[0]?.diagonal ?? source.diagonal;
    const notes: string[] = [];
    const startedAt = host.now();
    if (operation.type === 'merge') mergeAll(documents, operation);
    else {
      const note = (message: string) => void notes.push(message);
      await runOperation(document, operation, { host, openOther: (model) => others.open(model), diagonal, note });
    }
    const seconds = (host.now() - startedAt) / 1000;
    const moved = operation.type === 'transform' ? placingMatrix(document) : null;
    const placements = movedBy(joined(before.map((state) => state?.placements ?? UNMOVED)), moved);
    const costBefore = sumOf([...before.map((state) => state?.cost ?? source.cost), ...otherCost]);
    const pending =
      before.reduce((sum, state) => sum + (state?.pending ?? 0), 0) + estimateSeconds(operation, costBefore);
    const isShared = this.#uses[index]! > 1;
    const isKept = !encoded && this.#run.cache !== undefined && isWorthKeeping(pending, document);
    const isLast = this.#plan.outputs.some(({ step }) => step === index);
    // Writing takes longer than most operations do: in between, the size is added up.
    const written = isLast || isShared || isKept || (operation.type !== 'merge' && compresses(operation));
    const glb = written ? await writeGlb(document) : null;
    const cost = measureCost(document, glb?.byteLength ?? dataBytes(document));
    // The last of them is measured on the file that is written, which is what matters.
    const measures = this.#movedLater[index] && changesSurface(operation);
    const measured = measures ? compare(document, surfaces.at(placements), deviation) : null;
    const reports = new Map(before.flatMap((state) => [...(state?.reports ?? [])]));
    reports.set(keys[index]!, {
      operation,
      node,
      cached: false,
      before: costBefore,
      after: cost,
      seconds,
      deviation: measured,
      notes,
    });
    const isMoved = operation.type === 'transform' || operation.type === 'merge';
    const state: StepState = {
      document,
      glb,
      cost,
      diagonal: isMoved ? diagonalOf(document) : diagonal,
      placements,
      reports,
      pending,
    };
    if (!isShared && !isKept) return state;
    if (glb && isKept && (this.#run.keeps?.(keys[index]!) ?? true)) {
      await this.#run.cache?.write(keys[index]!, encodeState(state, glb));
    }
    return { ...state, document: null, pending: 0 };
  }

  /** What a step has come to; undefined for the source. */
  #stateOf(index: number): StepState | undefined {
    return index === FROM_SOURCE ? undefined : this.#states.get(index)!;
  }

  /** The document of a step, to change it. */
  async #take(index: number): Promise<Document> {
    if (index === FROM_SOURCE)
      return this.#run.open(usesOf(this.#plan, FROM_SOURCE) === 1 && this.#run.cache === undefined);
    const state = this.#states.get(index)!;
    const uses = --this.#uses[index]!;
    const { document } = state;
    state.document = null;
    const taken = document ?? (await this.#run.reopen(state.glb!));
    if (uses === 0) this.#states.set(index, { ...state, document: null, glb: null });
    return taken;
  }

  async #resultOf(step: number): Promise<PlanResult> {
    const state = this.#stateOf(step);
    const glb = state?.glb ?? null;
    const document = await this.#take(step);
    return {
      document,
      glb: glb ?? (await writeGlb(document)),
      cost: state?.cost ?? this.#run.source.cost,
      operations: wayTo(this.#plan, step).flatMap((index) => {
        const report = state?.reports.get(this.#run.keys[index]!);
        // What was kept may have had another name, and so may the models that it was made of.
        const { node, operation } = this.#plan.steps[index]!;
        return report ? [{ ...report, node, operation }] : [];
      }),
      placements: state?.placements ?? UNMOVED,
    };
  }
}

/** Says the same wherever the way to the state is the same. */
function isWorthKeeping(pending: number, document: Document): boolean {
  return pending > WORTH * estimateStateSeconds(dataBytes(document));
}

function changesSurface(operation: PlanStep['operation']): boolean {
  return operation.type !== 'merge' && movesSurface(operation);
}

function mergeAll([first, ...others]: Document[], { from, group }: Extract<PlanStep['operation'], { type: 'merge' }>) {
  if (group) groupScene(first!, from[0]!);
  for (const [index, other] of others.entries()) mergeInto(first!, other, group ? from[index + 1] : undefined);
}

function sumOf(costs: ModelCost[]): ModelCost {
  const sum = (of: keyof ModelCost) => costs.reduce((total, cost) => total + cost[of], 0);
  return {
    triangles: sum('triangles'),
    vertices: sum('vertices'),
    drawCalls: sum('drawCalls'),
    bytes: sum('bytes'),
    gpuBytes: sum('gpuBytes'),
  };
}
