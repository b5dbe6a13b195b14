import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { newId } from '#contracts/ids/ids.ts';
import { type Browser, join, openBrowser, passwordOf } from '../testing/browser.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { openGateway, type TestAnswer, type TestGateway } from '../testing/open-gateway.ts';

let gateway: TestGateway;
let owner: Browser;
beforeAll(async () => {
  gateway = await openGateway();
  owner = await openBrowser(gateway);
});
afterAll(() => gateway?.close());

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
    const body = new FormData();
    body.append('file', new Blob(['glTF of others']), 'table.glb');
    const foreign = (await owner.request(`/v1/assets?projectId=${other}`, { method: 'POST', body })).json;
    expectProblem(await mary.request(`/v1/assets/${foreign.id}`, { method: 'DELETE' }), 403, 'forbidden');
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
