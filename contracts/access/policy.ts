import { ROLES, type Role, roleReaches } from './roles.ts';

/** One permission: what it allows, and who may have it. */
export interface ScopeRule {
  /** What it allows, for people; follows "May". */
  allows: string;
  /** The weakest role whose holders have it. */
  least: Role;
}

/**
 * Who may do what. Every operation of the public API names one of these scopes, or none at all (`public`,
 * `authenticated`); the gateway refuses by this table, and `docs/access.md` and the OpenAPI document are made of it.
 *
 * What somebody may do is what their role allows here; an API key or access token may do the part of it that its own list
 * of scopes names.
 */
export const SCOPE_RULES = {
  'projects:read': { least: 'viewer', allows: 'list and read projects' },
  'projects:write': { least: 'editor', allows: 'make, rename and delete projects' },
  'assets:read': { least: 'viewer', allows: 'list, read and download assets, and have pictures of them by URL' },
  'assets:write': { least: 'editor', allows: 'upload, change and delete assets, run recipes, keep profiles' },
  'renders:write': { least: 'editor', allows: 'ask for renders' },
  'jobs:read': { least: 'viewer', allows: 'list and read jobs' },
  'jobs:write': { least: 'editor', allows: 'cancel jobs and batches, and have failed ones done again' },
  'events:read': { least: 'viewer', allows: 'listen to events' },
  'webhooks:read': { least: 'editor', allows: 'list and read webhooks and what was sent to them' },
  'webhooks:write': { least: 'admin', allows: 'make, change, test and delete webhooks, and change their secrets' },
  'organization:write': {
    least: 'admin',
    allows: 'rename the organisation, and say which origins its pages may come from',
  },
  'members:read': { least: 'viewer', allows: 'list members and their roles' },
  'members:write': { least: 'admin', allows: 'invite, change and remove members, and give roles in projects' },
  'audit:read': { least: 'admin', allows: 'read the audit log' },
  'keys:read': { least: 'admin', allows: 'list API keys' },
  'keys:write': { least: 'admin', allows: 'make and revoke API keys' },
} as const satisfies Record<string, ScopeRule>;

/** A scope that an API key can hold. */
export type KeyScope = keyof typeof SCOPE_RULES;

/** All of them, in the order of the table. */
export const KEY_SCOPES = Object.keys(SCOPE_RULES) as [KeyScope, ...KeyScope[]];

/**
 * What an operation needs: nothing (`public`), anybody who is known (`authenticated`), one scope, or to be called from
 * inside of the cluster (`internal`).
 */
export type Scope = 'public' | 'authenticated' | 'internal' | KeyScope;

/** Whether an operation's scope is one that a key must hold. */
export function isKeyScope(scope: string): scope is KeyScope {
  return Object.hasOwn(SCOPE_RULES, scope);
}

/** What an operation with a scope needs, as a sentence. */
export function needOf(scope: Scope): string {
  switch (scope) {
    case 'public':
      return 'Needs no API key.';
    case 'authenticated':
      return 'Needs any API key, or somebody who is signed in.';
    case 'internal':
      return 'Is not for clients.';
    default:
      return `Needs the scope \`${scope}\`, which the roles ${rolesWith(scope).join(', ')} have.`;
  }
}

/** Whether a role has a scope. */
export function roleHas(role: Role, scope: KeyScope): boolean {
  return roleReaches(role, SCOPE_RULES[scope].least);
}

/** All scopes of a role. */
export function scopesOf(role: Role): KeyScope[] {
  return KEY_SCOPES.filter((scope) => roleHas(role, scope));
}

/** The roles that have a scope, the strongest first. */
export function rolesWith(scope: KeyScope): Role[] {
  return ROLES.filter((role) => roleHas(role, scope));
}

/** What remains of a list of scopes within a role; unknown ones are left out. */
export function scopesWithin(role: Role, scopes: Iterable<string>): KeyScope[] {
  const asked = new Set(scopes);
  return scopesOf(role).filter((scope) => asked.has(scope));
}
