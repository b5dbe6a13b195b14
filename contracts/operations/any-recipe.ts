import { z } from 'zod';
import { Recipe } from './recipe.ts';
import { RecipeGraph } from './recipe-graph.ts';

/** A recipe as it is carried out: a list of operations or a graph of them. */
export const AnyRecipe = z.union([Recipe, RecipeGraph]);

export type AnyRecipe = Recipe | RecipeGraph;

/** Whether a recipe is a graph. */
export function isGraph(recipe: AnyRecipe): recipe is RecipeGraph {
  return 'nodes' in recipe;
}
