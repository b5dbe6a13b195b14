import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, join, openBrowser } from '../testing/browser.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { openGateway, type TestGateway } from '../testing/open-gateway.ts';
import { ownPath } from './oidc.ts';

const CLIENT = { clientId: 'maquette', clientSecret: 'a secret of the provider' };

/** People whom the provider knows. */
const ACCOUNTS: Record<string, { email: string; email_verified: boolean; name: string }> = {
  ada: { email: 'ada@example.org', email_verified: true, name: 'Ada' },
  eve: { email: 'grace@example.org', email_verified: false, name: 'Eve' },
  joe: { email: 'joe@joins.example', email_verified: true, name: 'Joe' },
  kay: { email: 'kay@example.org', email_verified: true, name: 'Kay' },
  new: { email: 'new@joins.example', email_verified: true, name: 'New' },
  max: { email: 'max@elsewhere.example', email_verified: true, name: 'Max' },
};

let gateway: TestGateway;
let owner: Browser;
let server: Server;
/** Who sits in front of the browser when the provider asks. */
let account = 'ada';

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  gateway = await openGateway({ oidc: { issuer, ...CLIENT } });
  server.on('request', openProvider(issuer, `${gateway.url}/v1/auth/oidc/callback`).callback());
  owner = await openBrowser(gateway);
});
afterAll(async () => {
  await gateway?.close();
  server?.closeAllConnections();
  server?.close();
});

/** A real provider, which signs in whoever `account` says, without a form. */
function openProvider(issuer: string, redirectUri: string): Provider {
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, redirect_uris: [redirectUri] }],
    cookies: { keys: ['a key of tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...ACCOUNTS[id] }) }),
    features: { devInteractions: { enabled: false } },
    async loadExistingGrant(context) {
      const { client, session } = context.oidc;
      const grant = new context.oidc.provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  });
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next();
    context.respond = false;
    await provider.interactionFinished(context.req, context.res, { login: { accountId: account } });
  });
  return provider;
}

/** A browser that follows redirects, with one jar a host, until it leaves the provider. */
async function follow(start: string, cookies = new Map<string, string>()) {
  let url = start;
  for (let step = 0; step < 12; step += 1) {
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie: jarOf(cookies, url) } });
    for (const line of answer.headers.getSetCookie()) keep(cookies, url, line);
    const location = answer.headers.get('location');
    if (location === null || url.startsWith(`${gateway.url}/v1/auth/oidc/callback`)) return { url, answer, cookies };
    url = new URL(location, url).href;
  }
  throw new Error('the redirects have no end');
}

function keep(cookies: Map<string, string>, url: string, line: string): void {
  const [pair = ''] = line.split(';');
  const equals = pair.indexOf('=');
  cookies.set(`${new URL(url).host} ${pair.slice(0, equals)}`, pair.slice(equals + 1));
}

function jarOf(cookies: Map<string, string>, url: string): string {
  const { host } = new URL(url);
  const own = [...cookies].filter(([name]) => name.startsWith(`${host} `));
  return own.map(([name, value]) => `${name.slice(host.length + 1)}=${value}`).join('; ');
}

const start = (returnTo = '/library') => `${gateway.url}/v1/auth/oidc/start?returnTo=${encodeURIComponent(returnTo)}`;

async function signIn(who: string, returnTo?: string) {
  account = who;
  const { answer, cookies } = await follow(start(returnTo));
  const cookie = jarOf(cookies, gateway.url);
  return { answer, me: () => gateway.request('/v1/me', { key: null, headers: { cookie } }) };
}

