import { type AssetId, idSchema, type OrganizationId } from '#contracts/ids/ids.ts';
import type { RecipeOther } from '#contracts/jobs/job-kinds.ts';
import type { AnyRecipe } from '#contracts/operations/any-recipe.ts';
import { type OtherContents, othersOf } from '#contracts/operations/recipe-others.ts';
import { invalid, notProcessed, otherNotFound } from '../errors.ts';
import { readNewestVersion } from '../store/versions.ts';
import type { DataReader } from '../tables.ts';

/**
 * The models that a recipe takes beside its asset: the newest versions of assets of the organisation, as they are when
 * the recipe is asked for.
 *
 * @throws MaquetteError `invalid_request` for a name that is no id of an asset, `not_found`, `conflict` while (or
 * because) one has no normalised model
 */
export async function readOthers(
  db: DataReader,
  organizationId: OrganizationId,
  recipe: AnyRecipe,
): Promise<RecipeOther[]> {
  const others: RecipeOther[] = [];
  for (const { model, pointer } of othersOf(recipe)) {
    const assetId = assetNamed(model, pointer);
    const version = await readNewestVersion(db, organizationId, assetId);
    if (!version) throw otherNotFound(assetId, pointer);
    if (!version.glb) throw notProcessed(assetId, version.state, 'taken by a recipe');
    others.push({ model, assetId, versionId: version.id, glb: version.glb });
  }
  return others;
}

function assetNamed(model: string, pointer: string): AssetId {
  const id = idSchema('asset').safeParse(model);
  if (id.success) return id.data;
  const remedy = 'Upload the model, and give the id of its asset (`ast_…`).';
  throw invalid(pointer, `\`${model}\` is no id of an asset`, remedy);
}

/** The first of some models whose version is not there any more. */
export async function findGone(db: DataReader, others: readonly RecipeOther[]): Promise<RecipeOther | undefined> {
  if (others.length === 0) return undefined;
  const ids = others.map(({ versionId }) => versionId);
  const rows = await db.selectFrom('versions').select('id').where('id', 'in', ids).execute();
  const there = new Set(rows.map(({ id }) => id));
  return others.find(({ versionId }) => !there.has(versionId));
}

/** What the models hold, by the names that the recipe has for them. */
export function contentsOf(others: readonly RecipeOther[]): OtherContents {
  return new Map(others.map(({ model, glb }) => [model, glb.sha256]));
}
