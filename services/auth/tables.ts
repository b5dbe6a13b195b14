import type { ColumnType, Generated, Kysely } from 'kysely';
import type { KeyScope } from '#contracts/access/policy.ts';
import type { Role } from '#contracts/access/roles.ts';
import type { ApiKeyId, OrganizationId, UserId } from '#contracts/ids/ids.ts';
import type { Database, Trx } from '#platform/database/database.ts';

type Timestamp = ColumnType<Date, Date | undefined, Date>;
type NullableTimestamp = ColumnType<Date | null, Date | null | undefined, Date | null>;

/** Table of the keys of requests to the auth service. */
export const IDEMPOTENCY_TABLE = 'auth_idempotency_keys';

/** `organizations`: the tenants. Every row of every other owner belongs to one. */
export interface OrganizationsTable {
  id: OrganizationId;
  name: string;
  created_at: Timestamp;
}

/** `users`: people. */
export interface UsersTable {
  id: UserId;
  /** Null for the owner that the first start makes: nobody has signed in as him yet. */
  email: string | null;
  name: string;
  created_at: Timestamp;
}

/** `memberships`: which user has which role in which organisation. */
export interface MembershipsTable {
  organization_id: OrganizationId;
  user_id: UserId;
  role: Role;
  created_at: Timestamp;
}

/** `api_keys`: keys by their hash; the secret itself is nowhere. */
export interface ApiKeysTable {
  id: ApiKeyId;
  organization_id: OrganizationId;
  name: string;
  /** The key's first characters, for people. */
  prefix: string;
  /** SHA-256 of the key in hexadecimal. */
  sha256: string;
  role: Role;
  scopes: ColumnType<KeyScope[], string, string>;
  created_at: Generated<Date>;
  expires_at: NullableTimestamp;
  last_used_at: NullableTimestamp;
  revoked_at: NullableTimestamp;
}

export interface AuthSchema {
  organizations: OrganizationsTable;
  users: UsersTable;
  memberships: MembershipsTable;
  api_keys: ApiKeysTable;
}

export type AuthDatabase = Database<AuthSchema>;
export type AuthTrx = Trx<AuthSchema>;
export type AuthReader = Kysely<AuthSchema>;
