import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { createPasswordResetByEmail } from '#services/auth/people/change-password.ts';
import { type Browser, join, openBrowser, passwordOf } from '../testing/browser.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { OWNER, openGateway, type TestGateway } from '../testing/open-gateway.ts';

let gateway: TestGateway;
let owner: Browser;
beforeAll(async () => {
  gateway = await openGateway();
  owner = await openBrowser(gateway);
});
afterAll(() => gateway?.close());

const signIn = (json: unknown, headers: Record<string, string> = {}) =>
  gateway.request('/v1/auth/sign-in', { method: 'POST', key: null, json, headers });

describe('a sign-in by password', () => {
  it('gives a cookie that no script reads and that stands for the person', async () => {
    const answer = await signIn({ email: OWNER.email.toLowerCase(), password: OWNER.password });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^maquette=mqs_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/,
    );
    expect(answer.json).toMatchObject({ user: { email: OWNER.email }, role: 'owner', session: { current: true } });
    expect(answer.text).not.toContain('mqs_');
    const me = await owner.request('/v1/me');
    expect(me.json).toMatchObject({ user: { email: OWNER.email }, apiKeyId: null, role: 'owner' });
    expect((await owner.request('/v1/projects')).status).toBe(200);
  });

  it('answers an unknown address and a wrong password alike', async () => {
    const wrong = expectProblem(await signIn({ ...OWNER, password: 'wrong' }), 401, 'unauthenticated');
    const unknown = expectProblem(
      await signIn({ email: 'nobody@example.org', password: 'wrong' }),
      401,
      'unauthenticated',
    );
    expect({ ...wrong, requestId: '' }).toEqual({ ...unknown, requestId: '' });
  });

  it('has to wait after too many wrong passwords, for an address that is known or not', async () => {
    for (const email of ['guessed@example.org', 'other@example.org']) {
      const answers = await Promise.all(Array.from({ length: 12 }, () => signIn({ email, password: 'guess' })));
      const counts = Map.groupBy(answers, ({ status }) => status);
      // However many come at once, five are looked at.
      expect([counts.get(401)?.length, counts.get(429)?.length]).toEqual([5, 7]);
      expect(counts.get(429)?.map(({ headers }) => headers.get('retry-after'))).toEqual(Array(7).fill('1'));
    }
  });

  it('is refused from another site', async () => {
    const signs: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
    ];
    for (const headers of signs) {
      expectProblem(await signIn(OWNER, headers), 403, 'forbidden');
    }
  });
});

