import { z } from 'zod';

/**
 * Roles, the strongest first: each may do all that the ones after it may. A guest may do nothing in the organisation: what
 * they may do is in the projects where they have a role.
 */
export const ROLES = ['owner', 'admin', 'editor', 'viewer', 'guest'] as const;

/** What somebody is in an organisation, or in one of its projects. */
export const Role = z.enum(ROLES);

export type Role = z.infer<typeof Role>;

/** A role that allows something by itself: what somebody is in a project, and a program in an organisation. */
export const WorkingRole = Role.exclude(['guest']);

/** Whether a role may do what needs at least another one. */
export function roleReaches(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(least);
}
