import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClientBase } from 'pg';
import type { OrganizationId } from '#contracts/ids/ids.ts';

/**
 * The role that queries in the name of an organisation run under. It owns nothing and bypasses nothing, so that the
 * policies of `row-security.ts` hold for it, whatever a query forgets to say.
 */
export const TENANT_ROLE = 'maquette_tenant';
/** The setting that policies compare with. */
export const TENANT_SETTING = 'maquette.organization';

const scope = new AsyncLocalStorage<OrganizationId | undefined>();

/** Does work in the name of an organisation: its queries see and change nothing of any other. */
export function asTenant<T>(organizationId: OrganizationId, work: () => T): T {
  return scope.run(organizationId, work);
}

/** Does work in the server's own name, also when it is called for by an organisation: what is shared by all of them. */
export function asSystem<T>(work: () => T): T {
  return scope.run(undefined, work);
}

/** What a connection is set to; one that is not here is as it was opened. */
const settings = new WeakMap<ClientBase, OrganizationId>();

/**
 * Sets a connection that was just taken out of the pool to the scope of the call. It keeps the setting: in the usual case
 * the next call is of the same organisation, and costs no round trip more; within a transaction none ever does.
 *
 * Set for the session and not for a transaction, because single reads have none: one around each would be three round
 * trips in place of one. A proxy that hands a connection to others between transactions (PgBouncer in transaction mode)
 * must therefore not stand in between, as for LISTEN.
 */
export async function enterScope(client: ClientBase, wanted = scope.getStore()): Promise<void> {
  if (settings.get(client) === wanted) return;
  const role = wanted === undefined ? 'none' : TENANT_ROLE;
  // Whatever comes of it, the next one asks again.
  settings.delete(client);
  await client.query(`select set_config('role', $1, false), set_config('${TENANT_SETTING}', $2, false)`, [
    role,
    wanted ?? '',
  ]);
  if (wanted !== undefined) settings.set(client, wanted);
}
