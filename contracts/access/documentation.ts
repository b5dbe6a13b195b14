import { PUBLIC_API } from '../rest/public-api.ts';
import type { PublicEndpoint } from '../rest/public-endpoint.ts';
import { KEY_SCOPES, roleHas, SCOPE_RULES, type Scope } from './policy.ts';
import { ROLES } from './roles.ts';

const INTRODUCTION = `# Who may do what

This page is generated from \`contracts/access\` by \`npm run docs\`. The gateway refuses by the same table.

Whoever asks belongs to one organisation and has a role in it. The role says which scopes they have; an API key may do the part of them that its own list names. What another organisation owns answers 404, as if it were not there.

## Scopes and roles
`;

/** `docs/access.md`: the policy table, and what each scope opens. A test keeps the file up to date. */
export function accessDocumentation(): string {
  const header = `| Scope | Allows to | ${ROLES.join(' | ')} |\n| --- | --- |${ROLES.map(() => ' --- |').join('')}`;
  const rows = KEY_SCOPES.map((scope) => {
    const marks = ROLES.map((role) => (roleHas(role, scope) ? 'yes' : '–'));
    return `| \`${scope}\` | ${SCOPE_RULES[scope].allows} | ${marks.join(' | ')} |`;
  });
  const wanted: Scope[] = ['public', 'authenticated', ...KEY_SCOPES];
  const opened = wanted.map((scope) => `| ${nameOf(scope)} | ${operationsOf(scope).join(', ')} |`);
  return [
    INTRODUCTION,
    header,
    ...rows,
    '\n## What each scope opens\n',
    '| Scope | Operations |\n| --- | --- |',
    ...opened,
    '',
  ].join('\n');
}

function nameOf(scope: Scope): string {
  if (scope === 'public') return 'none';
  return scope === 'authenticated' ? 'any' : `\`${scope}\``;
}

function operationsOf(scope: Scope): string[] {
  return Object.values<PublicEndpoint>(PUBLIC_API)
    .filter((endpoint) => endpoint.scope === scope)
    .map(({ method, path }) => `\`${method} ${path}\``);
}
