import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PUBLIC_API } from '../rest/public-api.ts';
import type { PublicEndpoint } from '../rest/public-endpoint.ts';
import { accessDocumentation } from './documentation.ts';
import { isKeyScope, KEY_SCOPES, roleHas, SCOPE_RULES, scopesOf, scopesWithin } from './policy.ts';
import { ROLES } from './roles.ts';

const operations: [string, PublicEndpoint][] = Object.entries(PUBLIC_API);

/** Operations that anybody may ask for. Each is here with a reason: a new one is not public by mistake. */
const PUBLIC: Record<string, string> = {
  getHealth: 'a supervisor asks it',
  getReadiness: 'a load balancer asks it',
  getMetrics: 'Prometheus asks it; keep it from the outside in the proxy',
  getOpenApi: 'clients learn from it how to sign in',
  getSigningKeys: 'whoever verifies tokens needs them; they are public',
  startOidc: 'a person begins to sign in',
  finishOidc: 'the provider proves who it is',
  signIn: 'the password proves who it is',
  resetPassword: 'the token proves who it is',
  acceptInvitation: 'the token proves who it is',
};

/** They read, though what they ask for comes in a body. */
const READ_BY_POST = ['estimateRender'];

describe('the policy table', () => {
  it.each(operations)('has the scope of %s', (operationId, { scope }) => {
    if (scope === 'public') expect(PUBLIC).toHaveProperty(operationId);
    else if (scope !== 'authenticated') expect(SCOPE_RULES).toHaveProperty([scope]);
  });

  it('has no scope that nothing needs', () => {
    const needed = new Set<string>(operations.map(([, { scope }]) => scope));
    expect(KEY_SCOPES.filter((scope) => !needed.has(scope))).toEqual([]);
  });

  it('gives each role all that the next weaker one has', () => {
    for (const [index, role] of ROLES.entries()) {
      const weaker = ROLES[index + 1];
      if (weaker !== undefined) expect(scopesOf(role)).toEqual(expect.arrayContaining(scopesOf(weaker)));
    }
    expect(scopesOf('owner')).toEqual(KEY_SCOPES);
  });

  it('lets viewers change nothing', () => {
    const changes = operations.filter(
      ([operationId, { scope, method }]) =>
        isKeyScope(scope) && method !== 'GET' && !READ_BY_POST.includes(operationId),
    );
    expect(changes.length).toBeGreaterThan(10);
    const allowed = changes.filter(([, { scope }]) => isKeyScope(scope) && roleHas('viewer', scope));
    expect(allowed.map(([operationId]) => operationId)).toEqual([]);
  });

  it('keeps keys within the role of their holder', () => {
    expect(scopesWithin('viewer', ['assets:write', 'assets:read', 'nonsense'])).toEqual(['assets:read']);
    expect(scopesWithin('owner', KEY_SCOPES)).toEqual(KEY_SCOPES);
  });
});

it('docs/access.md is up to date (`npm run docs` makes it)', async () => {
  expect(await readFile('docs/access.md', 'utf8')).toBe(accessDocumentation());
});
