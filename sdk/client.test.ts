import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AnyEvent } from '#contracts/events/events.ts';
import { newId } from '#contracts/ids/ids.ts';
import { KEY, openGateway, type TestGateway } from '#services/gateway/testing/open-gateway.ts';
import { createClient, type MaquetteClient } from './client.ts';

let gateway: TestGateway;
let client: MaquetteClient;
beforeAll(async () => {
  gateway = await openGateway();
  client = createClient({ baseUrl: `${gateway.url}/`, key: KEY });
});
afterAll(() => gateway?.close());

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('assets', () => {
  it('are uploaded from a blob, files or a stream, and waited for', async () => {
    const fromBlob = await client.assets.upload(new Blob(['glTF blob']), { name: 'Chair' });
    expect(fromBlob).toMatchObject({ name: 'Chair', state: 'processing' });
    const files = [
      { name: 'a/model.gltf', data: new Blob(['{}']) },
      { name: 'a/textures/wood.png', data: new Blob(['png']) },
    ];
    const fromFiles = await client.assets.upload(files);
    expect((await client.assets.files(fromFiles.id)).map(({ name }) => name)).toEqual(files.map(({ name }) => name));
    const stream = new Blob(['glTF stream']).stream() as ReadableStream<Uint8Array>;
    const fromStream = await client.assets.upload(stream, { name: 'lamp.glb' });
    const [file] = await client.assets.files(fromStream.id);
    expect(await (await client.assets.download(file as { url: string })).text()).toBe('glTF stream');

    const ready = client.assets.waitUntilReady(fromStream.id);
    await gateway.work('geometry.process', { asset: fromStream.id });
    await gateway.work('render.image', { asset: fromStream.id });
    expect((await ready).state).toBe('ready');
    expect((await client.assets.report(fromStream.id)).triangles).toBe(12);
    const { verdict } = await client.assets.report(fromStream.id, { profile: 'web' });
    expect(verdict).toMatchObject({ profile: 'web' });
    expect((await client.assets.model(fromStream.id)).size).toBeGreaterThan(0);

    const again = await client.assets.uploadVersion(fromStream.id, new Blob(['glTF two']), { name: 'lamp.glb' });
    expect(again.version).toBe(2);
    expect((await collect(client.assets.versions(fromStream.id))).map(({ number }) => number)).toEqual([2, 1]);
  });

  it('are listed over page borders, changed and deleted', async () => {
    const project = await client.projects.create({ name: 'Many' });
    const made = [];
    for (let count = 0; count < 5; count += 1) {
      made.push(await client.assets.upload(new Blob([`glTF ${count}`]), { name: `m${count}`, projectId: project.id }));
    }
    const listed = await collect(client.assets.list({ projectId: project.id, pageSize: 2 }));
    expect(listed.map(({ id }) => id)).toEqual(made.map(({ id }) => id).reverse());
    const id = made[0]?.id ?? newId('asset');
    expect((await client.assets.update(id, { name: 'Renamed' })).name).toBe('Renamed');
    await client.assets.delete(id);
    await expect(client.assets.get(id)).rejects.toMatchObject({ code: 'not_found', status: 404, fault: 'input' });
  });

  it('have pictures', async () => {
    const asset = await gateway.uploadReady();
    const waiting = client.assets.picture(asset.id, 'png', { width: 40, background: '#ff0000' });
    await gateway.work('render.image', { asset: asset.id, content: 'picture' });
    const blob = await waiting;
    expect([blob.type, await blob.text()]).toEqual(['image/png', 'picture']);
  });
});

describe('renders and jobs', () => {
  it('are asked for and waited for', async () => {
    const asset = await gateway.uploadReady();
    const render = await client.renders.create({ assetId: asset.id, width: 64 });
    expect(render.state).toBe('queued');
    const waiting = client.renders.wait(render);
    await gateway.work('render.image', { asset: asset.id });
    expect(await waiting).toMatchObject({ state: 'succeeded', image: { width: 64 } });
    expect((await client.jobs.wait(render.job)).state).toBe('succeeded');
    const aborted = new AbortController();
    const { job } = await client.assets.upload(new Blob(['glTF waiting']));
    const never = client.jobs.wait(job, { signal: aborted.signal });
    aborted.abort(new Error('enough'));
    await expect(never).rejects.toThrow('enough');
    expect((await client.jobs.cancel(job)).state).toBe('canceled');
  });
});

