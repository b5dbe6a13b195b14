import { type Selectable, sql } from 'kysely';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import { builtInProfiles } from '#contracts/profiles/built-in.ts';
import type { Profile } from '#contracts/profiles/profile.ts';
import {
  isBuiltIn,
  MOST_PROFILES,
  type ValidationProfile,
  type ValidationProfileInput,
} from '#contracts/rest/resources/validation-profile.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { requireMatch } from '#platform/rest/entity-tags.ts';
import { preconditionFailed } from '#platform/rest/errors.ts';
import { profileBuiltIn, tooManyProfiles } from '../errors.ts';
import type { DataReader, DataTrx, ValidationProfilesTable } from '../tables.ts';

/** The built-in profiles, and those of an organisation by their names. */
export async function listValidationProfiles(
  db: DataReader,
  organizationId: OrganizationId,
): Promise<ValidationProfile[]> {
  const rows = await db
    .selectFrom('validation_profiles')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .orderBy('name')
    .execute();
  return [...Object.values(builtInProfiles()).map(builtIn), ...rows.map(toProfile)];
}

/** @throws MaquetteError `not_found` */
export async function readValidationProfile(
  db: DataReader,
  organizationId: OrganizationId,
  name: string,
): Promise<ValidationProfile> {
  if (isBuiltIn(name)) return builtIn(builtInProfiles()[name]);
  const row = await select(db, organizationId, name).executeTakeFirst();
  if (!row) throw notFound('validation profile', name);
  return toProfile(row);
}

/**
 * Makes a profile or replaces the one of its name.
 *
 * @param ifMatch what the change builds on, as `If-Match` says it: nothing matches one that is to be made
 * @throws MaquetteError `conflict` for the name of a built-in one, and for one more than an organisation may have;
 *   `precondition_failed`
 */
export async function putValidationProfile(
  trx: DataTrx,
  organizationId: OrganizationId,
  name: string,
  { description, rules }: ValidationProfileInput,
  ifMatch: string | undefined,
): Promise<ValidationProfile> {
  if (isBuiltIn(name)) throw profileBuiltIn(name);
  if (ifMatch !== undefined) {
    const before = await select(trx, organizationId, name).forUpdate().executeTakeFirst();
    if (!before) throw preconditionFailed(ifMatch);
    requireMatch(ifMatch, toProfile(before));
  }
  const row = await trx
    .insertInto('validation_profiles')
    .values({ organization_id: organizationId, name, description, rules: JSON.stringify(rules) })
    .onConflict((conflict) =>
      conflict
        .columns(['organization_id', 'name'])
        .doUpdateSet({ description, rules: JSON.stringify(rules), updated_at: sql<Date>`now()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  const { count } = await trx
    .selectFrom('validation_profiles')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  // Within the transaction: what is one too many is not kept.
  if (Number(count) > MOST_PROFILES) throw tooManyProfiles(MOST_PROFILES);
  return toProfile(row);
}

/**
 * @param ifMatch what the change builds on, as `If-Match` says it
 * @throws MaquetteError `not_found`, `conflict` for a built-in one, `precondition_failed`
 */
export async function deleteValidationProfile(
  trx: DataTrx,
  organizationId: OrganizationId,
  name: string,
  ifMatch: string | undefined,
): Promise<void> {
  if (isBuiltIn(name)) throw profileBuiltIn(name);
  const row = await select(trx, organizationId, name).forUpdate().executeTakeFirst();
  if (!row) throw notFound('validation profile', name);
  requireMatch(ifMatch, toProfile(row));
  await trx
    .deleteFrom('validation_profiles')
    .where('organization_id', '=', organizationId)
    .where('name', '=', name)
    .execute();
}

function select(db: DataReader, organizationId: OrganizationId, name: string) {
  return db
    .selectFrom('validation_profiles')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('name', '=', name);
}

function builtIn(profile: Profile): ValidationProfile {
  return { ...profile, builtIn: true, updatedAt: null };
}

function toProfile({ name, description, rules, updated_at }: Selectable<ValidationProfilesTable>): ValidationProfile {
  return { name, description, rules, builtIn: false, updatedAt: updated_at.toISOString() };
}
