import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, join, openBrowser } from '../testing/browser.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { openGateway, type TestGateway } from '../testing/open-gateway.ts';

const TUS = { 'tus-resumable': '1.0.0' };
const BODY = { ...TUS, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };

let gateway: TestGateway;
let owner: Browser;
/** An editor of one project, who is nothing else. */
let lin: Browser;
/** The project, and another one. */
let theirs: string;
let other: string;
/** Assets in them. */
let shown: string;
let hidden: string;

beforeAll(async () => {
  gateway = await openGateway();
  owner = await openBrowser(gateway);
  [theirs, other] = [await project('Shown'), await project('Hidden')];
  [shown, hidden] = [await assetIn(theirs), await assetIn(other)];
  lin = await join(gateway, owner, 'editor', 'lin', theirs);
});
afterAll(() => gateway?.close());

const project = async (name: string) =>
  (await owner.request('/v1/projects', { method: 'POST', json: { name } })).json.id as string;
async function assetIn(projectId: string): Promise<string> {
  const headers = { 'content-type': 'application/octet-stream' };
  const path = `/v1/assets?name=chair.glb&projectId=${projectId}`;
  const { id } = (await owner.request(path, { method: 'POST', headers, body: `glTF ${projectId}` })).json;
  await gateway.work('geometry.process', { asset: id });
  await gateway.work('render.image', { asset: id });
  return id;
}
const refused = async (answer: ReturnType<Browser['request']>) => expectProblem(await answer, 403, 'forbidden');

/** What lies elsewhere is not there for a guest. */
const unknown = async (answer: ReturnType<Browser['request']>) => expectProblem(await answer, 404, 'not_found');

describe('a resumable upload', () => {
  const begin = (who: Browser, about: Record<string, string>) => {
    const metadata = Object.entries(about).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
    const headers = { ...TUS, 'upload-length': '9', 'upload-metadata': metadata.join(',') };
    return who.request('/v1/uploads', { method: 'POST', headers });
  };
  const write = (who: Browser, path: string) =>
    who.request(path, { method: 'PATCH', headers: BODY, body: 'glTF bits' });
  const asset = (json: object, path = '/v1/assets') => lin.request(path, { method: 'POST', json });

  it('is of the project that its metadata name, or whose asset it is a version of', async () => {
    await refused(begin(lin, {}));
    await refused(begin(lin, { projectId: other }));
    await unknown(begin(lin, { assetId: hidden }));
    await unknown(begin(lin, { projectId: theirs, assetId: hidden }));
    expectProblem(await begin(lin, { projectId: 'here' }), 400, 'invalid_request');

    const begun = await begin(lin, { projectId: theirs, name: 'Lamp' });
    expect(begun.json, begun.text).toMatchObject({ projectId: theirs, received: 0 });
    const path = begun.headers.get('location') as string;
    expect((await lin.request(path, { method: 'HEAD', headers: TUS })).headers.get('upload-offset')).toBe('0');
    const done = await write(lin, path);
    const made = await lin.request(`/v1/assets/${done.headers.get('upload-asset')}`);
    expect(made.json).toMatchObject({ name: 'Lamp', projectId: theirs });
    expect((await lin.request(path, { method: 'DELETE', headers: TUS })).status).toBe(204);

    expect((await begin(lin, { assetId: shown })).json.projectId).toBe(theirs);
    const foreign = (await begin(owner, { projectId: other })).headers.get('location') as string;
    for (const method of ['GET', 'DELETE']) await unknown(lin.request(foreign, { method, headers: TUS }));
    await unknown(write(lin, foreign));
  });

  it('that is held becomes an asset where it was named, by who may use it there', async () => {
    const held = async (who: Browser, about: Record<string, string>) => {
      const { json, headers } = await begin(who, { hold: 'true', ...about });
      await write(who, headers.get('location') as string);
      return json.id as string;
    };
    const own = await held(lin, { projectId: theirs });
    const foreign = [await held(owner, { projectId: other }), await held(owner, {})];
    for (const id of foreign) {
      await unknown(asset({ uploads: [own, id], projectId: theirs }));
      await unknown(asset({ uploads: [id] }, `/v1/assets/${shown}/versions`));
    }
    // Its uploads let nobody in: without a project the asset would lie in the first one.
    await refused(asset({ uploads: [own] }));
    const made = await asset({ uploads: [own], projectId: theirs });
    expect(made.json, made.text).toMatchObject({ projectId: theirs, state: 'uploading' });
    const chair = await assetIn(theirs);
    const next = await asset({ uploads: [await held(lin, { assetId: chair })] }, `/v1/assets/${chair}/versions`);
    expect(next.status).toBe(201);
  });
});

