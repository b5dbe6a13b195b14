import type { ColumnType, Generated, Kysely } from 'kysely';
import type { KeyScope } from '#contracts/access/policy.ts';
import type { Role } from '#contracts/access/roles.ts';
import type {
  ApiKeyId,
  InvitationId,
  OrganizationId,
  ProjectId,
  ServiceAccountId,
  SessionId,
  UserId,
} from '#contracts/ids/ids.ts';
import type { Database, Trx } from '#platform/database/database.ts';

type Timestamp = ColumnType<Date, Date | undefined, Date>;
type NullableTimestamp = ColumnType<Date | null, Date | null | undefined, Date | null>;

/** Table of the keys of requests to the auth service. */
export const IDEMPOTENCY_TABLE = 'auth_idempotency_keys';
/** Table of what was done in the auth service. */
export const AUDIT_TABLE = 'auth_audit_log';

/** `organizations`: the tenants. Every row of every other owner belongs to one. */
export interface OrganizationsTable {
  id: OrganizationId;
  name: string;
  /** The organisation whose test side this is; of nobody else can it be reached. */
  test_of: ColumnType<OrganizationId | null, OrganizationId | undefined, never>;
  created_at: Timestamp;
}

/** `allowed_origins`: whose pages may use the API for an organisation. */
export interface AllowedOriginsTable {
  origin: string;
  organization_id: OrganizationId;
}

/** `users`: people. */
export interface UsersTable {
  id: UserId;
  /** Null for the owner that the first start makes: nobody has signed in as him yet. */
  email: string | null;
  name: string;
  /** Argon2id in its own text form; null for who signs in otherwise. */
  password_hash: ColumnType<string | null, string | null | undefined, string | null>;
  created_at: Timestamp;
}

/** `identities`: accounts at OpenID providers, by which people sign in. */
export interface IdentitiesTable {
  issuer: string;
  subject: string;
  user_id: UserId;
  created_at: Timestamp;
}

/** `memberships`: which user has which role in which organisation. */
export interface MembershipsTable {
  organization_id: OrganizationId;
  user_id: UserId;
  role: Role;
  created_at: Timestamp;
}

/** `project_memberships`: roles in single projects, beside the one in the organisation. */
export interface ProjectMembershipsTable {
  organization_id: OrganizationId;
  project_id: ProjectId;
  user_id: UserId;
  role: Role;
  created_at: Timestamp;
}

/** `invitations`: by the hash of their token. */
export interface InvitationsTable {
  id: InvitationId;
  organization_id: OrganizationId;
  email: string;
  /** In the project, where there is one. */
  role: Role;
  /** The one project that a guest is invited to. */
  project_id: ColumnType<ProjectId | null, ProjectId | null | undefined, never>;
  /** The person who invites, by themselves or by a key of theirs. */
  user_id: ColumnType<UserId | null, UserId | null | undefined, never>;
  sha256: string;
  created_at: Timestamp;
  expires_at: Date;
  accepted_at: NullableTimestamp;
  revoked_at: NullableTimestamp;
}

/** `sessions`: people who are signed in, by the hash of what their cookie holds. */
export interface SessionsTable {
  id: SessionId;
  user_id: UserId;
  /** The one that they work in. */
  organization_id: OrganizationId;
  sha256: string;
  /** Of the token before, which counts for a moment yet. */
  previous_sha256: string | null;
  /** Whether somebody has come with the token: until then its predecessor is all that they may have. */
  arrived: Generated<boolean>;
  /** Of a successor that had not arrived when another took its place. */
  lost_sha256: ColumnType<string | null, string | null | undefined, string | null>;
  csrf_token: string;
  address: string | null;
  user_agent: string | null;
  created_at: Timestamp;
  rotated_at: Timestamp;
  last_seen_at: Timestamp;
  revoked_at: NullableTimestamp;
}

/** `password_resets`: by the hash of their token. */
export interface PasswordResetsTable {
  sha256: string;
  user_id: UserId;
  created_at: Timestamp;
  expires_at: Date;
}

/** `service_accounts`: principals that are no people. */
export interface ServiceAccountsTable {
  id: ServiceAccountId;
  organization_id: OrganizationId;
  name: string;
  role: Role;
  created_at: Timestamp;
}

/** `signing_keys`: what access tokens are signed with. */
export interface SigningKeysTable {
  kid: string;
  jwk: ColumnType<Record<string, unknown>, string, string>;
  /** The private key, sealed. */
  sealed_key: string;
  created_at: Timestamp;
}

/** `revocations`: what ended before the access tokens that were made of it. */
export interface RevocationsTable {
  subject_id: string;
  /** A time to come where a key is being replaced. */
  revoked_at: Date;
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
  /** Bounds the scopes; of a service account its own role counts. */
  role: Role;
  service_account_id: ServiceAccountId | null;
  /** The person who made it. */
  user_id: UserId | null;
  scopes: ColumnType<KeyScope[], string, string>;
  /** Whether it works on the test side of its organisation. */
  test: ColumnType<boolean, boolean | undefined, never>;
  created_at: Generated<Date>;
  expires_at: NullableTimestamp;
  last_used_at: NullableTimestamp;
  revoked_at: NullableTimestamp;
}

export interface AuthSchema {
  organizations: OrganizationsTable;
  allowed_origins: AllowedOriginsTable;
  users: UsersTable;
  memberships: MembershipsTable;
  identities: IdentitiesTable;
  project_memberships: ProjectMembershipsTable;
  invitations: InvitationsTable;
  sessions: SessionsTable;
  password_resets: PasswordResetsTable;
  service_accounts: ServiceAccountsTable;
  signing_keys: SigningKeysTable;
  revocations: RevocationsTable;
  api_keys: ApiKeysTable;
}

export type AuthDatabase = Database<AuthSchema>;
export type AuthTrx = Trx<AuthSchema>;
export type AuthReader = Kysely<AuthSchema>;
