import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { newId } from '#contracts/ids/ids.ts';
import { createPasswordResetByEmail } from '#services/auth/people/change-password.ts';
import { type Browser, join, openBrowser, passwordOf } from '../testing/browser.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { OWNER, openGateway, type TestAnswer, type TestGateway } from '../testing/open-gateway.ts';

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

describe('a role in a project', () => {
  it('is one there, and nowhere else', async () => {
    const project = async (name: string) =>
      (await owner.request('/v1/projects', { method: 'POST', json: { name } })).json.id as string;
    const [theirs, other] = [await project('Theirs'), await project('Other')];
    const mary = await join(gateway, owner, 'viewer', 'mary');
    const path = `/v1/projects/${theirs}/members/${mary.signedIn.user.id}`;
    const rename = (id: string) => mary.request(`/v1/projects/${id}`, { method: 'PATCH', json: { name: 'Renamed' } });
    expectProblem(await rename(theirs), 403, 'forbidden');
    expect((await owner.request(path, { method: 'PUT', json: { role: 'editor' } })).json.role).toBe('editor');
    expect((await mary.request(`/v1/projects/${theirs}/members`)).json.data).toHaveLength(1);
    expect((await mary.request('/v1/me')).json.projectRoles).toEqual({ [theirs]: 'editor' });

    expect((await rename(theirs)).status).toBe(200);
    expectProblem(await rename(other), 403, 'forbidden');
    expectProblem(await mary.request('/v1/projects', { method: 'POST', json: { name: 'New' } }), 403, 'forbidden');
    const upload = (query: string, field?: string) => {
      const body = new FormData();
      if (field !== undefined) body.append('projectId', field);
      body.append('file', new Blob([`glTF ${Math.random()}`]), 'chair.glb');
      return mary.request(`/v1/assets${query}`, { method: 'POST', body });
    };
    const uploaded = await upload(`?projectId=${theirs}`);
    expect(uploaded.status).toBe(201);
    expectProblem(await upload(''), 403, 'forbidden');
    expectProblem(await upload(`?projectId=${other}`), 403, 'forbidden');
    // Let in for one project, a form cannot name another.
    expectProblem(await upload(`?projectId=${theirs}`, other), 403, 'forbidden');
    const asset = `/v1/assets/${uploaded.json.id}`;
    expect((await mary.request(asset, { method: 'PATCH', json: { name: 'Mine' } })).status).toBe(200);
    expectProblem(await mary.request(asset, { method: 'PATCH', json: { projectId: other } }), 403, 'forbidden');
    const [foreign] = (await gateway.upload()).id.split(' ');
    expectProblem(await mary.request(`/v1/assets/${foreign}`, { method: 'DELETE' }), 403, 'forbidden');
    expectProblem(await mary.request('/v1/api-keys'), 403, 'forbidden');

    expect((await owner.request(path, { method: 'DELETE' })).status).toBe(204);
    expectProblem(await rename(theirs), 403, 'forbidden');
  });

  it('lets nobody in for naming the project where an operation does not ask for one', async () => {
    const project = await owner.request('/v1/projects', { method: 'POST', json: { name: 'Own' } });
    const { id } = project.json;
    const rosa = await join(gateway, owner, 'viewer', 'rosa');
    const member = `/v1/projects/${id}/members/${rosa.signedIn.user.id}`;
    expect((await owner.request(member, { method: 'PUT', json: { role: 'admin' } })).status).toBe(200);
    for (const path of ['/v1/api-keys', '/v1/audit-log', '/v1/service-accounts', '/v1/invitations']) {
      expectProblem(await rosa.request(`${path}?projectId=${id}`), 403, 'forbidden');
    }
    const key = { name: 'mine', scopes: ['keys:read'] };
    const made = await rosa.request(`/v1/api-keys?projectId=${id}`, {
      method: 'POST',
      json: { ...key, projectId: id },
    });
    expectProblem(made, 403, 'forbidden');
    // Who administers a project gives roles in it up to their own, and invites guests to it and nowhere else.
    const invite = (json: object) => rosa.request('/v1/invitations', { method: 'POST', json });
    const email = 'noor@example.org';
    expect((await invite({ email, role: 'editor', projectId: id })).status).toBe(201);
    expectProblem(await invite({ email, role: 'owner', projectId: id }), 403, 'forbidden');
    expectProblem(await invite({ email, role: 'viewer' }), 403, 'forbidden');
    // Nobody learns by it who is a member, and who is one keeps a stronger role that they have there.
    const ivy = await join(gateway, owner, 'viewer', 'ivy');
    await owner.request(`/v1/projects/${id}/members/${ivy.signedIn.user.id}`, {
      method: 'PUT',
      json: { role: 'admin' },
    });
    const toMember = await invite({ email: 'ivy@example.org', role: 'viewer', projectId: id });
    expect(toMember.status, toMember.text).toBe(201);
    const accepted = await gateway.request('/v1/invitations/accept', {
      method: 'POST',
      key: null,
      json: { token: toMember.json.token, password: passwordOf('ivy') },
    });
    expect(accepted.json).toMatchObject({ role: 'viewer', projectRoles: { [id]: 'admin' } });
    await owner.request(`/v1/projects/${id}/members/${ivy.signedIn.user.id}`, { method: 'DELETE' });
    const { id: ownerId } = owner.signedIn.user;
    const give = (role: string) =>
      rosa.request(`/v1/projects/${id}/members/${ownerId}`, { method: 'PUT', json: { role } });
    expect((await give('editor')).status).toBe(200);
    expectProblem(await give('owner'), 403, 'forbidden');
    expectProblem(await give('guest'), 400, 'invalid_request');
    // Nor do they take one that is stronger, by a weaker one in its place or by none.
    const own = `/v1/projects/${id}/members/${ownerId}`;
    expect((await owner.request(own, { method: 'PUT', json: { role: 'owner' } })).status).toBe(200);
    expectProblem(await give('viewer'), 403, 'forbidden');
    expectProblem(await rosa.request(own, { method: 'DELETE' }), 403, 'forbidden');
    expect((await owner.request(`/v1/projects/${id}/members`)).json.data[1].role).toBe('owner');
  });
});

