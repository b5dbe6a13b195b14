import { createHash, randomBytes } from 'node:crypto';
import * as tus from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBytes } from '#platform/objects/testing/bytes.ts';
import { openCuttingProxy } from '#test/cutting-proxy.ts';
import { KEY, openGateway, type TestGateway, type TestRequest } from './testing/open-gateway.ts';

const LIMIT = 8 * 1024 * 1024;
const TUS = { 'tus-resumable': '1.0.0' };
const BODY = { ...TUS, 'content-type': 'application/offset+octet-stream' };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ uploadLimitBytes: LIMIT });
});
afterAll(() => gateway?.close());

const metadata = (pairs: Record<string, string>) =>
  Object.entries(pairs)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');

async function begin(bytes: number, about: Record<string, string> = {}, more: TestRequest = {}) {
  const headers = { ...TUS, 'upload-length': String(bytes), 'upload-metadata': metadata(about), ...more.headers };
  const answer = await gateway.request('/v1/uploads', { method: 'POST', ...more, headers });
  return { answer, path: answer.headers.get('location') ?? '' };
}
const write = (path: string, offset: number, body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  gateway.request(path, { method: 'PATCH', headers: { ...BODY, 'upload-offset': String(offset), ...headers }, body });
const head = (path: string) => gateway.request(path, { method: 'HEAD', headers: TUS });
const offsetOf = (answer: { headers: Headers }) => Number(answer.headers.get('upload-offset'));
const bytesOf = (size: number) => new Uint8Array(randomBytes(size));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The source of the job that brings an asset's file together. */
async function piecesOf(assetId: string | null) {
  for (;;) {
    const payload = JSON.parse((await gateway.lease('asset.ingest')).payloadJson);
    if (payload.assetId === assetId) return payload.source.files;
  }
}

describe('the tus protocol', () => {
  it('tells what it can', async () => {
    const answer = await gateway.request('/v1/uploads', { method: 'OPTIONS', key: null });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-max-size': String(LIMIT),
      'tus-extension': expect.stringContaining('creation-with-upload'),
      'tus-checksum-algorithm': expect.stringContaining('sha1'),
    });
  });

  it('takes a file in parts, tells how far it is, and makes an asset with the last byte', async () => {
    const bytes = bytesOf(300_000);
    const { answer, path } = await begin(bytes.length, { filename: 'models/chair.glb', name: 'Chair', filetype: 'x' });
    expect(answer.status, answer.text).toBe(201);
    expect(offsetOf(answer)).toBe(0);
    expect(Date.parse(answer.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now());
    const first = await write(path, 0, bytes.subarray(0, 100_000));
    expect([first.status, offsetOf(first), first.headers.get('upload-asset')]).toEqual([204, 100_000, null]);
    const asked = await head(path);
    expect(asked.status).toBe(200);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'upload-offset': '100000',
      'upload-length': '300000',
      'upload-metadata': metadata({ filename: 'models/chair.glb', name: 'Chair', filetype: 'x' }),
      'cache-control': 'no-store',
      'tus-resumable': '1.0.0',
    });
    const last = await write(path, 100_000, bytes.subarray(100_000));
    const assetId = last.headers.get('upload-asset');
    const asset = await gateway.request(`/v1/assets/${assetId}`);
    expect(asset.json).toMatchObject({ name: 'Chair', state: 'uploading' });
    expect((await gateway.request(path)).json).toMatchObject({ state: 'complete', received: 300_000, assetId });
    const [file] = await piecesOf(assetId);
    expect(file.name).toBe('models/chair.glb');
    const pieces = await Promise.all(
      file.pieces.map((piece: { sha256: string }) => readBytes(gateway.objects, piece.sha256)),
    );
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  });

  it('takes the first bytes with the creation, and the length later', async () => {
    const { answer } = await begin(10, {}, { headers: BODY, body: bytesOf(10) });
    expect([answer.status, offsetOf(answer)]).toEqual([201, 10]);
    expect(answer.headers.get('upload-asset')).toMatch(/^ast_/);
    const deferred = await gateway.request('/v1/uploads', {
      method: 'POST',
      headers: { ...TUS, 'upload-defer-length': '1' },
    });
    const path = deferred.headers.get('location') ?? '';
    await write(path, 0, bytesOf(5));
    expect((await head(path)).headers.get('upload-defer-length')).toBe('1');
    const told = await write(path, 5, bytesOf(5), { 'upload-length': '10' });
    expect(told.headers.get('upload-asset')).toMatch(/^ast_/);
  });

  it('keeps what came before a connection broke, and lets a newer request take over', async () => {
    const bytes = bytesOf(1_000_000);
    const { path } = await begin(bytes.length);
    const headers = { ...BODY, 'upload-offset': '0', 'content-length': String(bytes.length) };
    const { call } = gateway.open('PATCH', path, headers);
    await new Promise((sent) => call.write(bytes.subarray(0, 400_000), sent));
    await new Promise((later) => setTimeout(later, 50));
    call.destroy();
    const kept = offsetOf(await head(path));
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(400_000);

    const rest = { 'upload-offset': String(kept), 'content-length': String(bytes.length - kept) };
    const hanging = gateway.open('PATCH', path, { ...BODY, ...rest });
    await new Promise((sent) => hanging.call.write(bytes.subarray(kept, kept + 100_000), sent));
    await new Promise((later) => setTimeout(later, 50));
    const further = offsetOf(await head(path));
    expect(further).toBeGreaterThan(kept);
    expect((await hanging.answer).statusCode).toBe(409);
    hanging.call.destroy();
    expect((await write(path, further, bytes.subarray(further))).status).toBe(204);
    expect(offsetOf(await head(path))).toBe(bytes.length);
  });

  it('counts bytes with a checksum all or not at all', async () => {
    const bytes = bytesOf(1000);
    const { path } = await begin(2000);
    const digest = (algorithm: string) => `${algorithm} ${createHash(algorithm).update(bytes).digest('base64')}`;
    const wrong = await write(path, 0, bytesOf(1000), { 'upload-checksum': digest('sha1') });
    expect([wrong.status, wrong.json.code]).toEqual([460, 'checksum_mismatch']);
    expect(offsetOf(await head(path))).toBe(0);
    expect(offsetOf(await write(path, 0, bytes, { 'upload-checksum': digest('sha1') }))).toBe(1000);
    expect((await write(path, 1000, bytes, { 'upload-checksum': 'crc9 AAAA' })).status).toBe(400);
  });

  it('counts methods that a header names, empty metadata as none, and says when a version is not spoken', async () => {
    const bytes = bytesOf(10);
    const sha256 = createHash('sha256').update(bytes).digest('hex').toUpperCase();
    const { answer, path } = await begin(10, { filename: 'a.glb', name: '', projectId: '', hold: '', sha256 });
    expect(answer.status, answer.text).toBe(201);
    const post = (method: string, headers: Record<string, string>, body: Uint8Array<ArrayBuffer> | null) =>
      gateway.request(path, { method: 'POST', headers: { ...headers, 'x-http-method-override': method }, body });
    expect(offsetOf(await post('PATCH', { ...BODY, 'upload-offset': '0' }, bytes.subarray(0, 4)))).toBe(4);
    expect((await post('GET', TUS, null)).status).toBe(405);
    const older = await gateway.request(path, { method: 'HEAD', headers: { 'tus-resumable': '0.2.2' } });
    expect([older.status, older.headers.get('tus-version')]).toEqual([412, '1.0.0']);
    expect((await post('DELETE', TUS, null)).status).toBe(204);
    expect((await head(path)).status).toBe(404);
  });

  it('is given up by DELETE', async () => {
    const { path } = await begin(100);
    await write(path, 0, bytesOf(50));
    expect((await gateway.request(path, { method: 'DELETE', headers: TUS })).status).toBe(204);
    expect((await head(path)).status).toBe(404);
    expect((await write(path, 50, bytesOf(50))).status).toBe(404);
  });

  it.each<[string, number, TestRequest]>([
    ['without a version', 412, { headers: { 'upload-length': '10' } }],
    ['without a length', 400, { headers: TUS }],
    ['of no bytes', 400, { headers: { ...TUS, 'upload-length': '0' } }],
    ['over the limit', 413, { headers: { ...TUS, 'upload-length': String(LIMIT + 1) } }],
    ['as a part of another', 400, { headers: { ...TUS, 'upload-length': '10', 'upload-concat': 'partial' } }],
    ['with metadata that is none', 400, { headers: { ...TUS, 'upload-length': '10', 'upload-metadata': 'a b c' } }],
    [
      'of a file that leads elsewhere',
      400,
      { headers: { ...TUS, 'upload-length': '10', 'upload-metadata': metadata({ filename: '../x' }) } },
    ],
    [
      'with bytes of another type',
      415,
      { headers: { ...TUS, 'upload-length': '4', 'content-type': 'text/plain' }, body: 'text' },
    ],
  ])('refuses a creation %s', async (_what, status, init) => {
    const answer = await gateway.request('/v1/uploads', { method: 'POST', ...init });
    expect([answer.status, answer.json.status], answer.text).toEqual([status, status]);
    expect(answer.headers.get('tus-resumable')).toBe('1.0.0');
  });

  it('refuses bytes for another place, and more than were announced', async () => {
    const { path } = await begin(100);
    expect((await write(path, 10, bytesOf(10))).json).toMatchObject({ status: 409, code: 'conflict' });
    const over = await write(path, 0, bytesOf(101));
    expect([over.status, over.json.detail]).toEqual([413, expect.stringContaining('wants 100 more bytes')]);
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(bytesOf(64)) });
    const headers = { ...BODY, 'upload-offset': '0' };
    const endlessly = await gateway.request(path, { method: 'PATCH', headers, body: endless });
    expect([endlessly.status, endlessly.json.detail]).toEqual([413, expect.stringContaining('wants 100 more bytes')]);
    expect(offsetOf(await head(path))).toBe(0);
  });

  it('belongs to its organisation', async () => {
    const { path } = await begin(100);
    const { key } = await gateway.makeOrganization();
    expect((await gateway.request(path, { key })).status).toBe(404);
    const headers = { ...BODY, 'upload-offset': '0' };
    expect((await gateway.request(path, { method: 'PATCH', key, headers, body: bytesOf(10) })).status).toBe(404);
    const asset = await gateway.upload();
    const about = metadata({ assetId: asset.id });
    const theirs = { ...TUS, 'upload-length': '10', 'upload-metadata': about };
    expect((await gateway.request('/v1/uploads', { method: 'POST', key, headers: theirs })).status).toBe(404);

    // Nor does a stranger end what its owner is sending.
    const { call, answer } = gateway.open('PATCH', path, { ...headers, 'content-length': '100' });
    await new Promise((sent) => call.write(bytesOf(40), sent));
    await new Promise((later) => setTimeout(later, 50));
    expect((await gateway.request(path, { method: 'HEAD', key, headers: TUS })).status).toBe(404);
    expect((await gateway.request(path, { method: 'PATCH', key, headers, body: bytesOf(10) })).status).toBe(404);
    call.end(bytesOf(60));
    expect((await answer).statusCode).toBe(204);
  });

  it('makes one model of several held uploads, once', async () => {
    const uploads: string[] = [];
    for (const filename of ['scene.gltf', 'textures/wood.png']) {
      const about = { filename, hold: 'true' };
      const { answer } = await begin(4, about, { headers: BODY, body: bytesOf(4) });
      expect(answer.headers.get('upload-asset')).toBeNull();
      uploads.push(answer.headers.get('location')?.split('/').pop() ?? '');
    }
    const post = () => gateway.request('/v1/assets', { method: 'POST', json: { uploads, name: 'Scene' } });
    const made = await post();
    expect(made.json, made.text).toMatchObject({ name: 'Scene', state: 'uploading' });
    expect((await piecesOf(made.json.id)).map(({ name }: { name: string }) => name)).toEqual([
      'scene.gltf',
      'textures/wood.png',
    ]);
    expect((await post()).status).toBe(409);
  });
});

