import { sql } from 'kysely';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import { audit } from '../audit.ts';
import type { AuthReader, AuthTrx } from '../tables.ts';

/** The origins that each of some organisations allows, in alphabetical order; a test side those of its organisation. */
export async function allowedOriginsOf(
  db: AuthReader,
  ids: readonly OrganizationId[],
): Promise<Map<OrganizationId, string[]>> {
  const origins = new Map<OrganizationId, string[]>(ids.map((id) => [id, []]));
  const rows = await db
    .selectFrom('organizations')
    .innerJoin('allowed_origins', (join) =>
      join.on(sql<boolean>`allowed_origins.organization_id = coalesce(organizations.test_of, organizations.id)`),
    )
    .select(['organizations.id', 'allowed_origins.origin'])
    .where('organizations.id', 'in', ids)
    .orderBy('allowed_origins.origin')
    .execute();
  for (const { id, origin } of rows) origins.get(id)?.push(origin);
  return origins;
}

/** Lets an organisation allow these origins, and no others any more. */
export async function setAllowedOrigins(
  trx: AuthTrx,
  organizationId: OrganizationId,
  origins: readonly string[],
): Promise<void> {
  await trx.deleteFrom('allowed_origins').where('organization_id', '=', organizationId).execute();
  if (origins.length > 0) {
    const rows = origins.map((origin) => ({ origin, organization_id: organizationId }));
    await trx.insertInto('allowed_origins').values(rows).execute();
  }
  const subject = { type: 'organization', id: organizationId };
  await audit(trx, { organizationId, action: 'setAllowedOrigins', subject, details: { origins } });
}

/**
 * Whether pages of an origin may use the API for an organisation; the test side of one allows what it allows itself.
 * @param organizationId undefined: for any at all
 */
export async function originAllowed(
  db: AuthReader,
  origin: string,
  organizationId: OrganizationId | undefined,
): Promise<boolean> {
  const id = organizationId ?? null;
  const { rows } = await sql<{ allowed: boolean }>`
    select exists (
      select from allowed_origins
      where origin = ${origin} and (${id}::text is null or organization_id in (
        select coalesce(test_of, id) from organizations where id = ${id}))
    ) as allowed`.execute(db);
  return rows[0]?.allowed ?? false;
}