describe('recipes', () => {
  it('are asked for, waited for and downloaded', async () => {
    const asset = await gateway.uploadReady();
    const recipe = { preset: 'web' as const, target: { triangles: 500 } };
    const job = await client.assets.optimize(asset.id, recipe);
    expect(job).toMatchObject({ state: 'queued', derivative: null });
    const waiting = client.jobs.wait(job.id);
    await gateway.work('geometry.recipe', { content: 'glTF lighter' });
    expect((await waiting).state).toBe('succeeded');
    const { derivative } = await client.assets.optimize(asset.id, recipe);
    expect(derivative).toMatchObject({ report: { output: { triangles: 50 } } });
    expect(await (await client.assets.download(derivative!)).text()).toBe('glTF lighter');
  });
});

describe('retries', () => {
  /** A server before the real one that loses the answers to the first requests, or puts them off. */
  const unreliable = (failures: (() => Promise<Response>)[]) => {
    const sent: RequestInit[] = [];
    const flaky: typeof fetch = async (url, init) => {
      sent.push(init as RequestInit);
      const answer = await fetch(url, init);
      const failure = failures.shift();
      return failure ? failure() : answer;
    };
    return { sent, client: createClient({ baseUrl: gateway.url, key: KEY, fetch: flaky }) };
  };
  const lost = () => Promise.reject(new TypeError('fetch failed'));
  const putOff = async () => new Response('{}', { status: 503, headers: { 'retry-after': '0' } });

  it('make what the server did, but could not say, once', async () => {
    const { sent, client: unlucky } = unreliable([lost, putOff]);
    const name = `Once ${newId('project')}`;
    const project = await unlucky.projects.create({ name });
    const all = await collect(client.projects.list());
    expect(all.filter((found) => found.name === name).map(({ id }) => id)).toEqual([project.id]);
    const keys = sent.map(({ headers }) => (headers as Record<string, string>)['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    const second = await unlucky.projects.create({ name });
    expect(second.id).not.toBe(project.id);
  });

  it('end after a while, and are not made of what may have happened', async () => {
    const always = unreliable(Array.from({ length: 9 }, () => lost));
    await expect(always.client.projects.create({ name: 'Never' })).rejects.toMatchObject({ code: 'unavailable' });
    expect(always.sent).toHaveLength(3);
    const project = await client.projects.create({ name: 'Gone' });
    const once = unreliable([lost]);
    await expect(once.client.projects.delete(project.id)).rejects.toMatchObject({ code: 'unavailable' });
    expect(once.sent).toHaveLength(1);
  });

  it('are not made of what is put off for long', async () => {
    const hour = unreliable([async () => new Response('{}', { status: 429, headers: { 'retry-after': '3600' } })]);
    await expect(hour.client.projects.create({ name: 'Later' })).rejects.toThrow('429');
    expect(hour.sent).toHaveLength(1);
  });
});

describe('models', () => {
  it('come in other formats', async () => {
    const asset = await gateway.uploadReady();
    const waiting = client.assets.model(asset.id, { format: 'gltf' });
    await gateway.work('geometry.recipe', { content: 'PK scene.gltf' });
    const blob = await waiting;
    expect([blob.type, await blob.text()]).toEqual(['application/zip', 'PK scene.gltf']);
    expect((await client.assets.model(asset.id)).type).toBe('model/gltf-binary');
  });
});

describe('access', () => {
  it('is given to people and programs, and written down', async () => {
    const { organization, serviceAccounts, apiKeys } = client;
    const account = await serviceAccounts.create({ name: 'importer', role: 'editor' });
    const made = await apiKeys.create({ name: 'importer', scopes: ['assets:read'], serviceAccountId: account.id });
    const rotated = await apiKeys.rotate(made.id, { overlapSeconds: 60 });
    const importer = createClient({ baseUrl: gateway.url, key: rotated.key });
    const { access_token } = await importer.apiKeys.token(['assets:read']);
    const me = await createClient({ baseUrl: gateway.url, key: access_token }).me();
    expect(me).toMatchObject({ serviceAccountId: account.id, role: 'editor', scopes: ['assets:read'] });
    const { id, token } = await organization.invite('ada@example.org', 'editor');
    expect(token).toMatch(/^mqi_/);
    await organization.revokeInvitation(id);
    const actions: string[] = [];
    for await (const { action } of organization.auditLog({ subjectId: id })) actions.push(action);
    expect(actions).toEqual(['revokeInvitation', 'createInvitation']);
    expect((await organization.get()).name).toBe('Workshop');
    await serviceAccounts.delete(account.id);
    await expect(importer.me()).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('errors', () => {
  it('are those of the server, or say that there is none', async () => {
    const stranger = createClient({ baseUrl: gateway.url, key: 'mq_live_nobodys0123456789nobodys' });
    await expect(stranger.me()).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(client.projects.create({ name: '' })).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ pointer: '/body/name' }],
    });
    const nowhere = createClient({ baseUrl: 'http://127.0.0.1:9', key: KEY });
    await expect(nowhere.me()).rejects.toMatchObject({ code: 'unavailable', fault: 'system' });
    expect(() => createClient({ baseUrl: '127.0.0.1:3000', key: KEY })).toThrow('begins with http://');
    expect((await createClient({ baseUrl: `${gateway.url}/v1/`, key: KEY }).me()).role).toBe('owner');
  });
});

describe('events', () => {
  const transports = ['websocket', 'server-sent-events'] as const;
  it.each(transports)('come in order by %s, and go on where a lost connection ended', async (transport) => {
    const proxy = await openProxy(gateway.url);
    const listener = createClient({ baseUrl: proxy.url, key: KEY });
    const stopped = new AbortController();
    const heard: AnyEvent[] = [];
    const opened = Promise.withResolvers<string>();
    const listening = (async () => {
      const options = { transport, types: ['asset_deleted' as const], signal: stopped.signal, onOpen: opened.resolve };
      for await (const event of listener.events(options)) heard.push(event);
    })();
    await opened.promise;
    const assets = await gateway.publish(2);
    await until(() => heard.length === 2);
    proxy.cut();
    assets.push(...(await gateway.publish(3)));
    await until(() => heard.length === 5);
    expect(heard.map(({ data }) => ('assetId' in data ? data.assetId : null))).toEqual(assets);
    stopped.abort();
    await listening;
    await proxy.close();
  });

  it('end with the refusal of the server', async () => {
    const stranger = createClient({ baseUrl: gateway.url, key: 'mq_live_nobodys0123456789nobodys' });
    await expect(stranger.events().next()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('come by server-sent events where there is no WebSocket', async () => {
    vi.stubGlobal('WebSocket', undefined);
    try {
      const last = String(await gateway.bus.newestPosition());
      await gateway.publish(1);
      for await (const event of client.events({ lastEventId: last })) {
        expect(event.type).toBe('asset_deleted');
        break;
      }
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('stop when nobody listens any more', async () => {
    const last = String(await gateway.bus.newestPosition());
    await gateway.publish(3);
    for await (const event of client.events({ lastEventId: last })) {
      expect(event.type).toBe('asset_deleted');
      break;
    }
    await until(async () => !/transport="\w+"\} [1-9]/.test((await gateway.request('/metrics')).text));
  });
});

async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A proxy whose connections can be cut, whatever they carry. */
async function openProxy(target: string): Promise<{ url: string; cut(): void; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(new URL(target).port), '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.once('close', () => to.destroy());
      from.pipe(to);
    }
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
