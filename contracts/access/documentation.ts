import { PUBLIC_API } from '../rest/public-api.ts';
import type { PublicEndpoint } from '../rest/public-endpoint.ts';
import { KEY_SCOPES, roleHas, SCOPE_RULES, type Scope } from './policy.ts';
import { ROLES } from './roles.ts';

const INTRODUCTION = `# Who may do what

This page is generated from \`contracts/access\` by \`npm run docs\`. The gateway refuses by the same table.

Whoever asks belongs to one organisation and has a role in it. The role says which scopes they have; an API key or access token may do the part of them that its own list names. What another organisation owns answers 404, as if it were not there. PostgreSQL sees to that once more, by row-level security.

## People

The first person is named by the operator, and invites the others:

\`\`\`sh
MAQUETTE_OWNER_EMAIL=ada@example.org MAQUETTE_OWNER_PASSWORD='a long password of hers' maquette serve
\`\`\`

\`\`\`sh
# Sign in. The cookie stands for the person; \`csrfToken\` of the answer has to come with every change.
curl -c jar -H 'Content-Type: application/json' -d '{ "email": "ada@example.org", "password": "a long password of hers" }' $MAQUETTE/v1/auth/sign-in
curl -b jar $MAQUETTE/v1/me

# Invite. The token of the answer is shown this once: hand it over.
curl -b jar -H "X-CSRF-Token: $CSRF" -H 'Content-Type: application/json' -d '{ "email": "grace@example.org", "role": "editor" }' $MAQUETTE/v1/invitations
curl -c jar2 -H 'Content-Type: application/json' -d '{ "token": "mqi_…", "name": "Grace", "password": "a long password of hers" }' $MAQUETTE/v1/invitations/accept

# A role in one project: there the stronger of the two counts.
curl -b jar -H "X-CSRF-Token: $CSRF" -X PUT -H 'Content-Type: application/json' -d '{ "role": "editor" }' $MAQUETTE/v1/projects/prj_…/members/usr_…
\`\`\`

- Passwords have 12 to 200 characters and are kept as argon2id. After five wrong ones for an address each further attempt waits longer, up to 15 minutes; where a person has been signed in before, attempts are counted by themselves, so that guesses from elsewhere do not keep them out.
- A session ends after \`MAQUETTE_SESSION_IDLE_HOURS\` without a request and \`MAQUETTE_SESSION_HOURS\` in all. Its token is exchanged every 15 minutes; an old one that comes back later ends the session, unless its successor was lost on the way. \`GET /v1/auth/sessions\` lists where one is signed in.
- Changes in the name of a cookie need the header \`X-CSRF-Token\` and must come from a page of the same origin.
- Nobody gives or takes a role that is stronger than their own, and the last owner stays. Who leaves takes the API keys along that they made, those that these made, their open invitations, and the sessions that work in the organisation; keys of service accounts stay.
- There is no mail: an administrator makes a token with which a member sets a new password (\`POST /v1/members/{userId}/password-reset\`), unless the person is in other organisations too; joining one ends such tokens. For them the operator does, on the server: \`maquette reset-password EMAIL\` (with the embedded database while the server is stopped).

A role in a project counts for requests that name the project, or an asset, render, job or derivative in it, where the operation asks for that name. An upload names it as \`?projectId=\`, a resumable one as \`projectId\` of its metadata, a batch as \`projectId\` beside its items, which then all lie in it, a stream of events as \`?project=\`. A webhook belongs to the project that it is for, with its log and its secret, a share to that of its asset. Who administers a project gives roles in it, up to their own, and invites guests to it.

## Guests

\`\`\`sh
# Somebody who sees one project, and nothing else of the organisation.
curl -b jar -H "X-CSRF-Token: $CSRF" -H 'Content-Type: application/json' -d '{ "email": "lin@example.org", "role": "editor", "projectId": "prj_…" }' $MAQUETTE/v1/invitations
\`\`\`

A guest has no scope in the organisation. In the projects where they have a role they may do what it allows: lists need \`projectId\`, \`GET /v1/projects\` shows those alone. Members, keys, usage, environments, profiles and links answer 403, and what lies in other projects 404, as if it were not there. An access token says which projects it is good for, and ends within seconds when a role in one changes. When a project is deleted, the roles in it end, and the open invitations to it.

## OpenID Connect

With \`MAQUETTE_OIDC_ISSUER\`, \`MAQUETTE_OIDC_CLIENT_ID\` and \`MAQUETTE_OIDC_CLIENT_SECRET\` people sign in at \`/v1/auth/oidc/start?returnTo=/\`; register \`/v1/auth/oidc/callback\` at the provider. An account there is linked to a person by issuer and subject; the first time by the address, if the provider has verified it. New people need an invitation, or an address of \`MAQUETTE_OIDC_JOIN_DOMAINS\`. Open invitations to a verified address are accepted by the sign-in; where that leads a known person into another organisation, their password ends: people of the ones before may know it.

## Programs

\`\`\`sh
# A service account has a role and holds keys.
curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{ "name": "importer", "role": "editor" }' $MAQUETTE/v1/service-accounts
curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{ "name": "importer", "scopes": ["assets:write"], "serviceAccountId": "sva_…" }' $MAQUETTE/v1/api-keys

# A new secret without a gap: the old key counts for an hour yet.
curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{ "overlapSeconds": 3600 }' $MAQUETTE/v1/api-keys/key_…/rotate

# An access token for 15 minutes, as any OAuth client asks for it.
curl -u "client:$KEY" -d grant_type=client_credentials -d scope=assets:read $MAQUETTE/v1/tokens
curl $MAQUETTE/.well-known/jwks.json
\`\`\`

Access tokens are JWTs (RFC 9068) signed with Ed25519; the key changes every 30 days and stays published for a day after. They name the issuer (\`MAQUETTE_PUBLIC_URL\`, else \`maquette\`), the audience \`maquette-api\`, organisation, role and scopes. A token ends within seconds of the key, session or role that it was made of. What concerns a person’s account, such as their sessions, their password or leaving an organisation, needs the session itself.

## Pages of other origins

A browser lets a page use the API from another origin only when the server says that it may (CORS). The operator allows origins for everybody (\`MAQUETTE_CORS_ORIGINS\`), an organisation those of its own pages:

\`\`\`sh
curl -X PATCH -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{ "allowedOrigins": ["https://shop.example.com", "http://localhost:5173"] }' $MAQUETTE/v1/organizations/org_…
\`\`\`

- Up to 50, written as browsers send them: scheme, host and port, no wildcards. A change counts everywhere within five seconds.
- The question that a browser asks in advance bears no key: it is answered with yes when anybody allows the origin, and never says who. The answer itself can be read by the page when the organisation of the key, token or signed link allows its origin.
- Cookies never count across origins: a request that bears one with the \`Origin\` of another page is refused.

## The audit log

\`\`\`sh
curl -H "Authorization: Bearer $KEY" "$MAQUETTE/v1/audit-log?action=deleteAsset&since=2026-11-01T00:00:00Z"
\`\`\`

Every change and every sign-in, refused ones included: who, what, to what, from where, in which request. An entry is written in the transaction of its change, and kept for \`MAQUETTE_AUDIT_DAYS\`.

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