describe('a session', () => {
  const forged = (headers: Record<string, string | undefined>) => {
    const all = { cookie: owner.cookie, 'x-csrf-token': owner.signedIn.csrfToken, ...headers };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return gateway.request('/v1/projects', {
      method: 'POST',
      key: null,
      json: { name: 'Forged' },
      headers: given as Record<string, string>,
    });
  };

  it.each([
    ['without the token', { 'x-csrf-token': undefined }],
    ['with another token', { 'x-csrf-token': 'x'.repeat(43) }],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a sister site', { 'sec-fetch-site': 'same-site' }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from no origin', { origin: 'null' }],
  ])('changes nothing %s', async (_how, headers) => {
    expectProblem(await forged(headers), 403, 'forbidden');
  });

  it('makes changes from its own origin', async () => {
    expect((await forged({ origin: gateway.url })).status).toBe(201);
    expect((await forged({ 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  });

  it('is listed and ended, elsewhere too', async () => {
    const other = await openBrowser(gateway);
    const { json } = await owner.request('/v1/auth/sessions');
    const ids = json.data.map(({ id }: { id: string }) => id);
    expect(ids).toContain(other.signedIn.session.id);
    expect(json.data.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    const ended = await owner.request(`/v1/auth/sessions/${other.signedIn.session.id}`, { method: 'DELETE' });
    expect(ended.status).toBe(204);
    expectProblem(await other.request('/v1/me'), 401, 'unauthenticated');
    expectProblem(await owner.request(`/v1/auth/sessions/${newId('session')}`, { method: 'DELETE' }), 404, 'not_found');
  });

  it('ends with the sign-out, which takes the cookie back', async () => {
    const browser = await openBrowser(gateway);
    const { cookie } = browser;
    const out = await browser.request('/v1/auth/sign-out', { method: 'POST' });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    browser.cookie = cookie;
    expectProblem(await browser.request('/v1/me'), 401, 'unauthenticated');
  });

  it('cannot be had by a key, nor a person’s operations by one', async () => {
    for (const path of ['/v1/auth/session', '/v1/auth/sessions']) {
      expectProblem(await gateway.request(path), 403, 'forbidden');
    }
  });
});

describe('people', () => {
  const accept = (json: object) => gateway.request('/v1/invitations/accept', { method: 'POST', key: null, json });

  it('join by an invitation, once', async () => {
    const json = { email: 'ada@example.org', role: 'editor' };
    const invited = await owner.request('/v1/invitations', { method: 'POST', json });
    expect(invited.status).toBe(201);
    const { token, id } = invited.json;
    const listed = await owner.request('/v1/invitations');
    expect(listed.json.data[0]).toMatchObject({ id, email: 'ada@example.org', acceptedAt: null });
    expect(listed.text).not.toContain(token);
    const accept = (body: object) =>
      gateway.request('/v1/invitations/accept', { method: 'POST', key: null, json: { token, ...body } });
    expectProblem(await accept({ password: passwordOf('ada') }), 400, 'invalid_request');
    expectProblem(await accept({ name: 'Ada', password: 'short' }), 400, 'invalid_request');
    const joined = await accept({ name: 'Ada', password: passwordOf('ada') });
    expect(joined.json).toMatchObject({ user: { name: 'Ada', email: 'ada@example.org' }, role: 'editor' });
    expectProblem(await accept({ name: 'Eve', password: passwordOf('eve') }), 401, 'unauthenticated');
    const again = await owner.request('/v1/invitations', { method: 'POST', json });
    expectProblem(again, 409, 'conflict');
    const members = await owner.request('/v1/members');
    expect(members.json.data.map(({ role }: { role: string }) => role)).toEqual(['owner', 'editor']);
  });

  it('cannot join by an invitation that was revoked', async () => {
    const json = { email: 'eve@example.org' };
    const { json: invitation } = await owner.request('/v1/invitations', { method: 'POST', json });
    expect((await owner.request(`/v1/invitations/${invitation.id}`, { method: 'DELETE' })).status).toBe(204);
    const body = { token: invitation.token, name: 'Eve', password: passwordOf('eve') };
    const refused = await gateway.request('/v1/invitations/accept', { method: 'POST', key: null, json: body });
    expectProblem(refused, 401, 'unauthenticated');
  });

  it('may accept two invitations at once, and are one person with both', async () => {
    const email = 'twice@example.org';
    const project = (await owner.request('/v1/projects', { method: 'POST', json: { name: 'Twice' } })).json.id;
    const wishes = [{ role: 'editor', projectId: project }, { role: 'editor' }];
    const invited = await Promise.all(
      wishes.map((wish) => owner.request('/v1/invitations', { method: 'POST', json: { email, ...wish } })),
    );
    const accepted = await Promise.all(
      invited.map(({ json: { token } }) => accept({ token, name: 'Twice', password: passwordOf('twice') })),
    );
    expect(accepted.map(({ status }) => status)).toEqual([200, 200]);
    const [one, other] = accepted.map(({ json }) => json.user.id);
    expect(one).toBe(other);
    const me = await (await openBrowser(gateway, { email, password: passwordOf('twice') })).request('/v1/me');
    // A guest who accepts to be a member is one.
    expect(me.json).toMatchObject({ role: 'editor', projectRoles: { [project]: 'editor' } });
  });

  it('take their invitations along when they go, or may not invite any more', async () => {
    const olga = await join(gateway, owner, 'admin', 'olga');
    const invite = async (name: string, role: string, more: object = {}) => {
      const json = { email: `${name}@example.org`, role, ...more };
      return (await olga.request('/v1/invitations', { method: 'POST', json })).json.token as string;
    };
    const key = await olga.request('/v1/api-keys', {
      method: 'POST',
      json: { name: 'k', scopes: ['members:write'] },
    });
    const byKey = await gateway.request('/v1/invitations', {
      method: 'POST',
      key: key.json.key,
      json: { email: 'by-key@example.org', role: 'admin' },
    });
    const project = (await owner.request('/v1/projects', { method: 'POST', json: { name: 'Kept' } })).json.id;
    const tokens = [await invite('friend', 'admin'), byKey.json.token];
    const ofProject = await invite('colleague', 'viewer', { projectId: project });
    const { id } = olga.signedIn.user;
    const role = { method: 'PUT', json: { role: 'admin' } };
    await owner.request(`/v1/projects/${project}/members/${id}`, role);
    await owner.request(`/v1/members/${id}`, { method: 'PATCH', json: { role: 'editor' } });
    const come = (token: string) => accept({ token, name: 'Friend', password: passwordOf('friend') });
    for (const token of tokens) expectProblem(await come(token), 401, 'unauthenticated');
    // In the project they may invite as before.
    expect((await come(ofProject)).status).toBe(200);
    const last = await invite('last', 'viewer', { projectId: project });
    await owner.request(`/v1/members/${id}`, { method: 'DELETE' });
    expectProblem(await come(last), 401, 'unauthenticated');
  });

  it('who are taken out do not go on in another organisation of theirs unawares', async () => {
    const nils = await join(gateway, owner, 'editor', 'nils');
    const { json: own } = await nils.request('/v1/organizations', { method: 'POST', json: { name: 'Elsewhere' } });
    await owner.request(`/v1/members/${nils.signedIn.user.id}`, { method: 'DELETE' });
    const secret = await nils.request('/v1/projects', { method: 'POST', json: { name: 'Meant for the workshop' } });
    expectProblem(secret, 401, 'unauthenticated');
    const again = await openBrowser(gateway, { email: 'nils@example.org', password: passwordOf('nils') });
    expect(again.signedIn.organization.id).toBe(own.id);
  });

  it('give nobody a stronger role than their own, and take none', async () => {
    const admin = await join(gateway, owner, 'admin', 'grace');
    const ownerId = owner.signedIn.user.id;
    const graceId = admin.signedIn.user.id;
    const change = (id: string, role: string) =>
      admin.request(`/v1/members/${id}`, { method: 'PATCH', json: { role } });
    expectProblem(await change(graceId, 'owner'), 403, 'forbidden');
    expectProblem(await change(ownerId, 'viewer'), 403, 'forbidden');
    expectProblem(await admin.request(`/v1/members/${ownerId}`, { method: 'DELETE' }), 403, 'forbidden');
    const invite = { email: 'boss@example.org', role: 'owner' };
    expectProblem(await admin.request('/v1/invitations', { method: 'POST', json: invite }), 403, 'forbidden');
    const reset = await admin.request(`/v1/members/${ownerId}/password-reset`, { method: 'POST' });
    expectProblem(reset, 403, 'forbidden');
    expect((await change(graceId, 'viewer')).json).toMatchObject({ role: 'viewer' });
    // At once in this gateway.
    expectProblem(await change(graceId, 'admin'), 403, 'forbidden');
  });

  it('stay owned: the last owner neither goes nor steps down', async () => {
    const { id } = owner.signedIn.user;
    expectProblem(await owner.request('/v1/members/leave', { method: 'POST' }), 409, 'conflict');
    const json = { role: 'admin' };
    expectProblem(await owner.request(`/v1/members/${id}`, { method: 'PATCH', json }), 409, 'conflict');
    const second = await join(gateway, owner, 'owner', 'second');
    expect((await second.request('/v1/members/leave', { method: 'POST' })).status).toBe(204);
    expectProblem(await second.request('/v1/me'), 401, 'unauthenticated');
    const signedOut = await signIn({ email: 'second@example.org', password: passwordOf('second') });
    expectProblem(signedOut, 403, 'forbidden');
  });

  it('change their password, which ends their other sessions', async () => {
    const linus = await join(gateway, owner, 'viewer', 'linus');
    const who = { email: 'linus@example.org', password: passwordOf('linus') };
    const other = await openBrowser(gateway, who);
    await other.request('/v1/me');
    const change = (currentPassword: string) =>
      linus.request('/v1/auth/password', {
        method: 'POST',
        json: { currentPassword, newPassword: 'a better one by far' },
      });
    expectProblem(await change('wrong'), 401, 'unauthenticated');
    expect((await change(who.password)).status).toBe(204);
    expect((await linus.request('/v1/me')).status).toBe(200);
    expectProblem(await other.request('/v1/me'), 401, 'unauthenticated');
    expectProblem(await signIn(who), 401, 'unauthenticated');
    const { id } = linus.signedIn.user;
    const { json } = await owner.request(`/v1/members/${id}/password-reset`, { method: 'POST' });
    const reset = { token: json.token, newPassword: passwordOf('linus') };
    const set = () => gateway.request('/v1/auth/password-reset', { method: 'POST', key: null, json: reset });
    expect((await set()).status).toBe(204);
    expectProblem(await set(), 401, 'unauthenticated');
    expect((await signIn(who)).status).toBe(200);
  });

  it('have organisations of their own, and work in one at a time', async () => {
    const ken = await join(gateway, owner, 'viewer', 'ken');
    const resetOf = () => owner.request(`/v1/members/${ken.signedIn.user.id}/password-reset`, { method: 'POST' });
    const early = await resetOf();
    expect(early.status).toBe(201);
    const made = await ken.request('/v1/organizations', { method: 'POST', json: { name: 'Shed' } });
    expect(made.json).toMatchObject({ name: 'Shed', role: 'owner' });
    // It is where the answer says, and no key of the first organisation finds it.
    expect((await ken.request(made.headers.get('location') as string)).json).toEqual(made.json);
    expectProblem(await gateway.request(`/v1/organizations/${made.json.id}`), 404, 'not_found');
    expectProblem(await ken.request('/v1/projects', { method: 'POST', json: { name: 'Mine' } }), 403, 'forbidden');
    const more = () => ken.request('/v1/organizations', { method: 'POST', json: { name: 'More' } });
    const answers = await Promise.all(Array.from({ length: 11 }, more));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(9).fill(201), 409, 409]);
    const select = (organizationId: string) =>
      ken.request('/v1/auth/session', { method: 'PATCH', json: { organizationId } });
    expect((await select(made.json.id)).json).toMatchObject({ role: 'owner', organization: { name: 'Shed' } });
    expect((await ken.request('/v1/projects', { method: 'POST', json: { name: 'Mine' } })).status).toBe(201);
    const renamed = await ken.request(`/v1/organizations/${made.json.id}`, { method: 'PATCH', json: { name: 'Barn' } });
    expect(renamed.json).toMatchObject({ name: 'Barn' });
    const { json } = await ken.request('/v1/organizations');
    expect(json.data.map(({ name, role }: { name: string; role: string }) => [name, role])).toEqual([
      ['Workshop', 'viewer'],
      ['Barn', 'owner'],
      ...Array(9).fill(['More', 'owner']),
    ]);
    expectProblem(await select(newId('organization')), 404, 'not_found');
    // Nobody comes into the second organisation by a token that the first one's owner makes.
    expectProblem(await resetOf(), 403, 'forbidden');
    const newPassword = 'another one of his own';
    const reset = (token: string) =>
      gateway.request('/v1/auth/password-reset', { method: 'POST', key: null, json: { token, newPassword } });
    // Nor by one that they made before there was a second.
    expectProblem(await reset(early.json.token), 401, 'unauthenticated');
    // The operator can.
    const { token } = await createPasswordResetByEmail(gateway.authDatabase, 'Ken@example.org');
    expect((await reset(token)).status).toBe(204);
    expect((await signIn({ email: 'ken@example.org', password: newPassword })).status).toBe(200);
    await expect(createPasswordResetByEmail(gateway.authDatabase, 'nobody@example.org')).rejects.toThrow('Nobody');
    expectProblem(
      await gateway.request('/v1/organizations', { method: 'POST', json: { name: 'X' } }),
      403,
      'forbidden',
    );
  });
});