describe('a guest of one project', () => {
  it('sees and hears of it alone, by session and by token', async () => {
    const project = async (name: string) =>
      (await owner.request('/v1/projects', { method: 'POST', json: { name } })).json.id as string;
    const [theirs, other] = [await project('Shown'), await project('Hidden')];
    expectProblem(
      await owner.request('/v1/invitations', {
        method: 'POST',
        json: { email: 'lin@example.org', role: 'viewer', projectId: newId('project') },
      }),
      404,
      'not_found',
    );
    const lin = await join(gateway, owner, 'viewer', 'lin', theirs);
    expect(lin.signedIn).toMatchObject({ role: 'guest', projectRoles: { [theirs]: 'viewer' } });
    const upload = async (to: string) => {
      const body = new FormData();
      body.append('file', new Blob([`glTF ${Math.random()}`]), 'chair.glb');
      return (await owner.request(`/v1/assets?projectId=${to}`, { method: 'POST', body })).json.id as string;
    };
    const [shown, hidden] = [await upload(theirs), await upload(other)];
    const scope = { scope: 'assets:read events:read' };
    const token = await lin.request('/v1/tokens', { method: 'POST', json: scope });
    expect(token.json.scope).toBe(scope.scope);
    expectProblem(
      await lin.request('/v1/tokens', { method: 'POST', json: { scope: 'assets:write' } }),
      403,
      'forbidden',
    );
    const byToken: Browser['request'] = (path, init) =>
      gateway.request(path, { ...init, key: token.json.access_token });
    for (const ask of [lin.request, byToken]) {
      expect((await ask(`/v1/assets/${shown}`)).status).toBe(200);
      expect((await ask(`/v1/assets?projectId=${theirs}`)).json.data).toHaveLength(1);
      const missing = newId('asset');
      const [there, nowhere] = await Promise.all([hidden, missing].map((id) => ask(`/v1/assets/${id}`)));
      const told = (answer: TestAnswer | undefined, id: string) => {
        const { requestId, ...rest } = expectProblem(answer as TestAnswer, 404, 'not_found');
        return JSON.stringify(rest).replaceAll(id, 'id');
      };
      // Not even that it is there is told.
      expect(told(there, hidden)).toBe(told(nowhere, missing));
      for (const path of ['/v1/assets', `/v1/assets?projectId=${other}`, '/v1/api-keys']) {
        expectProblem(await ask(path), 403, 'forbidden');
      }
      expectProblem(await ask(`/v1/assets/${shown}`, { method: 'DELETE' }), 403, 'forbidden');
    }
    // The token was made for less than the role allows.
    expect((await lin.request(`/v1/jobs?projectId=${theirs}`)).status).toBe(200);
    expectProblem(await byToken(`/v1/jobs?projectId=${theirs}`), 403, 'forbidden');

    for (const query of ['', `?project=${other}`, `?asset=${shown}`]) {
      expectProblem(
        await byToken(`/v1/events${query}`, { headers: { accept: 'text/event-stream' } }),
        403,
        'forbidden',
      );
    }
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/events?project=${theirs}`, {
      headers: { authorization: `Bearer ${token.json.access_token}` },
    });
    const heard: { type: string; projectId?: string }[] = [];
    socket.on('message', (data) => heard.push(JSON.parse(String(data))));
    await vi.waitFor(() => expect(heard).toHaveLength(1), 20_000);
    await upload(other);
    const next = await upload(theirs);
    await vi.waitFor(() => expect(JSON.stringify(heard)).toContain(next), 20_000);
    expect(heard.slice(1).every(({ projectId }) => projectId === theirs)).toBe(true);
    socket.close();

    // Without the role there is nothing left, and tokens that named it end.
    const member = `/v1/projects/${theirs}/members/${lin.signedIn.user.id}`;
    expect((await owner.request(member, { method: 'DELETE' })).status).toBe(204);
    expectProblem(await lin.request(`/v1/assets/${shown}`), 403, 'forbidden');
    expectProblem(await byToken(`/v1/assets/${shown}`), 401, 'unauthenticated');
  });

  it('is one of nothing when the project is deleted, as is who was yet to come', async () => {
    const { id } = (await owner.request('/v1/projects', { method: 'POST', json: { name: 'Short' } })).json;
    const uma = await join(gateway, owner, 'admin', 'uma', id);
    const late = await uma.request('/v1/invitations', {
      method: 'POST',
      json: { email: 'late@example.org', role: 'viewer', projectId: id },
    });
    const token = await uma.request('/v1/tokens', { method: 'POST', json: {} });
    expect((await owner.request(`/v1/projects/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await uma.request('/v1/me')).json.projectRoles).toEqual({});
    // In an organisation of their own they could invite whom they like, and would have quotas that nobody gave them.
    const own = await uma.request('/v1/organizations', { method: 'POST', json: { name: 'Mine' } });
    expectProblem(own, 403, 'forbidden');
    expectProblem(await uma.request(`/v1/assets?projectId=${id}`), 403, 'forbidden');
    expectProblem(await gateway.request('/v1/me', { key: token.json.access_token }), 401, 'unauthenticated');
    const json = { token: late.json.token, name: 'Late', password: passwordOf('late') };
    const refused = await gateway.request('/v1/invitations/accept', { method: 'POST', key: null, json });
    expectProblem(refused, 401, 'unauthenticated');
  });

  it('can become a member and a member a guest, whose keys then open nothing', async () => {
    const kim = await join(gateway, owner, 'admin', 'kim');
    const key = await kim.request('/v1/api-keys', { method: 'POST', json: { name: 'k', scopes: ['assets:read'] } });
    const change = (role: string) =>
      owner.request(`/v1/members/${kim.signedIn.user.id}`, { method: 'PATCH', json: { role } });
    expect((await change('guest')).json.role).toBe('guest');
    expectProblem(await kim.request('/v1/assets'), 403, 'forbidden');
    expectProblem(await gateway.request('/v1/assets', { key: key.json.key }), 403, 'forbidden');
    expect((await change('viewer')).json.role).toBe('viewer');
    expect((await kim.request('/v1/assets')).status).toBe(200);
  });
});