describe('a sign-in by an OpenID provider', () => {
  it('lets in who is invited, and knows them from then on by their account there', async () => {
    await owner.request('/v1/invitations', { method: 'POST', json: { email: 'ada@example.org', role: 'editor' } });
    const { answer, me } = await signIn('ada');
    expect(answer.status, await answer.clone().text()).toBe(302);
    expect(answer.headers.get('location')).toBe('/library');
    expect((await me()).json).toMatchObject({ user: { email: 'ada@example.org', name: 'Ada' }, role: 'editor' });
    const first = (await me()).json.user.id;
    // The address may change at the provider: issuer and subject are who it is.
    ACCOUNTS.ada = { email: 'lovelace@example.org', email_verified: true, name: 'Ada' };
    expect((await (await signIn('ada')).me()).json.user.id).toBe(first);
  });

  it('links an account by a verified address alone', async () => {
    const invited = await owner.request('/v1/invitations', { method: 'POST', json: { email: 'grace@example.org' } });
    const json = { token: invited.json.token, name: 'Grace', password: 'the password of grace' };
    const grace = await gateway.request('/v1/invitations/accept', { method: 'POST', key: null, json });
    // Somebody typed that address at the provider, which did not look whether it is theirs.
    expect((await signIn('eve')).answer.status).toBe(403);
    ACCOUNTS.eve = { email: 'Grace@Example.org', email_verified: true, name: 'Grace' };
    const { me } = await signIn('eve');
    expect((await me()).json.user.id).toBe(grace.json.user.id);
  });

  it('leaves no password behind that others may know when it leads into another organisation', async () => {
    // An organisation of one’s own is all that it takes to choose a password for somebody else's address.
    const eve = await join(gateway, owner, 'viewer', 'eve-of-oidc');
    const { json: own } = await eve.request('/v1/organizations', { method: 'POST', json: { name: 'Trap' } });
    await eve.request('/v1/auth/session', { method: 'PATCH', json: { organizationId: own.id } });
    const kay = { email: 'kay@example.org', password: 'chosen by somebody else' };
    const invite = (by: Browser, email: string) =>
      by.request('/v1/invitations', { method: 'POST', json: { email, role: 'viewer' } });
    const { token } = (await invite(eve, kay.email)).json;
    const json = { token, name: 'Kay', password: kay.password };
    await gateway.request('/v1/invitations/accept', { method: 'POST', key: null, json });
    const trap = await openBrowser(gateway, kay);
    await invite(owner, kay.email);
    const { me } = await signIn('kay');
    expect((await me()).status).toBe(200);
    expect((await trap.request('/v1/me')).status).toBe(401);
    await expect(openBrowser(gateway, kay)).rejects.toThrow('refused');
    // Nor does such an organisation get newcomers of a domain for itself.
    await invite(eve, 'new@joins.example');
    expect((await (await signIn('new')).me()).json.organization.id).toBe(gateway.organizationId);
  });

  it('knows who comes back twice at once as one person', async () => {
    account = 'joe';
    const ways = await Promise.all([follow(start()), follow(start()), follow(start())]);
    expect(ways.map(({ answer }) => answer.status)).toEqual([302, 302, 302]);
  });

  it('lets nobody in who is neither invited nor of a domain that may join', async () => {
    expect((await signIn('max')).answer.status).toBe(403);
    const { answer, me } = await signIn('joe');
    expect(answer.status).toBe(302);
    expect((await me()).json).toMatchObject({ role: 'viewer', organization: { id: gateway.organizationId } });
  });

  it('comes back to paths of this server alone', async () => {
    for (const returnTo of [
      'https://evil.example',
      '//evil.example/x',
      '/\\evil.example',
      'library',
      '/\t/evil.example',
    ]) {
      const { answer } = await signIn('joe', returnTo);
      expect(answer.headers.get('location'), returnTo).toBe('/');
    }
    expect(ownPath('/a?b=c#d', 'https://here.example')).toBe('/a?b=c#d');
  });

  it('counts for the browser that began it, once, and only as it was asked', async () => {
    account = 'joe';
    const begun = await gateway.request('/v1/auth/oidc/start', { key: null });
    const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(begun.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax; Max-Age=600$/);
    const authorize = begun.headers.get('location') ?? '';
    expect(new URL(authorize).searchParams.get('code_challenge_method')).toBe('S256');
    // As an attacker would: a code that the victim's browser never asked for.
    const cookies = new Map<string, string>();
    let url = authorize;
    for (let step = 0; step < 10 && !url.startsWith(gateway.url); step += 1) {
      const answer = await fetch(url, { redirect: 'manual', headers: { cookie: jarOf(cookies, url) } });
      for (const line of answer.headers.getSetCookie()) keep(cookies, url, line);
      url = new URL(answer.headers.get('location') ?? '', url).href;
    }
    const path = url.slice(gateway.url.length);
    const finish = (query: string, headers: Record<string, string> = { cookie }) =>
      gateway.request(query, { key: null, headers });
    expectProblem(await finish(path, {}), 401, 'unauthenticated');
    expectProblem(await finish(path, { cookie: 'maquette-oidc=forged' }), 401, 'unauthenticated');
    expectProblem(await finish(path.replace(/state=[^&]+/, 'state=another')), 401, 'unauthenticated');
    const other = (await gateway.request('/v1/auth/oidc/start', { key: null })).headers.get('set-cookie');
    expectProblem(await finish(path, { cookie: other?.split(';')[0] ?? '' }), 401, 'unauthenticated');
    expect((await finish(path)).status).toBe(302);
    expectProblem(await finish(path), 401, 'unauthenticated');
    expectProblem(await finish('/v1/auth/oidc/callback?error=access_denied'), 401, 'unauthenticated');
  });
});
