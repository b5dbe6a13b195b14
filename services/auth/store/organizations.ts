import { sql } from 'kysely';
import { newId, type OrganizationId } from '#contracts/ids/ids.ts';
import type { AuthReader, AuthTrx } from '../tables.ts';

/** The organisation that was made first, made now with its owner when there is none. Safe when several processes start. */
export async function firstOrganization(trx: AuthTrx, name: string): Promise<OrganizationId> {
  await sql`select pg_advisory_xact_lock(hashtextextended('maquette first organisation', 0))`.execute(trx);
  const found = await trx.selectFrom('organizations').select('id').orderBy('id').limit(1).executeTakeFirst();
  if (found) return found.id;
  const organizationId = newId('organization');
  const userId = newId('user');
  await trx.insertInto('organizations').values({ id: organizationId, name }).execute();
  await trx.insertInto('users').values({ id: userId, email: null, name: 'Owner' }).execute();
  await trx
    .insertInto('memberships')
    .values({ organization_id: organizationId, user_id: userId, role: 'owner' })
    .execute();
  return organizationId;
}

/** The test side of an organisation, made when there is none yet. Nobody is a member of it. */
export async function holdTestSide(trx: AuthReader, id: OrganizationId): Promise<void> {
  await sql`
    insert into organizations (id, name, test_of)
    select ${newId('organization')}, name || ' (test)', id from organizations where id = ${id}
    on conflict (test_of) do nothing`.execute(trx);
}

export async function hasOrganization(db: AuthReader, id: OrganizationId): Promise<boolean> {
  const row = await db.selectFrom('organizations').select('id').where('id', '=', id).executeTakeFirst();
  return row !== undefined;
}

/** The organisation whose test side one is, or itself. */
export async function homeOf(db: AuthReader, id: OrganizationId): Promise<OrganizationId> {
  const row = await db.selectFrom('organizations').select('test_of').where('id', '=', id).executeTakeFirst();
  return row?.test_of ?? id;
}
