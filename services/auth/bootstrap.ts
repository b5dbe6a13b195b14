import { sql } from 'kysely';
import { KEY_SCOPES } from '#contracts/access/policy.ts';
import type { OrganizationId, UserId } from '#contracts/ids/ids.ts';
import { hashPassword } from '#platform/secrets/passwords.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import { hashApiKey, isLiveKeySecret, newApiKeySecret } from './api-key-secret.ts';
import { audit } from './audit.ts';
import { malformedBootstrapKey } from './errors.ts';
import { findByHash, hasApiKey, insertApiKey, makeAdministrator } from './store/api-keys.ts';
import { firstOrganization } from './store/organizations.ts';
import type { AuthDatabase, AuthTrx } from './tables.ts';

/** The first person: how they sign in. */
export interface FirstOwner {
  email: string;
  password: string;
}

/**
 * Makes the first organisation with its owner, and an API key with all rights in it: the given one, or one of its own when
 * none is given and the organisation never had any. Calling it again, or at the same time in several processes, changes
 * nothing more.
 *
 * @returns `newApiKey` is the secret of a key that this call made itself; it cannot be read again
 * @throws MaquetteError `config_invalid` when the given key has not the form of one
 * @param input.owner gives the owner of the first start, who has none yet, an address and a password
 */
export async function bootstrap(
  database: AuthDatabase,
  logger: Logger,
  input: { organizationName: string; apiKey: string | undefined; owner?: FirstOwner | undefined },
): Promise<{ organizationId: OrganizationId; newApiKey: string | undefined }> {
  const { organizationName, apiKey } = input;
  if (apiKey !== undefined && !isLiveKeySecret(apiKey)) throw malformedBootstrapKey();
  const passwordHash = input.owner && (await hashPassword(input.owner.password));
  return database.transaction(async (trx) => {
    const organizationId = await firstOrganization(trx, organizationName);
    if (input.owner && passwordHash) await nameOwner(trx, organizationId, input.owner.email, passwordHash);
    const key = { organizationId, role: 'owner', scopes: KEY_SCOPES, test: false, expiresAt: null } as const;
    if (apiKey === undefined) {
      if (await hasApiKey(trx, organizationId)) return { organizationId, newApiKey: undefined };
      const secret = newApiKeySecret('live');
      await insertApiKey(trx, { ...key, name: 'First key', secret });
      return { organizationId, newApiKey: secret };
    }
    const known = await findByHash(trx, hashApiKey(apiKey));
    if (!known) {
      await insertApiKey(trx, { ...key, name: 'Bootstrap key', secret: apiKey });
    } else if (known.organization_id !== organizationId) {
      logger.warn({ apiKeyId: known.id }, 'the bootstrap key belongs to another organisation and stays as it is');
    } else {
      // Scopes that came with a newer version belong to an administrator's key too.
      await makeAdministrator(trx, known.id, KEY_SCOPES);
      // Whoever revoked it had a reason that a restart does not undo.
      if (known.revoked_at !== null) logger.warn({ apiKeyId: known.id }, 'the bootstrap key is revoked and stays so');
    }
    return { organizationId, newApiKey: undefined };
  });
}

/** Only an owner whom nobody has signed in as yet: a restart must not take back a password that was changed since. */
async function nameOwner(trx: AuthTrx, organizationId: OrganizationId, email: string, hash: string): Promise<void> {
  const { rows } = await sql<{ id: UserId }>`
    update users set email = ${email}, password_hash = ${hash}
    where email is null and password_hash is null
      and id = (select user_id from memberships where organization_id = ${organizationId} and role = 'owner'
        order by created_at, user_id limit 1)
    returning id`.execute(trx);
  const [owner] = rows;
  if (owner) await audit(trx, { organizationId, action: 'nameOwner', subject: { type: 'user', id: owner.id } });
}
