import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isKeyScope, roleHas, scopesOf } from '#contracts/access/policy.ts';
import { type Role, WorkingRole } from '#contracts/access/roles.ts';
import { PUBLIC_API } from '#contracts/rest/public-api.ts';
import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';
import { type Browser, join, openBrowser } from '../testing/browser.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { ask, FIXED, metadataOf, oneOfEach } from '../testing/one-of-each.ts';
import { openGateway, type TestGateway, type TestRequest } from '../testing/open-gateway.ts';

/**
 * Every route of the API, asked for by every role of the organisation that owns what it names, and by the owner of
 * another one. Made of the tables of routes and of the policy: a new route is tested by itself, and fails here when its
 * path names something that this test has no example of.
 */
type Actor = Exclude<Role, 'guest'> | 'stranger' | 'nobody';
const operations: [string, PublicEndpoint][] = Object.entries(PUBLIC_API);

let gateway: TestGateway;
/** Of each actor a key with all scopes that the role has; nobody has none. */
const keys = new Map<Actor, string | null>([['nobody', null]]);
/** Ids of what the first organisation owns, by the name of the path parameter. */
const owned: Record<string, string> = {};
let owner: Browser;
/** Somebody who is an editor of one project, and nothing in the organisation. */
let guest: Browser;
/** Ids of what lies in the guest's project; the other ones as in `owned`. */
let theirs: Record<string, string>;

beforeAll(async () => {
  gateway = await openGateway();
  owner = await openBrowser(gateway);
  for (const role of WorkingRole.options) {
    const account = await owner.request('/v1/service-accounts', { method: 'POST', json: { name: role, role } });
    const json = { name: role, scopes: scopesOf(role), serviceAccountId: account.json.id };
    keys.set(role, (await owner.request('/v1/api-keys', { method: 'POST', json })).json.key);
    owned.serviceAccountId ??= account.json.id;
  }
  const stranger = await gateway.makeOrganization();
  keys.set('stranger', stranger.key);

  Object.assign(owned, await oneOfEach(gateway, owner), { serviceAccountId: owned.serviceAccountId });
  const { json: project } = await owner.request('/v1/projects', { method: 'POST', json: { name: 'Theirs' } });
  guest = await join(gateway, owner, 'editor', 'guest', project.id);
  const inProject = await thingsOf(guest, project.id);
  theirs = { ...owned, ...inProject };
});
afterAll(() => gateway?.close());

