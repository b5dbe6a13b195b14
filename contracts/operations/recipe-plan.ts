import type { Sha256 } from '../ids/sha256.ts';
import { type AnyRecipe, isGraph } from './any-recipe.ts';
import type { OperationType } from './operation.ts';
import type { Gates, Recipe, RecipeOutput, Target } from './recipe.ts';
import { type RecipeGraph, SOURCE, type StepOperation } from './recipe-graph.ts';

/** Stands for the source among the inputs of a step. */
export const FROM_SOURCE = -1;

/** What encodes vertices for the file: its result cannot be read again as it is. */
export const ENCODERS: ReadonlySet<OperationType | 'merge'> = new Set(['quantize', 'meshopt', 'draco']);

/** One operation on the way to the results. */
export interface PlanStep {
  operation: StepOperation;
  /** Name of the node in a graph. */
  node: string | null;
  /** The steps that it takes its models from, each before it in the plan, or `FROM_SOURCE`. */
  inputs: number[];
  /** Whether it or a step before it encodes vertices: then exactly one step or output takes its result. */
  encoded: boolean;
}

/** A result that is wanted. */
export interface PlanOutput {
  /** Empty for that of a list. */
  name: string;
  /** JSON pointer to it in the recipe. */
  pointer: string;
  step: number;
  gates: Gates;
  target: Target | undefined;
  formats: readonly RecipeOutput[];
}

/** A recipe as steps in an order in which they can be carried out. */
export interface Plan {
  steps: PlanStep[];
  outputs: PlanOutput[];
}

/** The plan of a recipe that `checkRecipe` has nothing to say against. */
export function planOf(recipe: AnyRecipe): Plan {
  return isGraph(recipe) ? planOfGraph(recipe) : planOfList(recipe);
}

function planOfList({ operations, gates = {}, target, outputs: formats }: Recipe): Plan {
  const steps: PlanStep[] = [];
  for (const [index, operation] of operations.entries()) {
    const encoded = steps[index - 1]?.encoded === true || ENCODERS.has(operation.type);
    steps.push({ operation, node: null, inputs: [index - 1], encoded });
  }
  return { steps, outputs: [{ name: '', pointer: '', step: steps.length - 1, gates, target, formats }] };
}

/**
 * Nodes become steps when something first asks for them. What comes after an encoder is planned for each who asks: the
 * packed vertices cannot be handed to two. A `merge` of them, which no recipe may have, is planned once all the same:
 * planned anew for each, a few of them one after the other would be more steps than there is memory for, before anybody
 * could refuse them.
 */
function planOfGraph({ nodes, outputs, gates }: RecipeGraph): Plan {
  const steps: PlanStep[] = [];
  const known = new Map<string, number>();
  const stepOf = (name: string): number => {
    if (name === SOURCE) return FROM_SOURCE;
    const done = known.get(name);
    if (done !== undefined) return done;
    const node = nodes[name]!;
    const inputs = sourcesOf(node).map(stepOf);
    const encoded = ENCODERS.has(node.type) || inputs.some((input) => steps[input]?.encoded);
    const index = steps.push({ operation: withoutFrom(node), node: name, inputs, encoded }) - 1;
    if (!encoded || node.type === 'merge') known.set(name, index);
    return index;
  };
  return {
    outputs: Object.entries(outputs).map(([name, output]) => ({
      name,
      pointer: `/outputs/${name}`,
      step: stepOf(output.node),
      gates: { ...gates, ...output.gates },
      target: output.target,
      formats: output.formats,
    })),
    steps,
  };
}

/** The names of what a node takes its models from. */
export function sourcesOf({ from }: RecipeGraph['nodes'][string]): string[] {
  return typeof from === 'string' ? [from] : from;
}

function withoutFrom(node: RecipeGraph['nodes'][string]): StepOperation {
  if (node.type === 'merge') return node;
  const { from: _, ...operation } = node;
  return operation;
}

/** The steps on the way from the source to a step, itself included, in their order. */
export function wayTo({ steps }: Pick<Plan, 'steps'>, step: number): number[] {
  const found = new Set<number>();
  const open = [step];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === FROM_SOURCE || found.has(at)) continue;
    found.add(at);
    open.push(...steps[at]!.inputs);
  }
  return [...found].sort((a, b) => a - b);
}

/**
 * The plans that a recipe is carried out by, one after the other: one for all outputs without a target, one for each
 * output that has one.
 */
export function runsOf(plan: Plan): Plan[] {
  const plain = plan.outputs.filter(({ target }) => target === undefined);
  const searched = plan.outputs.filter(({ target }) => target !== undefined);
  return [
    ...(plain.length > 0 ? [withOutputs(plan, plain)] : []),
    ...searched.map((output) => withOutputs(plan, [output])),
  ];
}

/** A plan for some outputs alone, without the steps that these do not need. */
export function withOutputs({ steps }: Pick<Plan, 'steps'>, outputs: readonly PlanOutput[]): Plan {
  const needed = [...new Set(outputs.flatMap(({ step }) => wayTo({ steps }, step)))].sort((a, b) => a - b);
  const place = (index: number) => (index === FROM_SOURCE ? index : needed.indexOf(index));
  return {
    steps: needed.map((index) => ({ ...steps[index]!, inputs: steps[index]!.inputs.map(place) })),
    outputs: outputs.map((output) => ({ ...output, step: place(output.step) })),
  };
}

/** The keys of what a plan goes on from: of what is known, the last on each way to its outputs. */
export function lastKnown(
  { steps, outputs }: Plan,
  keys: readonly Sha256[],
  known: { has(key: Sha256): boolean },
): Sha256[] {
  const found: Sha256[] = [];
  const looked = new Set<number>();
  const open = outputs.map(({ step }) => step);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === FROM_SOURCE || looked.has(at)) continue;
    looked.add(at);
    if (known.has(keys[at]!)) found.push(keys[at]!);
    else open.push(...steps[at]!.inputs);
  }
  return found;
}

/** How many steps and outputs take the result of a step, or the source. */
export function usesOf({ steps, outputs }: Plan, step: number): number {
  const taken = [...steps.flatMap(({ inputs }) => inputs), ...outputs.map((output) => output.step)];
  return taken.filter((index) => index === step).length;
}
