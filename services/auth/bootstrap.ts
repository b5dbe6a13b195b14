import { KEY_SCOPES } from '#contracts/access/policy.ts';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import { hashApiKey, isApiKeySecret, newApiKeySecret } from './api-key-secret.ts';
import { malformedBootstrapKey } from './errors.ts';
import { findByHash, hasApiKey, insertApiKey, makeAdministrator } from './store/api-keys.ts';
import { firstOrganization } from './store/organizations.ts';
import type { AuthDatabase } from './tables.ts';

/**
 * Makes the first organisation with its owner, and an API key with all rights in it: the given one, or one of its own when
 * none is given and the organisation never had any. Calling it again, or at the same time in several processes, changes
 * nothing more.
 *
 * @returns `newApiKey` is the secret of a key that this call made itself; it cannot be read again
 * @throws MaquetteError `config_invalid` when the given key has not the form of one
 */
export async function bootstrap(
  database: AuthDatabase,
  logger: Logger,
  input: { organizationName: string; apiKey: string | undefined },
): Promise<{ organizationId: OrganizationId; newApiKey: string | undefined }> {
  const { organizationName, apiKey } = input;
  if (apiKey !== undefined && !isApiKeySecret(apiKey)) throw malformedBootstrapKey();
  return database.transaction(async (trx) => {
    const organizationId = await firstOrganization(trx, organizationName);
    const key = { organizationId, role: 'owner', scopes: KEY_SCOPES, expiresAt: null } as const;
    if (apiKey === undefined) {
      if (await hasApiKey(trx, organizationId)) return { organizationId, newApiKey: undefined };
      const secret = newApiKeySecret();
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