describe('an upload straight to the storage', () => {
  it('is not offered by a folder, and says what is', async () => {
    const json = { fileName: 'chair.glb', bytes: 100 };
    const answer = await gateway.request('/v1/direct-uploads', { method: 'POST', json });
    expect([answer.status, answer.json.code]).toEqual([409, 'not_offered']);
    expect(answer.json.remedy).toContain('/v1/uploads');
    const { path } = await begin(10);
    expect((await gateway.request(path.replace('uploads', 'direct-uploads'))).status).toBe(404);
  });
});

describe('the official client', () => {
  it('resumes after each of five cuts, and every byte arrives', async () => {
    const bytes = randomBytes(6_000_000);
    const proxy = await openCuttingProxy(gateway.url, [700_000, 900_000, 500_000, 1_200_000, 300_000]);
    let progress = 0;
    const assetId = await new Promise<string | undefined>((resolve, reject) => {
      const upload = new tus.Upload(bytes, {
        endpoint: `${proxy.url}/v1/uploads`,
        headers: { authorization: `Bearer ${KEY}` },
        metadata: { filename: 'large.glb', sha256: sha256(bytes) },
        retryDelays: [10, 10, 10, 10, 10, 10],
        onProgress: (sent) => (progress = Math.max(progress, sent)),
        onError: reject,
        onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('upload-asset')),
      });
      upload.start();
    });
    proxy.close();
    expect(proxy.cuts()).toBe(5);
    expect(progress).toBe(bytes.length);
    expect(assetId).toMatch(/^ast_/);
    const [file] = await piecesOf(assetId ?? null);
    expect(file.sha256).toBe(sha256(bytes));
    expect(file.pieces.length).toBeGreaterThan(1);
    const pieces = await Promise.all(
      file.pieces.map((piece: { sha256: string }) => readBytes(gateway.objects, piece.sha256)),
    );
    expect(sha256(Buffer.concat(pieces))).toBe(file.sha256);
  });
});
