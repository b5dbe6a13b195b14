import type { Sha256 } from '../ids/sha256.ts';
import { type AnyRecipe, isGraph } from './any-recipe.ts';
import { type OtherModel, otherModel } from './other-model.ts';
import type { StepOperation } from './recipe-graph.ts';

/** What the models that a recipe takes beside its source hold, by the names that it has for them. */
export type OtherContents = ReadonlyMap<string, Sha256>;

/** The second model of an operation; null where it has none. */
export function otherOf(operation: StepOperation): OtherModel | null {
  return operation.type === 'boolean' && operation.with !== undefined ? otherModel(operation.with) : null;
}

/** The models that a recipe takes beside its source, each once, with a JSON pointer to where it first names it. */
export function othersOf(recipe: AnyRecipe): { model: string; pointer: string }[] {
  const named: [string, StepOperation][] = isGraph(recipe)
    ? Object.entries(recipe.nodes).map(([name, node]) => [`/nodes/${name}/with`, node as StepOperation])
    : recipe.operations.map((operation, index) => [`/operations/${index}/with`, operation]);
  const found = new Map<string, string>();
  for (const [pointer, operation] of named) {
    const model = otherOf(operation)?.model;
    if (model !== undefined && !found.has(model)) found.set(model, pointer);
  }
  return [...found].map(([model, pointer]) => ({ model, pointer }));
}

/**
 * An operation with what its second model holds in place of the model's name: what is made does not depend on what the
 * model is called.
 */
export function byContent(operation: StepOperation, contents: OtherContents): StepOperation {
  const other = otherOf(operation);
  if (!other) return operation;
  return { ...operation, with: { ...other, model: contents.get(other.model) ?? other.model } } as StepOperation;
}

/** A recipe whose operations are `byContent`. */
export function recipeByContent(recipe: AnyRecipe, contents: OtherContents): AnyRecipe {
  if (!isGraph(recipe)) {
    return { ...recipe, operations: recipe.operations.map((operation) => byContent(operation, contents)) } as AnyRecipe;
  }
  const nodes = Object.entries(recipe.nodes).map(([name, node]) => [name, byContent(node as StepOperation, contents)]);
  return { ...recipe, nodes: Object.fromEntries(nodes) } as AnyRecipe;
}