describe('every route', () => {
  it('has an example of each thing that its path names', () => {
    const named = operations.flatMap(([, { path }]) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    expect([...new Set(named)].filter((name) => name !== undefined && !(name in owned) && !(name in FIXED))).toEqual(
      [],
    );
  });

  it.each(operations)('%s lets in whom the table names, and nobody else', async (operationId, endpoint) => {
    const { scope } = endpoint;
    if (!isKeyScope(scope)) return;
    const attempt = async ([actor, key]: [Actor, string | null]) => {
      // What a role may do here can destroy what the next one needs: who may is asked about nothing that is there.
      const allowed = actor !== 'nobody' && (actor === 'stranger' || roleHas(actor, scope));
      const answer = await ask(gateway, endpoint, key, allowed ? MISSING : owned);
      const what = `${operationId} by ${actor}: ${answer.status} ${answer.text.slice(0, 200)}`;
      if (actor === 'nobody') expect(answer.status, what).toBe(401);
      else if (allowed) expect([401, 403], what).not.toContain(answer.status);
      else expect(answer.status, what).toBe(403);
    };
    await Promise.all([...keys].map(attempt));
  });

  it.each(operations.filter(([, { path }]) => path.includes('{')))(
    '%s answers another organisation that nothing is there',
    async (operationId, endpoint) => {
      if (endpoint.scope === 'public') return;
      const changes = endpoint.method !== 'GET';
      const before = changes && (await everything());
      const answer = await ask(gateway, endpoint, keys.get('stranger') ?? null, owned);
      const what = `${operationId}: ${answer.status} ${answer.text.slice(0, 200)}`;
      // Of one's own account, which a key has none of, a key is told so before anything is looked up.
      const expected = PEOPLE_ONLY.includes(operationId) ? 403 : OWN_NAMES.includes(operationId) ? 200 : 404;
      if (expected === 200) expect([200, 204, 404], what).toContain(answer.status);
      else expect(answer.status, what).toBe(expected);
      expect(changes && (await everything()), operationId).toEqual(before);
    },
  );

  it.each(operations.filter(([, { path, method }]) => method === 'GET' && !path.includes('{')))(
    '%s shows another organisation nothing of this one',
    async (operationId, { path, scope }) => {
      if (scope === 'public' || operationId === 'listenToEvents') return;
      const answer = await gateway.request(path, { key: keys.get('stranger') ?? null });
      const people = PEOPLE_ONLY.includes(operationId);
      expect(answer.status, operationId).toBe(people ? 403 : 200);
      for (const [name, id] of Object.entries(owned)) {
        if (name !== 'name') expect(answer.text, `${operationId} shows ${name}`).not.toContain(id);
      }
    },
  );

  it.each(operations)('%s lets a guest into their own project alone', async (operationId, endpoint) => {
    const { scope, query } = endpoint;
    if (!isKeyScope(scope)) return;
    const inProject =
      /\{(?:projectId|assetId|jobId|renderId|derivativeId|directUploadId|uploadId|batchId|webhookId|shareId)\}/.test(
        endpoint.path,
      );
    const may = roleHas('editor', scope) && (inProject || BY_NAME.includes(operationId));
    const named = Object.keys(query?.shape ?? {}).filter((name) => /^(?:projectId|project|assetId)$/.test(name));
    const queryOf = (names: string[], ids: Record<string, string>) =>
      `?${names.map((name) => `${name}=${ids[name] ?? ids.projectId}`).join('&')}`;
    const as = (path: string, init?: TestRequest) => guest.request(path, init);

    // What of theirs is gone after one operation is not found by the next: they are let in all the same.
    const own = await ask(gateway, endpoint, as, theirs, { query: queryOf(named, theirs), inBody: true });
    const what = `${operationId}: ${own.status} ${own.text.slice(0, 200)}`;
    if (may) expect([401, 403], what).not.toContain(own.status);
    else expect(own.status, what).toBe(403);

    // To name one's own project where the operation does not ask for it opens nothing.
    const changesTheirs = may && !inProject;
    const before = !changesTheirs && endpoint.method !== 'GET' && (await everything());
    const others = { query: queryOf(['projectId', 'assetId', 'project'], theirs), inBody: false };
    const refused = await ask(gateway, endpoint, as, owned, others);
    const why = `${operationId} of others: ${refused.status} ${refused.text.slice(0, 200)}`;
    if (may && !inProject && endpoint.method === 'GET') expect(refused.text, why).not.toContain(owned.assetId);
    // The folder that this server keeps its objects in takes no direct uploads: there is none, whoever asks.
    else if (endpoint.path.includes('{directUploadId}')) expect(refused.status, why).toBe(404);
    // What lies in another project is not there for them, as if it were of another organisation.
    else if (may && inProject && !endpoint.path.includes('{projectId}')) expect(refused.status, why).toBe(404);
    else if (!BY_NAME.includes(operationId)) expect(refused.status, why).toBe(403);
    if (before) expect(await everything(), operationId).toEqual(before);
  });

  it('shows a guest one project, and nothing of the organisation', async () => {
    const { json } = await guest.request('/v1/projects');
    expect(json.data.map(({ id }: { id: string }) => id)).toEqual(json.data.length === 0 ? [] : [theirs.projectId]);
    for (const path of ['/v1/assets', '/v1/jobs', '/v1/members', '/v1/usage', '/v1/renders', '/v1/environments']) {
      expect((await guest.request(path)).status, path).toBe(403);
    }
    const me = await guest.request('/v1/me');
    expect(me.json).toMatchObject({ role: 'guest', scopes: [], projectRoles: { [theirs.projectId ?? '']: 'editor' } });
  });

  it('takes no organisation from the request itself', async () => {
    const headers = {
      'x-maquette-organization': gateway.organizationId,
      'x-maquette-caller': encodeURIComponent('{}'),
    };
    const answer = await gateway.request('/v1/assets', { key: keys.get('stranger') ?? null, headers });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain(owned.assetId);
    const json = { name: 'Mine', organizationId: gateway.organizationId, id: owned.projectId, revision: 99 };
    const make = (body: object) =>
      gateway.request('/v1/projects', { method: 'POST', key: keys.get('stranger') ?? null, json: body, headers });
    expectProblem(await make(json), 400, 'invalid_request');
    const made = await make({ name: 'Mine' });
    expect(made.status).toBe(201);
    expect((await gateway.request(`/v1/projects/${made.json.id}`)).status).toBe(404);
  });
});

describe('the audit log', () => {
  it('tells of changes in both services, newest first, to those who may read it', async () => {
    const { json, headers } = await owner.request('/v1/audit-log?limit=5');
    expect(json.data).toHaveLength(5);
    expect(headers.get('link')).toContain('rel="next"');
    const next = await owner.request(`/v1/audit-log?limit=200&cursor=${json.nextCursor}`);
    const all = [...json.data, ...next.json.data] as { id: string; action: string; actor: { kind: string } }[];
    expect(all.map(({ id }) => id)).toEqual(
      all
        .map(({ id }) => id)
        .toSorted()
        .reverse(),
    );
    const actions = new Set(all.map(({ action }) => action));
    for (const action of [
      'signIn',
      'createApiKey',
      'createAsset',
      'createInvitation',
      'createWebhook',
      'createRender',
    ]) {
      expect(actions).toContain(action);
    }
    const mine = await owner.request(`/v1/audit-log?action=createInvitation&actorId=${owner.signedIn.user.id}`);
    expect(mine.json.data[0]).toMatchObject({
      actor: { kind: 'user', id: owner.signedIn.user.id, credentialId: owner.signedIn.session.id },
      outcome: 'done',
      address: '127.0.0.1',
      details: { email: 'guest@example.org' },
    });
    expect(mine.json.data[0].requestId).toBeTruthy();
    const failed = { email: owner.signedIn.user.email, password: 'wrong' };
    await gateway.request('/v1/auth/sign-in', { method: 'POST', key: null, json: failed });
    const refused = await owner.request('/v1/audit-log?action=signIn&limit=1');
    expect(refused.json.data[0]).toMatchObject({ outcome: 'refused', actor: { kind: 'anonymous' } });
    expect(refused.text).not.toContain('wrong');
    for (const filter of ['action', 'actorId', 'subjectId']) {
      expectProblem(await owner.request(`/v1/audit-log?${filter}=%00`), 400, 'invalid_request');
    }
  });
});

/** Operations that name a project, or something in one, beside their path. */
const BY_NAME = [
  'listProjects',
  'listAssets',
  'createAsset',
  'listJobs',
  'listRenders',
  'createRender',
  'estimateRender',
  'listShares',
  'listenToEvents',
  'createUpload',
  'createBatch',
  'listBatches',
  'listWebhooks',
];
/** Ids of the right form that nothing has. */
const MISSING: Record<string, string> = new Proxy(
  {},
  { get: (_, name) => owned[String(name)]?.replace(/_.*/, '_01kb2v4t9wf6x8q3m5n7p0r2s4').replace(/^kept$/, 'missing') },
);
/** Operations of a person on their own account. */
const PEOPLE_ONLY = operations
  .filter(([, { scope, path }]) => scope === 'authenticated' && path.startsWith('/v1/auth/'))
  .map(([operationId]) => operationId);
/** Operations on names, of which each organisation has its own. */
const OWN_NAMES = ['putValidationProfile', 'deleteValidationProfile'];

/** What somebody makes in a project, and its ids. */
async function thingsOf({ request }: Browser, projectId: string): Promise<Record<string, string>> {
  const body = new FormData();
  body.append('file', new Blob(['glTF of the guest']), 'theirs.glb');
  const uploaded = await request(`/v1/assets?projectId=${projectId}`, { method: 'POST', body });
  expect(uploaded.status, uploaded.text).toBe(201);
  const { id: assetId, job: jobId } = uploaded.json;
  await gateway.work('geometry.process', { asset: assetId });
  await gateway.work('render.image', { asset: assetId });
  const json = { assetId, kind: 'image', width: 64, height: 64 };
  const rendered = await request('/v1/renders', { method: 'POST', json });
  expect(rendered.status, rendered.text).toBeLessThan(300);
  const { json: derivatives } = await request(`/v1/assets/${assetId}/derivatives`);
  const headers = { 'tus-resumable': '1.0.0', 'upload-length': '3', 'upload-metadata': metadataOf(projectId) };
  const upload = await request('/v1/uploads', { method: 'POST', headers });
  expect(upload.status, upload.text).toBe(201);
  const batch = { projectId, items: [{ render: json }] };
  const { json: asked } = await request('/v1/batches', { method: 'POST', json: batch });
  const { json: share } = await request(`/v1/assets/${assetId}/shares`, { method: 'POST', json: { name: 'theirs' } });
  // Editors read webhooks; only who administers makes them.
  const hook = { url: 'https://example.org/hook', projectId };
  const { json: webhook } = await owner.request('/v1/webhooks', { method: 'POST', json: hook });
  const { json: delivery } = await owner.request(`/v1/webhooks/${webhook.id}/test`, { method: 'POST' });
  return {
    projectId,
    assetId,
    jobId,
    renderId: rendered.json.render.id,
    derivativeId: derivatives.data[0].id,
    uploadId: upload.json.id,
    batchId: asked.id,
    webhookId: webhook.id,
    deliveryId: delivery.id,
    shareId: share.id,
  };
}

/** All that the first organisation can read of its own. */
async function everything(): Promise<unknown> {
  const paths = [
    'projects',
    'assets',
    'api-keys',
    'members',
    'invitations',
    'webhooks',
    'service-accounts',
    'jobs',
    'batches',
  ];
  const lists = await Promise.all(paths.map((path) => owner.request(`/v1/${path}`)));
  return lists.map(({ json }) => json.data.map((item: object) => ({ ...item, lastUsedAt: null, lastSeenAt: null })));
}
