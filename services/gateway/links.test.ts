import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { createLinkSigner } from '#platform/secrets/link-signer.ts';
import { linkTo } from './links/link.ts';
import { LINK_KEY, openGateway, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
let asset: Asset;
let other: Asset;
beforeAll(async () => {
  gateway = await openGateway();
  asset = await gateway.uploadReady('chair.glb');
  other = await gateway.uploadReady('table.glb');
});
afterAll(() => gateway?.close());

const sign = (path: string, expiresInSeconds?: number) =>
  gateway.request('/v1/links', { method: 'POST', json: { path, expiresInSeconds } });
/** Asks without a key. */
const follow = (url: string, init: { method?: string; headers?: Record<string, string> } = {}) =>
  gateway.request(url, { key: null, ...init });
const original = (of: Asset) => `/v1/assets/${of.id}/versions/1/files/${of.name}`;

describe('a signed link', () => {
  it('is good without a key, for its very path, with ranges and caching as long as it lives', async () => {
    const answer = await sign(original(asset), 3600);
    expect(answer.status, answer.text).toBe(201);
    expect(Date.parse(answer.json.expiresAt) - Date.now()).toBeGreaterThan(3_500_000);
    const whole = await follow(answer.json.url);
    expect(whole.status, whole.text).toBe(200);
    const age = Number(/^public, max-age=(\d+), immutable$/.exec(whole.headers.get('cache-control') ?? '')?.[1]);
    expect(age).toBeGreaterThan(3500);
    expect(age).toBeLessThanOrEqual(3600);
    const part = await follow(answer.json.url, { headers: { range: 'bytes=0-3' } });
    expect([part.status, part.text]).toEqual([206, 'glTF']);
    const same = await follow(answer.json.url, { headers: { 'if-none-match': whole.headers.get('etag') ?? '' } });
    expect(same.status).toBe(304);
    const head = await follow(answer.json.url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(whole.headers.get('content-length'));
  });

  it('makes a picture for a public page, and never ends without a time', async () => {
    const { json } = await sign(`/v1/assets/${asset.id}/render.png?width=32&height=32`);
    expect(json.expiresAt).toBeNull();
    const asked = follow(json.url);
    await gateway.work('render.image', { asset: asset.id });
    const picture = await asked;
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect((await follow(json.url.replace('width=32', 'width=33'))).status).toBe(401);
  });

  it('is good for nothing else', async () => {
    const { url } = (await sign(original(asset), 3600)).json;
    const token = url.slice(0, url.indexOf('/v1/'));
    const [claims = '', signature = ''] = token.slice('/i/'.length).split('.');
    const changed = Buffer.from(
      Buffer.from(claims, 'base64url')
        .toString()
        .replace(/"expires":\d+/, '"expires":null'),
    );
    const attempts = [
      token + original(other),
      `${token}/v1/assets/${asset.id}`,
      `${token}/v1/assets`,
      `${url}?x=1`,
      `/i/${changed.toString('base64url')}.${signature}${original(asset)}`,
      `/i/${claims}.${'A'.repeat(43)}${original(asset)}`,
      `/i/${claims}.${signature.slice(0, 42)}${signature.endsWith('A') ? 'E' : 'A'}${original(asset)}`,
    ];
    for (const attempt of attempts) expect((await follow(attempt)).status, attempt).toBe(401);
    expect((await follow(`/i/x.y${original(asset)}`)).status).toBe(404);
    expect((await follow(url, { method: 'DELETE' })).status).not.toBeLessThan(400);
    expect((await follow(`${token}/v1/assets/${asset.id}`, { method: 'DELETE' })).status).toBe(401);
  });

  it('is told of in the audit log, which is all that is kept of it', async () => {
    const path = original(asset);
    const made = await sign(path);
    const { json } = await gateway.request('/v1/audit-log?action=createLink&limit=1');
    expect(json.data[0]).toMatchObject({
      subject: { type: 'asset', id: asset.id },
      details: { path, expiresAt: null },
      actor: { kind: 'apiKey' },
    });
    expect(JSON.stringify(json)).not.toContain(made.json.url);
  });

  it('ends when its time is over, and with its key', async () => {
    const claims = { organizationId: gateway.organizationId, expires: Date.now() - 1, shareId: null };
    const signer = createLinkSigner([LINK_KEY]);
    expect((await follow(linkTo(original(asset), claims, signer))).status).toBe(401);
    const fresh = { ...claims, expires: Date.now() + 60_000 };
    expect((await follow(linkTo(original(asset), fresh, signer))).status).toBe(200);
    const stranger = createLinkSigner(['another key of links that nobody can guess']);
    expect((await follow(linkTo(original(asset), fresh, stranger))).status).toBe(401);
  });

  it('is made for what there is in the organisation alone', async () => {
    for (const path of ['/v1/projects', '/v1/api-keys', '/v1/assets', `/v1/assets/${asset.id}x/model.glb`]) {
      expect((await sign(path)).status, path).toBe(404);
    }
    const own = `/v1/assets/${asset.id}`;
    for (const path of [
      '/nothing',
      '/shares',
      '/../../projects',
      '/%2e%2e/x',
      '/model.glb#part',
      '/versions/1/files/',
    ]) {
      const answer = await sign(own + path);
      expect([answer.status, answer.json.code], path).toEqual([404, 'not_found']);
    }
    for (const path of [
      '',
      '/files',
      '/report',
      '/versions',
      '/model.usdz?up=z',
      '/versions/1/files/textures/a%20b.png',
    ]) {
      expect((await sign(own + path)).status, path).toBe(201);
    }
    expect((await sign(asset.preview?.url ?? '')).status).toBe(201);
    const { key } = await gateway.makeOrganization();
    const theirs = await gateway.request('/v1/links', { method: 'POST', key, json: { path: original(asset) } });
    expect(theirs.status).toBe(404);
    const reader = await gateway.makeKey(['assets:read']);
    const refused = await gateway.request('/v1/links', {
      method: 'POST',
      key: reader,
      json: { path: original(asset) },
    });
    expect(refused.status).toBe(403);
  });
});

describe('a share', () => {
  const share = async (json: object = {}) => {
    const answer = await gateway.request(`/v1/assets/${asset.id}/shares`, { method: 'POST', json });
    expect(answer.status, answer.text).toBe(201);
    return answer.json;
  };

  it('lets anybody read the asset and what there is of it, until it is revoked', async () => {
    const { id, url } = await share({ name: 'For the client' });
    const token = url.slice(0, url.indexOf('/v1/'));
    const shown = await follow(url);
    expect(shown.json).toMatchObject({ id: asset.id, state: 'ready' });
    const { data: files } = (await follow(`${url}/files`)).json;
    for (const file of files) expect((await follow(token + file.url)).status, file.url).toBe(200);
    const preview = await follow(token + shown.json.preview.url);
    expect([preview.status, preview.headers.get('cache-control')]).toEqual([200, expect.stringContaining('private')]);

    const listed = await gateway.request(`/v1/shares?assetId=${asset.id}`);
    expect(listed.json.data[0]).toMatchObject({ id, name: 'For the client', url, revokedAt: null });
    expect((await gateway.request(`/v1/shares/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await follow(url)).status).toBe(401);
    const [revoked] = (await gateway.request('/v1/shares')).json.data;
    expect(revoked).toMatchObject({ id, revokedAt: expect.any(String) });
  });

  it('asks for a password where it has one', async () => {
    const password = 'a word for the client';
    const { id, url, hasPassword } = await share({ password });
    expect(hasPassword).toBe(true);
    const token = url.slice(0, url.indexOf('/v1/'));
    const as = (word: string) => ({
      headers: { authorization: `Basic ${Buffer.from(`any:${word}`).toString('base64')}` },
    });
    const asked = await follow(url);
    expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([
      401,
      `Basic realm="${id}", charset="UTF-8"`,
    ]);
    expect(asked.json.remedy).toContain('curl -u');
    expect((await follow(url, as('another word'))).status).toBe(401);
    expect((await follow(url, { headers: { authorization: 'Basic' } })).status).toBe(401);
    for (const path of ['', '/files', '/model.glb']) {
      const answer = await follow(url + path, as(password));
      expect([answer.status, answer.headers.get('www-authenticate')], path).toEqual([200, null]);
    }
    expect((await follow(token + original(asset), as(password))).status).toBe(200);
    expect((await follow(token + original(other), as(password))).status).toBe(401);
    const rows = await gateway.request('/v1/shares');
    expect(rows.text + (await gateway.request('/v1/audit-log')).text).not.toContain(password);
    await gateway.request(`/v1/shares/${id}`, { method: 'DELETE' });
    expect((await follow(url, as(password))).status).toBe(401);
    const short = await gateway.request(`/v1/assets/${asset.id}/shares`, {
      method: 'POST',
      json: { password: 'short' },
    });
    expect(short.status).toBe(400);
  });

  it('is good for that asset alone, and makes nothing', async () => {
    const { url } = await share();
    const token = url.slice(0, url.indexOf('/v1/'));
    const attempts = [
      `/v1/assets/${other.id}`,
      original(other),
      other.preview?.url ?? '',
      '/v1/assets',
      '/v1/projects',
      `/v1/assets/${asset.id}/render.png?width=40`,
      `/v1/assets/${asset.id}/model.obj`,
      `/v1/shares`,
    ];
    for (const path of attempts) expect((await follow(token + path)).status, path).toBe(401);
    expect((await follow(url, { method: 'DELETE' })).status).toBe(401);
  });

  it('ends by itself, and with its asset', async () => {
    const within = (milliseconds: number) => ({ expiresAt: new Date(Date.now() + milliseconds).toISOString() });
    const shares = `/v1/assets/${asset.id}/shares`;
    const past = await gateway.request(shares, { method: 'POST', json: within(-1000) });
    expect([past.status, past.json.errors]).toEqual([400, [expect.objectContaining({ pointer: '/body/expiresAt' })]]);
    const { url } = await share(within(400));
    await new Promise((later) => setTimeout(later, 450));
    const ended = await follow(url);
    expect([ended.status, ended.json.remedy]).toEqual([401, 'Ask whoever gave it to you for another one.']);
    const gone = await gateway.upload();
    const kept = await gateway.request(`/v1/assets/${gone.id}/shares`, { method: 'POST', json: {} });
    expect((await follow(kept.json.url)).status).toBe(200);
    await gateway.request(`/v1/assets/${gone.id}`, { method: 'DELETE' });
    expect((await follow(kept.json.url)).status).toBe(401);
  });
});
