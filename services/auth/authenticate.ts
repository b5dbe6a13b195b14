import { timingSafeEqual } from 'node:crypto';
import type { Role } from '#contracts/access/roles.ts';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import { hashApiKey, isApiKeySecret } from './api-key-secret.ts';
import { unauthenticated } from './errors.ts';
import type { KeyUsage } from './key-usage.ts';
import { type ApiKeyRow, findByHash } from './store/api-keys.ts';
import type { AuthReader } from './tables.ts';

/**
 * The key behind a secret, with the organisation that it works on.
 *
 * @throws MaquetteError `unauthenticated` when it is unknown, expired or revoked
 */
export async function authenticate(
  db: AuthReader,
  usage: KeyUsage,
  secret: string,
): Promise<ApiKeyRow & { works_on: OrganizationId; organization_name: string; account_role: Role | null }> {
  if (!isApiKeySecret(secret)) throw unauthenticated();
  const sha256 = hashApiKey(secret);
  const key = await findByHash(db, sha256);
  if (!key || !timingSafeEqual(Buffer.from(key.sha256), Buffer.from(sha256))) throw unauthenticated();
  if (key.revoked_at !== null) throw unauthenticated();
  if (key.expires_at !== null && key.expires_at.getTime() <= Date.now()) throw unauthenticated();
  usage.used(key.id);
  return key;
}