describe('a batch', () => {
  const ask = (who: Browser, json: object) => who.request('/v1/batches', { method: 'POST', json });
  const render = (assetId: string) => ({ render: { assetId, width: 64, height: 64 } });

  it('is of the project that it names, and so is every asset of its items', async () => {
    await refused(ask(lin, { items: [render(shown)] }));
    await refused(ask(lin, { projectId: other, items: [render(hidden)] }));
    const recipe = { assetId: shown, recipe: { operations: [{ type: 'weld' }] } };
    const made = await ask(lin, { projectId: theirs, items: [render(shown), render(hidden), recipe] });
    expect(made.status, made.text).toBe(202);
    expect(made.json).toMatchObject({
      projectId: theirs,
      items: [{ state: 'queued' }, { state: 'refused', error: { code: 'not_found' } }, { state: 'queued' }],
    });
    const path = `/v1/batches/${made.json.id}`;
    expect((await lin.request(path)).json.counts).toMatchObject({ queued: 2, refused: 1 });
    expect((await lin.request(`/v1/batches?projectId=${theirs}`)).json.data).toHaveLength(1);
    expect((await lin.request(`${path}/cancel`, { method: 'POST' })).json.counts.canceled).toBe(2);

    const foreign = (await ask(owner, { items: [render(shown)] })).json;
    expect(foreign.projectId).toBeNull();
    await unknown(lin.request(`/v1/batches/${foreign.id}`));
    for (const hiddenPath of ['/v1/batches', `/v1/batches?projectId=${other}`]) {
      await refused(lin.request(hiddenPath));
    }
    await unknown(lin.request(`/v1/batches/${foreign.id}/cancel`, { method: 'POST' }));
  });

  it('needs the right to change assets for recipes, in the project', async () => {
    const eve = await join(gateway, owner, 'viewer', 'eve', theirs);
    await refused(ask(eve, { projectId: theirs, items: [render(shown)] }));
    expectProblem(
      await ask(owner, { projectId: 'prj_01kb2v4t9wf6x8q3m5n7p0r2s4', items: [render(shown)] }),
      404,
      'not_found',
    );
  });
});

describe('a webhook of a project', () => {
  it('is made, read, changed and ended by who administers the project', async () => {
    const rosa = await join(gateway, owner, 'admin', 'rosa', theirs);
    const wish = { url: 'https://hooks.example/in', projectId: theirs };
    const make = (who: Browser, json: object) => who.request('/v1/webhooks', { method: 'POST', json });
    await refused(make(rosa, { url: wish.url }));
    await refused(make(lin, wish));
    const { json: webhook } = await make(rosa, wish);
    expect(webhook).toMatchObject({ projectId: theirs, secret: expect.stringMatching(/^whsec_/) });
    const path = `/v1/webhooks/${webhook.id}`;
    const listed = await rosa.request(`/v1/webhooks?projectId=${theirs}`);
    expect(listed.json.data).toMatchObject([{ id: webhook.id }]);
    const change = (json: object) => rosa.request(path, { method: 'PATCH', json });
    expect((await change({ description: 'CI' })).json.description).toBe('CI');
    // It must not come to hear of the whole organisation, nor of another project.
    await refused(change({ projectId: null }));
    await refused(change({ projectId: other }));
    const { json: delivery } = await rosa.request(`${path}/test`, { method: 'POST' });
    expect((await rosa.request(`${path}/deliveries/${delivery.id}`)).status).toBe(200);
    expect((await rosa.request(`${path}/secret`, { method: 'POST', json: {} })).status).toBe(200);
    // Editors read what administrators change.
    expect((await lin.request(`${path}/deliveries`)).json.data).toHaveLength(1);
    await refused(lin.request(path, { method: 'DELETE' }));

    const { json: foreign } = await make(owner, { url: wish.url });
    await unknown(rosa.request(`/v1/webhooks/${foreign.id}`));
    for (const one of ['/v1/webhooks', `/v1/webhooks?projectId=${other}`]) {
      await refused(rosa.request(one));
    }
    await unknown(rosa.request(`/v1/webhooks/${foreign.id}/deliveries`));
    expect((await rosa.request(path, { method: 'DELETE' })).status).toBe(204);
  });
});
