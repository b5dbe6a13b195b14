import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, exportJWK, SignJWT } from 'jose';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ISSUER, TOKEN_AUDIENCE, TOKEN_SECONDS, TOKEN_TYPE } from '#contracts/access/access-token.ts';
import { createSealer } from '#platform/secrets/sealer.ts';
import { currentKey } from '#services/auth/tokens/signing-keys.ts';
import { type Browser, join, openBrowser } from '../testing/browser.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { KEY, openGateway, SEALING_KEY, type TestGateway } from '../testing/open-gateway.ts';

let gateway: TestGateway;
let owner: Browser;
beforeAll(async () => {
  gateway = await openGateway();
  owner = await openBrowser(gateway);
});
afterAll(() => gateway?.close());

const tokenOf = async (key: string, body: object = {}) => {
  const answer = await gateway.request('/v1/tokens', { method: 'POST', key, json: body });
  if (answer.status !== 200) throw new Error(`no token: ${answer.text}`);
  return answer.json.access_token as string;
};
const me = (token: string) => gateway.request('/v1/me', { key: token });

describe('an access token', () => {
  it('is made of a key, says who it is, and is verified with the public keys alone', async () => {
    const answer = await gateway.request('/v1/tokens', { method: 'POST', json: { scope: 'assets:read jobs:read' } });
    expect(answer.json).toMatchObject({
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      scope: 'assets:read jobs:read',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const token = answer.json.access_token;
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'EdDSA', typ: TOKEN_TYPE });
    expect(decodeJwt(token)).toMatchObject({ iss: DEFAULT_ISSUER, aud: TOKEN_AUDIENCE, org: gateway.organizationId });
    const { json } = await me(token);
    expect(json).toMatchObject({ role: 'owner', scopes: ['assets:read', 'jobs:read'], user: null });
    expect((await gateway.request('/v1/assets', { key: token })).status).toBe(200);
    expectProblem(await gateway.request('/v1/projects', { key: token }), 403, 'forbidden');
    const keys = await gateway.request('/.well-known/jwks.json', { key: null });
    expect(keys.json.keys).toHaveLength(1);
    expect(keys.text).not.toContain('"d"');
  });

  it('is made by OAuth clients, which send forms and Basic', async () => {
    const secret = Buffer.from(`client:${KEY}`).toString('base64');
    const answer = await gateway.request('/v1/tokens', {
      method: 'POST',
      key: null,
      headers: { authorization: `Basic ${secret}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&scope=assets%3Aread',
    });
    expect(answer.json).toMatchObject({ scope: 'assets:read' });
    const other = await gateway.request('/v1/tokens', { method: 'POST', json: { grant_type: 'password' } });
    expectProblem(other, 400, 'invalid_request');
  });

  it('is made of a session, for the person', async () => {
    const made = await owner.request('/v1/tokens', { method: 'POST', json: {} });
    expect((await me(made.json.access_token)).json).toMatchObject({
      user: { id: owner.signedIn.user.id },
      role: 'owner',
    });
  });

  it('grants no more than its source holds, and no further token or key of more', async () => {
    const key = await gateway.makeKey(['keys:write', 'assets:read']);
    const wish = await gateway.request('/v1/tokens', { method: 'POST', key, json: { scope: 'assets:write' } });
    expectProblem(wish, 403, 'forbidden');
    const token = await tokenOf(KEY, { scope: 'keys:write' });
    expectProblem(await gateway.request('/v1/tokens', { method: 'POST', key: token, json: {} }), 403, 'forbidden');
    const json = { name: 'more', scopes: ['assets:write'] };
    expectProblem(await gateway.request('/v1/api-keys', { method: 'POST', key: token, json }), 403, 'forbidden');
  });

  it('of a person is for the API, and neither for their account nor for other organisations', async () => {
    const ada = await join(gateway, owner, 'admin', 'ada');
    const made = await ada.request('/v1/organizations', { method: 'POST', json: { name: 'Her own' } });
    const token = (await ada.request('/v1/tokens', { method: 'POST', json: { scope: 'assets:read' } })).json
      .access_token;
    const attempts: [string, string, object?][] = [
      ['GET', '/v1/auth/session'],
      ['PATCH', '/v1/auth/session', { organizationId: made.json.id }],
      ['GET', '/v1/auth/sessions'],
      ['DELETE', `/v1/auth/sessions/${ada.signedIn.session.id}`],
      ['POST', '/v1/auth/password', { currentPassword: 'x', newPassword: 'a new one that is long' }],
      ['POST', '/v1/auth/sign-out'],
      ['POST', '/v1/organizations', { name: 'More' }],
      ['POST', '/v1/members/leave'],
      ['PATCH', '/v1/me', { name: 'Eve' }],
    ];
    for (const [method, path, json] of attempts) {
      const init = { method, key: token, ...(json && { json }) };
      expectProblem(await gateway.request(path, init), 403, 'forbidden');
    }
    const { json } = await gateway.request('/v1/organizations', { key: token });
    expect(json.data.map(({ id }: { id: string }) => id)).toEqual([gateway.organizationId]);
    expect((await ada.request('/v1/organizations')).json.data).toHaveLength(2);
  });

  it('ends with its key, its session and its role', async () => {
    const made = await gateway.request('/v1/api-keys', {
      method: 'POST',
      json: { name: 'k', scopes: ['assets:read'] },
    });
    const ofKey = await tokenOf(made.json.key);
    expect((await me(ofKey)).status).toBe(200);
    await gateway.request(`/v1/api-keys/${made.json.id}`, { method: 'DELETE' });
    expectProblem(await me(ofKey), 401, 'unauthenticated');

    const grace = await join(gateway, owner, 'admin', 'grace');
    const ofSession = (await grace.request('/v1/tokens', { method: 'POST', json: {} })).json.access_token;
    expect((await me(ofSession)).status).toBe(200);
    const path = `/v1/members/${grace.signedIn.user.id}`;
    await owner.request(path, { method: 'PATCH', json: { role: 'viewer' } });
    expectProblem(await me(ofSession), 401, 'unauthenticated');
  });

  it('ends at another gateway too, which hears of it within seconds', async () => {
    const { createAccessTokens } = await import('./access-tokens.ts');
    let clock = Date.now();
    const other = createAccessTokens(gateway.tokens, { issuer: DEFAULT_ISSUER, now: () => clock });
    const made = await gateway.request('/v1/api-keys', {
      method: 'POST',
      json: { name: 'k', scopes: ['assets:read'] },
    });
    const token = await tokenOf(made.json.key);
    await other.verify(token);
    await gateway.request(`/v1/api-keys/${made.json.id}`, { method: 'DELETE' });
    clock += 3000;
    await expect(other.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    // And when the list cannot be read for long, nothing is believed.
    const deaf = { ...gateway.tokens, listRevocations: () => Promise.reject(new Error('away')) };
    const alone = createAccessTokens(deaf, { issuer: DEFAULT_ISSUER });
    await expect(alone.verify(await tokenOf(KEY))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a forged token', () => {
  /** Everything that a good token says, to be changed in one thing each. */
  const claims = () => {
    const { iat = 0, ...rest } = decodeJwt(good);
    return { ...rest, iat };
  };
  let good: string;
  let signing: Awaited<ReturnType<typeof currentKey>>;

  beforeAll(async () => {
    good = await tokenOf(KEY);
    signing = await currentKey(gateway.authDatabase, createSealer(SEALING_KEY));
  });

  const sign = async (payload: object, header: object = {}) => {
    const { createPrivateKey } = await import('node:crypto');
    return new SignJWT({ ...payload })
      .setProtectedHeader({ alg: 'EdDSA', kid: signing.kid, typ: TOKEN_TYPE, ...header })
      .sign(createPrivateKey(signing.privatePem));
  };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('that is one of ours after all is taken: the forgeries below differ from it in one thing', async () => {
    expect((await me(await sign(claims()))).status).toBe(200);
  });

  const forgeries: [string, () => Promise<string>][] = [
    ['without a signature (alg none)', async () => `${encode({ alg: 'none', typ: TOKEN_TYPE })}.${encode(claims())}.`],
    [
      'signed by HMAC with the public key',
      async () => {
        const { keys } = (await gateway.request('/.well-known/jwks.json', { key: null })).json;
        const secret = Buffer.from(keys[0].x, 'base64url');
        return new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256', kid: signing.kid, typ: TOKEN_TYPE })
          .sign(secret);
      },
    ],
    [
      'signed by RSA with a key of its own that it brings along',
      async () => {
        const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        const jwk = await exportJWK(publicKey);
        const header = { alg: 'RS256', kid: signing.kid, typ: TOKEN_TYPE, jwk };
        return new SignJWT(claims()).setProtectedHeader(header).sign(privateKey);
      },
    ],
    [
      'signed with another key under our key’s id',
      async () => {
        const { privateKey } = generateKeyPairSync('ed25519');
        return new SignJWT(claims())
          .setProtectedHeader({ alg: 'EdDSA', kid: signing.kid, typ: TOKEN_TYPE })
          .sign(privateKey);
      },
    ],
    [
      'of a key that nobody published',
      async () => {
        const { publicKey, privateKey } = generateKeyPairSync('ed25519');
        const kid = await calculateJwkThumbprint(await exportJWK(publicKey));
        return new SignJWT(claims()).setProtectedHeader({ alg: 'EdDSA', kid, typ: TOKEN_TYPE }).sign(privateKey);
      },
    ],
    [
      'whose claims were changed',
      async () => {
        const [header, , signature] = good.split('.');
        return `${header}.${encode({ ...claims(), role: 'owner', org: 'org_01kb2v4t9wf6x8q3m5n7p0r2s4' })}.${signature}`;
      },
    ],
    ['that is expired', () => sign({ ...claims(), exp: Math.floor(Date.now() / 1000) - 60 })],
    ['that never expires', () => sign({ ...claims(), exp: undefined })],
    ['that is older than tokens get', () => sign({ ...claims(), iat: Date.now() / 1000 - 2 * TOKEN_SECONDS })],
    ['for another audience', () => sign({ ...claims(), aud: 'another-api' })],
    ['for no audience', () => sign({ ...claims(), aud: undefined })],
    ['of another issuer', () => sign({ ...claims(), iss: 'https://elsewhere.example' })],
    ['of another type', () => sign(claims(), { typ: 'JWT' })],
    ['without a key id', () => sign(claims(), { kid: undefined })],
    ['of nobody', () => sign({ ...claims(), sub: 'prj_01kb2v4t9wf6x8q3m5n7p0r2s4' })],
  ];
  it.each(forgeries)('%s is refused', async (_what, forge) => {
    expectProblem(await me(await forge()), 401, 'unauthenticated');
  });
});

describe('signing keys', () => {
  it('change, and the old one is published for as long as its tokens may be about', async () => {
    const { kysely } = gateway.authDatabase;
    const before = await tokenOf(KEY);
    await sql`update signing_keys set created_at = now() - interval '30 days 1 minute'`.execute(kysely);
    const after = await tokenOf(KEY);
    const ids = [before, after].map((token) => decodeProtectedHeader(token).kid);
    expect(ids[0]).not.toBe(ids[1]);
    const { keys } = (await gateway.request('/.well-known/jwks.json', { key: null })).json;
    expect(keys.map(({ kid }: { kid: string }) => kid)).toEqual([ids[1], ids[0]]);
    const { createAccessTokens } = await import('./access-tokens.ts');
    const fresh = createAccessTokens(gateway.tokens, { issuer: DEFAULT_ISSUER });
    for (const token of [before, after])
      expect((await fresh.verify(token)).organizationId).toBe(gateway.organizationId);
  });
});

describe('service accounts', () => {
  it('hold keys, which their role bounds, and go with them', async () => {
    const made = await gateway.request('/v1/service-accounts', {
      method: 'POST',
      json: { name: 'CI', role: 'editor' },
    });
    expect(made.status).toBe(201);
    const path = `/v1/service-accounts/${made.json.id}`;
    const wish = (scopes: string[]) =>
      gateway.request('/v1/api-keys', { method: 'POST', json: { name: 'CI', scopes, serviceAccountId: made.json.id } });
    expectProblem(await wish(['keys:write']), 403, 'forbidden');
    const { key, serviceAccountId } = (await wish(['assets:read', 'assets:write'])).json;
    expect(serviceAccountId).toBe(made.json.id);
    expect((await me(key)).json).toMatchObject({ serviceAccountId, role: 'editor' });
    const token = await tokenOf(key);
    expect(decodeJwt(token).sub).toBe(serviceAccountId);
    await gateway.request(path, { method: 'PATCH', json: { role: 'viewer' } });
    expect((await me(key)).json).toMatchObject({ role: 'viewer', scopes: ['assets:read'] });
    expectProblem(await me(token), 401, 'unauthenticated');
    expect((await gateway.request('/v1/service-accounts')).json.data[0]).toMatchObject({ name: 'CI', role: 'viewer' });
    expect((await gateway.request(path, { method: 'DELETE' })).status).toBe(204);
    expectProblem(await me(key), 401, 'unauthenticated');
    expectProblem(await gateway.request(path), 404, 'not_found');
  });
});

describe('a key', () => {
  it('that a key made ends with the person or service account behind that, at once', async () => {
    const grace = await join(gateway, owner, 'admin', 'grace-of-keys');
    const make = async (key: string | null, json: object) => {
      const init = { method: 'POST', json: { name: 'k', scopes: ['keys:write', 'assets:read'], ...json } };
      const made = await (key === null
        ? grace.request('/v1/api-keys', init)
        : gateway.request('/v1/api-keys', { ...init, key }));
      expect(made.status, made.text).toBe(201);
      return made.json;
    };
    const own = await make(null, {});
    const further = await make(own.key, {});
    const last = await make(further.key, {});
    const rotated = await gateway.request(`/v1/api-keys/${last.id}/rotate`, { method: 'POST', key: own.key, json: {} });
    const account = { name: 'CI', role: 'admin' };
    const { json: ci } = await gateway.request('/v1/service-accounts', { method: 'POST', json: account });
    const ofAccount = await make(own.key, { serviceAccountId: ci.id });
    const madeByIt = await make(ofAccount.key, {});
    expect(madeByIt.serviceAccountId).toBe(ci.id);
    const keys = [own.key, further.key, last.key, rotated.json.key];
    const member = `/v1/members/${grace.signedIn.user.id}`;
    for (const key of keys) expect((await me(key)).json.role).toBe('admin');
    await owner.request(member, { method: 'PATCH', json: { role: 'viewer' } });
    for (const key of keys) expect((await me(key)).json).toMatchObject({ role: 'viewer', scopes: ['assets:read'] });
    await owner.request(member, { method: 'DELETE' });
    for (const key of keys) expectProblem(await me(key), 401, 'unauthenticated');
    for (const { key } of [ofAccount, madeByIt]) expect((await me(key)).status).toBe(200);
    await gateway.request(`/v1/service-accounts/${ci.id}`, { method: 'DELETE' });
    for (const { key } of [ofAccount, madeByIt]) expectProblem(await me(key), 401, 'unauthenticated');
  });

  it('takes its tokens along when its time as the old one is over', async () => {
    const { createAccessTokens } = await import('./access-tokens.ts');
    let clock = Date.now();
    let deaf = false;
    const { listRevocations } = gateway.tokens;
    const tokens = {
      ...gateway.tokens,
      listRevocations: (request: object) => (deaf ? Promise.reject(new Error('away')) : listRevocations(request)),
    };
    const other = createAccessTokens(tokens, { issuer: DEFAULT_ISSUER, now: () => clock });
    const json = { name: 'old', scopes: ['assets:read'] };
    const { json: made } = await gateway.request('/v1/api-keys', { method: 'POST', json });
    const token = await tokenOf(made.key);
    const rotation = { method: 'POST', json: { overlapSeconds: 20 } };
    await gateway.request(`/v1/api-keys/${made.id}/rotate`, rotation);
    await other.verify(token);
    // The list as it was read in time, since the database's own clock does not jump.
    deaf = true;
    clock += 15_000;
    await other.verify(token);
    clock += 6000;
    await expect(other.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is replaced without a gap', async () => {
    const made = (
      await gateway.request('/v1/api-keys', { method: 'POST', json: { name: 'old', scopes: ['jobs:read'] } })
    ).json;
    const path = `/v1/api-keys/${made.id}`;
    await gateway.request(path, { method: 'PATCH', json: { name: 'renamed' } });
    const rotated = await gateway.request(`${path}/rotate`, { method: 'POST', json: { overlapSeconds: 600 } });
    expect(rotated.json).toMatchObject({ name: 'renamed', scopes: ['jobs:read'], expiresAt: null });
    for (const key of [made.key, rotated.json.key]) expect((await me(key)).status).toBe(200);
    const list = await gateway.request('/v1/api-keys');
    const old = list.json.data.find(({ id }: { id: string }) => id === made.id);
    const left = Date.parse(old.expiresAt) - Date.now();
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThanOrEqual(600_000);
    const again = `/v1/api-keys/${rotated.json.id}/rotate`;
    const second = await gateway.request(again, { method: 'POST', json: { overlapSeconds: 0 } });
    expectProblem(await me(rotated.json.key), 401, 'unauthenticated');
    expect((await me(second.json.key)).status).toBe(200);
    const weak = await gateway.makeKey(['keys:write']);
    const stolen = await gateway.request(`/v1/api-keys/${second.json.id}/rotate`, {
      method: 'POST',
      key: weak,
      json: {},
    });
    expectProblem(stolen, 403, 'forbidden');
  });
});
