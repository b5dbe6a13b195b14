import { roleReaches } from '#contracts/access/roles.ts';
import { priorityRefused } from './errors.ts';
import type { Principal } from './principal.ts';

/**
 * The priority that a request asks for. Whoever likes may let others pass; going first is for admins.
 * @throws MaquetteError `forbidden`
 */
export function permittedPriority({ role }: Pick<Principal, 'role'>, asked: number): number {
  if (asked > 0 && !roleReaches(role, 'admin')) throw priorityRefused(asked, role);
  return asked;
}
