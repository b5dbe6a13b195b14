import { z } from 'zod';

/** Roles, the strongest first: each may do all that the ones after it may. */
export const ROLES = ['owner', 'admin', 'editor', 'viewer'] as const;

/** What somebody is in an organisation, or in one of its projects. */
export const Role = z.enum(ROLES);

export type Role = z.infer<typeof Role>;

/** Whether a role may do what needs at least another one. */
export function roleReaches(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(least);
}
