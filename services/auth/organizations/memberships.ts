import type { Role } from '#contracts/access/roles.ts';
import type { OrganizationId, UserId } from '#contracts/ids/ids.ts';
import type { AuthReader, AuthTrx } from '../tables.ts';

/** What a person is in an organisation. */
export interface Membership {
  organizationId: OrganizationId;
  organizationName: string;
  role: Role;
  since: Date;
}

/** A person's organisations, the oldest membership first. */
export async function membershipsOf(db: AuthReader, userId: UserId): Promise<Membership[]> {
  return select(db).where('memberships.user_id', '=', userId).execute();
}

/** The organisation that a person has been in for longest. */
export async function firstMembership(db: AuthReader, userId: UserId): Promise<Membership | undefined> {
  return select(db).where('memberships.user_id', '=', userId).limit(1).executeTakeFirst();
}

/** What a person is in one organisation. */
export async function membershipOf(
  db: AuthReader,
  userId: UserId,
  organizationId: OrganizationId,
): Promise<Membership | undefined> {
  return selectOne(db, userId, organizationId).executeTakeFirst();
}

/**
 * The same, and keeps it so until the transaction ends: whoever takes it away waits, and then ends what was made by it.
 */
export async function holdMembership(
  trx: AuthReader,
  userId: UserId,
  organizationId: OrganizationId,
): Promise<Membership | undefined> {
  return selectOne(trx, userId, organizationId).forShare('memberships').executeTakeFirst();
}

/**
 * Makes a person a member; one who is a member already stays what they are, but for a guest, who becomes one. With a new
 * membership end tokens to reset their password: an administrator of the organisation they were in before holds one, and
 * would come into this one by it.
 *
 * @returns whether they are more than before
 */
export async function insertMembership(
  trx: AuthTrx,
  membership: { organizationId: OrganizationId; userId: UserId; role: Role },
): Promise<boolean> {
  const { organizationId, userId, role } = membership;
  const { numInsertedOrUpdatedRows: joined } = await trx
    .insertInto('memberships')
    .values({ organization_id: organizationId, user_id: userId, role })
    .onConflict((conflict) =>
      conflict.columns(['organization_id', 'user_id']).doUpdateSet({ role }).where('memberships.role', '=', 'guest'),
    )
    .executeTakeFirstOrThrow();
  if (joined !== 1n) return false;
  await trx.deleteFrom('password_resets').where('user_id', '=', userId).execute();
  return true;
}

function selectOne(db: AuthReader, userId: UserId, organizationId: OrganizationId) {
  return select(db).where('memberships.user_id', '=', userId).where('memberships.organization_id', '=', organizationId);
}

function select(db: AuthReader) {
  return db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .select([
      'memberships.organization_id as organizationId',
      'organizations.name as organizationName',
      'memberships.role as role',
      'memberships.created_at as since',
    ])
    .orderBy('memberships.created_at')
    .orderBy('memberships.organization_id');
}
