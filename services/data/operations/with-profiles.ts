import type { OrganizationId } from '#contracts/ids/ids.ts';
import { type AnyRecipe, isGraph } from '#contracts/operations/any-recipe.ts';
import type { Gates } from '#contracts/operations/recipe.ts';
import { isBuiltIn } from '#contracts/rest/resources/validation-profile.ts';
import { readValidationProfile } from '../store/validation-profiles.ts';
import type { DataReader } from '../tables.ts';

/**
 * A recipe with the organisation's validation profiles in place of their names: who carries it out knows the built-in
 * ones alone, and a profile that is changed afterwards makes another recipe of it.
 *
 * @throws MaquetteError `not_found` for a profile that the organisation does not have
 */
export async function withProfiles(
  db: DataReader,
  organizationId: OrganizationId,
  recipe: AnyRecipe,
): Promise<AnyRecipe> {
  const resolved = async <T extends { gates?: Gates | undefined }>(of: T): Promise<T> => {
    const name = of.gates?.profile;
    if (typeof name !== 'string' || isBuiltIn(name)) return of;
    const { description, rules } = await readValidationProfile(db, organizationId, name);
    return { ...of, gates: { ...of.gates, profile: { name, description, rules } } };
  };
  if (!isGraph(recipe)) return resolved(recipe);
  const outputs: typeof recipe.outputs = {};
  for (const [name, output] of Object.entries(recipe.outputs)) outputs[name] = await resolved(output);
  return { ...(await resolved(recipe)), outputs };
}
