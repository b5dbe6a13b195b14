import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { ROLES, type Role } from '#platform/service/service.ts';

/** Usual gRPC ports of the roles, when they run as separate processes. */
export const RPC_PORTS: Record<Exclude<Role, 'gateway'>, number> = {
  auth: 3101,
  data: 3102,
  geometry: 3104,
  rendering: 3105,
};

/**
 * The roles that `maquette serve` was asked for; all of them without any.
 * @throws MaquetteError `invalid_request` for a name that is no role.
 */
export function parseRoles(names: string[]): Role[] {
  const unknown = names.filter((name) => !ROLES.includes(name as Role));
  if (unknown.length > 0) {
    throw new MaquetteError('invalid_request', `There is no role called ${unknown.join(', ')}.`, {
      remedy: `The roles are ${ROLES.join(', ')}; without any, all of them run in one process.`,
    });
  }
  return names.length === 0 ? [...ROLES] : [...new Set(names as Role[])];
}
