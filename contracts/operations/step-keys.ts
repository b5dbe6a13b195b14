import type { Sha256 } from '../ids/sha256.ts';
import { derivativeKey } from '../jobs/derivative-key.ts';
import { byContent, type OtherContents } from './recipe-others.ts';
import { FROM_SOURCE, type Plan, usesOf } from './recipe-plan.ts';

/**
 * The name of what each step makes of a source: equal exactly where the source, the operations on the way, their
 * parameters, the other models that they take and the engine are, and where the same results on the way are handed on as
 * copies, which are written and read anew.
 *
 * @param source SHA-256 of the model
 * @param others of the models that the recipe takes beside it
 */
export function stepKeys(plan: Plan, source: Sha256, others: OtherContents): Sha256[] {
  const keys: Sha256[] = [];
  for (const { operation, inputs } of plan.steps) {
    const before = inputs.map((input) => {
      if (input === FROM_SOURCE) return source;
      return usesOf(plan, input) > 1 ? `${keys[input]} copied` : keys[input]!;
    });
    keys.push(derivativeKey(before.join(' '), 'recipe.step', byContent(operation, others)));
  }
  return keys;
}
