import { DEFAULT_ISSUER } from '#contracts/access/access-token.ts';
import type { Sealer } from '#platform/secrets/sealer.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import type { FirstOwner } from './bootstrap.ts';
import type { KeyUsage } from './key-usage.ts';
import type { SessionSettings } from './people/sessions.ts';
import type { IdentityPolicy } from './people/sign-in-by-identity.ts';
import type { AuthDatabase } from './tables.ts';

/** What an operator may set. */
export interface AuthSettings {
  session: SessionSettings;
  identity: IdentityPolicy;
  /** The owner of the first organisation, when the first start is to give them a password. */
  owner: FirstOwner | undefined;
  /** Who makes access tokens: the public address of the server, or another fixed text. */
  issuer: string;
  /** Organisations that one person may own. */
  organizationsPerPerson: number;
  /** How long the audit log is kept, in days. */
  auditDays: number;
}

/** Unless an operator says otherwise. */
export const AUTH_DEFAULTS: AuthSettings = {
  session: { idleHours: 7 * 24, hours: 30 * 24 },
  identity: { joinDomains: [], joinRole: 'viewer' },
  owner: undefined,
  issuer: DEFAULT_ISSUER,
  organizationsPerPerson: 10,
  auditDays: 365,
};

/** What the handlers work with. */
export interface AuthDeps {
  database: AuthDatabase;
  /** Keeps the private keys of access tokens. */
  sealer: Sealer;
  usage: KeyUsage;
  logger: Logger;
  settings: AuthSettings;
}
