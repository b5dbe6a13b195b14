import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UploadId } from '#contracts/ids/ids.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import type { DirectUpload, PartRequests } from '#contracts/rest/resources/direct-upload.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { openBucketStore } from '#platform/objects/s3/bucket-store.ts';
import { hasCeph, startCeph, type TestS3 } from '#platform/objects/testing/ceph.ts';
import { createClient, type MaquetteClient } from '#sdk/client.ts';
import { NO_QUOTAS } from '#services/data/quotas/quotas.ts';
import { readDirectUpload } from '#services/data/store/direct-uploads.ts';
import { deleteUploads, removeDirectUploads, removeUnrecordedUploads } from '#services/data/sweep.ts';
import { openDataService, type TestDataService } from '#services/data/testing/open-data-service.ts';
import { type TestEngine, testEngines } from '../databases.ts';
import { makeCube } from '../models/cube.ts';
import { createTestDatabase, findPostgresql, type TestDatabase } from '../postgresql.ts';
import { request, requestJson, settled, upload } from './client.ts';
import { KEY, startWhole, type TestServer } from './server.ts';

const ready = (await hasCeph()) && (await findPostgresql()) !== null;
if (!ready) console.warn('Ceph or PostgreSQL is not installed: a server on both is not tested.');

const BUCKET = 'maquette-test';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const asBlob = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]);

describe.skipIf(!ready)('a server on PostgreSQL and S3', () => {
  let s3: TestS3;
  let database: TestDatabase;
  let server: TestServer;
  let client: MaquetteClient;
  let storage: S3Client;

  beforeAll(async () => {
    [s3, database] = await Promise.all([startCeph(), createTestDatabase()]);
    const { endpoint, credentials } = s3;
    storage = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
    await storage.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const environment = {
      MAQUETTE_DATABASE_URL: database.url,
      MAQUETTE_S3_BUCKET: BUCKET,
      MAQUETTE_S3_ENDPOINT: endpoint,
      MAQUETTE_S3_PUBLIC_ENDPOINT: endpoint,
      MAQUETTE_S3_PREFIX: 'here/',
      MAQUETTE_UPLOAD_LIMIT: '200MiB',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    server = await startWhole({ environment });
    client = createClient({ baseUrl: server.url, key: KEY });
  }, 180_000);
  afterAll(async () => {
    storage?.destroy();
    await server?.stop();
    await server?.remove();
    await database?.drop();
    await s3?.close();
  });

  const post = <T>(path: string, json: unknown, headers: Record<string, string> = {}) =>
    requestJson<T & { code?: string }>(server, path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(json),
    });
  const begin = (bytes: number, more: object = {}, headers = {}) =>
    post<DirectUpload>('/v1/direct-uploads', { fileName: 'cube.glb', bytes, ...more }, headers);
  const complete = (id: string, json: object = {}) => post<DirectUpload>(`/v1/direct-uploads/${id}/complete`, json);

  /** Sends one part. @returns status and ETag of the storage */
  async function sendPart(id: string, number: number, body: Uint8Array, hash?: string) {
    const wish = { parts: [{ number, ...(hash !== undefined && { sha256: hash }) }] };
    const { body: answer } = await post<PartRequests>(`/v1/direct-uploads/${id}/parts`, wish);
    const { url = '', headers = {} } = answer.parts?.[0] ?? {};
    const sent = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(body) });
    return { status: sent.status, etag: sent.headers.get('etag') ?? '' };
  }

  /** A file of one part, sent and complete. */
  async function sendWhole(bytes: Uint8Array, more: object = {}): Promise<DirectUpload> {
    const { body } = await begin(bytes.length, more);
    expect((await sendPart(body.id, 1, bytes)).status).toBe(200);
    return (await complete(body.id)).body;
  }

  it('takes a model in one request, shows it, and gives it back in part and by a link', async () => {
    const cube = await makeCube(1);
    const { body } = await upload(server, [{ name: 'cube.glb', bytes: cube }]);
    expect(await settled(server, body.id)).toMatchObject({ state: 'ready', report: { triangles: 12 } });
    const stored = await storage.send(new GetObjectCommand({ Bucket: BUCKET, Key: `here/${sha256(cube)}` }));
    expect(stored.ContentLength).toBe(cube.length);

    const picture = await request(server, `/v1/assets/${body.id}/render.png?width=64&height=48`);
    expect(await sharp(Buffer.from(await picture.arrayBuffer())).metadata()).toMatchObject({ width: 64, height: 48 });

    const path = `/v1/assets/${body.id}/model.glb`;
    const whole = Buffer.from(await (await request(server, path)).arrayBuffer());
    const range = { range: `bytes=4-${whole.length + 99}` };
    const part = await request(server, path, { headers: range });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 4-${whole.length - 1}/${whole.length}`,
    ]);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(4))).toBe(true);
    const { body: link } = await post<{ url: string }>('/v1/links', { path });
    const linked = await fetch(`${server.url}${link.url}`, { headers: { range: 'bytes=0-3' } });
    expect([linked.status, await linked.text()]).toEqual([206, 'glTF']);
  });

  it('takes a model by URL, and by tus', async () => {
    const cube = await makeCube(2);
    const files = createServer((_request, response) => response.end(cube)).listen(0, '127.0.0.1');
    await once(files, 'listening');
    const url = `http://127.0.0.1:${(files.address() as AddressInfo).port}/fetched.glb`;
    const fetched = await client.assets.fetchFrom(url);
    expect(await client.assets.waitUntilReady(fetched.id)).toMatchObject({ state: 'ready', name: 'fetched.glb' });
    files.close();

    const sent: number[] = [];
    const resumable = await client.assets.upload(asBlob(cube), {
      name: 'resumed.glb',
      partBytes: 300,
      onProgress: (progress) => void sent.push(progress.sent),
    });
    expect(sent.length).toBeGreaterThan(3);
    expect(await client.assets.waitUntilReady(resumable.id)).toMatchObject({
      state: 'ready',
      duplicateOf: fetched.id,
    });
  });

  it('takes a model straight to the bucket, whose bytes it hashes itself', async () => {
    const cube = await makeCube(3);
    const key = { 'idempotency-key': 'the-same-upload' };
    const begun = await begin(cube.length, { name: 'Straight', sha256: sha256(cube) }, key);
    const { id } = begun.body;
    expect(begun.status).toBe(201);
    expect(begun.headers.get('location')).toBe(`/v1/direct-uploads/${id}`);
    expect(begun.body).toMatchObject({ state: 'uploading', bytes: cube.length, parts: 1, received: [], assetId: null });
    expect((await begin(cube.length, { name: 'Straight', sha256: sha256(cube) }, key)).body.id).toBe(id);
    expect((await post(`/v1/direct-uploads/${id}/parts`, { parts: [{ number: 2 }] })).status).toBe(400);
    expect(await complete(id)).toMatchObject({ status: 409, body: { code: 'conflict' } });

    // The storage takes what was signed and nothing else.
    expect((await sendPart(id, 1, cube.subarray(1))).status).toBe(403);
    const changed = Buffer.from(cube);
    changed[100] = (changed[100] ?? 0) ^ 1;
    expect((await sendPart(id, 1, changed, sha256(cube))).status).toBe(400);
    const { status, etag } = await sendPart(id, 1, cube, sha256(cube));
    expect(status).toBe(200);
    const { body: found } = await requestJson<DirectUpload>(server, `/v1/direct-uploads/${id}`);
    expect(found.received).toEqual([{ number: 1, bytes: cube.length, etag: etag.replaceAll('"', '') }]);
    expect((await complete(id, { parts: [{ number: 1, etag: 'another' }] })).status).toBe(409);

    const done = await complete(id, { parts: [{ number: 1, etag }] });
    expect(done.body).toMatchObject({ state: 'complete', assetId: expect.stringMatching(/^ast_/) });
    expect((await complete(id)).body).toEqual(done.body);
    expect((await post(`/v1/direct-uploads/${id}/parts`, { parts: [{ number: 1 }] })).status).toBe(409);
    const asset = await settled(server, done.body.assetId ?? '');
    expect(asset).toMatchObject({ state: 'ready', name: 'Straight', report: { triangles: 12 } });
    const stored = await storage.send(new GetObjectCommand({ Bucket: BUCKET, Key: `here/${sha256(cube)}` }));
    expect(Buffer.from((await stored.Body?.transformToByteArray()) ?? []).equals(cube)).toBe(true);

    const again = await sendWhole(cube);
    expect(await settled(server, again.assetId ?? '')).toMatchObject({ state: 'ready', duplicateOf: asset.id });
    const further = await sendWhole(await makeCube(4), { assetId: asset.id });
    expect(further).toMatchObject({ assetId: asset.id, projectId: asset.projectId });
    await expect.poll(async () => (await client.assets.get(asset.id)).version).toBe(2);
    const { body: log } = await requestJson<{ data: { action: string }[] }>(server, '/v1/audit-log?limit=50');
    const actions = log.data.map(({ action }) => action);
    expect(actions).toContain('createDirectUpload');
    expect(actions).toContain('completeDirectUpload');
  });

  it('rejects what is not what its client says, and what is too large, gone or of others', async () => {
    const wrong = await sendWhole(await makeCube(5), { sha256: sha256(randomBytes(8)) });
    expect(await settled(server, wrong.assetId ?? '')).toMatchObject({
      state: 'failed',
      error: { code: 'checksum_mismatch' },
    });
    expect(await begin(300 * 2 ** 20)).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
    expect(await begin(10, { assetId: 'ast_01kb2v4t9wf6x8q3m5n7p0r2s4' })).toMatchObject({ status: 404 });
    const { body } = await begin(10);
    const path = `/v1/direct-uploads/${body.id}`;
    expect((await request(server, `/v1/uploads/${body.id}`)).status).toBe(404);
    expect((await request(server, path, { method: 'DELETE' })).status).toBe(204);
    expect((await request(server, path)).status).toBe(404);
    expect((await complete(body.id)).status).toBe(404);
  });

  it('is sent straight to by the client: several files, cut off and gone on with', async () => {
    const large = randomBytes(40 * 2 ** 20);
    const gltf = { asset: { version: '2.0' }, buffers: [{ uri: 'large.bin', byteLength: large.length }] };
    const model = { ...gltf, bufferViews: [], scenes: [{ nodes: [] }], scene: 0 };
    const files = [
      { name: 'scene.gltf', data: asBlob(Buffer.from(JSON.stringify(model))) },
      { name: 'large.bin', data: asBlob(large) },
    ];
    const puts: string[] = [];
    const signed: { number: number; sha256?: string }[] = [];
    /** A client whose requests to the storage go wrong as told. */
    const through = (fate: (count: number) => 'lost' | 'passes') =>
      createClient({
        baseUrl: server.url,
        key: KEY,
        async fetch(input, init) {
          if (String(input).endsWith('/parts')) signed.push(...JSON.parse(String(init?.body)).parts);
          if (init?.method !== 'PUT') return fetch(input, init);
          puts.push(String(input));
          if (fate(puts.length) === 'lost') throw new TypeError('connection reset');
          return fetch(input, init);
        },
      });
    const begun = new Map<string, UploadId>();
    const controller = new AbortController();
    const cut = through((count) => {
      if (count === 3) controller.abort(new Error('closed'));
      return count === 2 ? 'lost' : 'passes';
    });
    const onBegun = (name: string, id: UploadId) => void begun.set(name, id);
    const { signal } = controller;
    await expect(cut.assets.upload(files, { direct: true, onBegun, signal })).rejects.toThrow('closed');
    expect([...begun.keys()]).toEqual(['scene.gltf', 'large.bin']);

    const told: number[] = [];
    const asset = await through((count) => (count % 3 === 0 ? 'lost' : 'passes')).assets.upload(files, {
      direct: true,
      resume: begun,
      onProgress: ({ sent }) => void told.push(sent),
    });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(files.reduce((sum, { data }) => sum + data.size, 0));
    const first = sha256(large.subarray(0, 16 * 2 ** 20));
    expect(signed.every((part) => part.sha256 !== undefined)).toBe(true);
    expect(signed).toContainEqual({ number: 1, sha256: first });
    // A model without geometry: what matters here is that the files came whole.
    await settled(server, asset.id);
    const kept = await client.assets.files(asset.id);
    expect(kept.find(({ name }) => name === 'large.bin')).toMatchObject({ sha256: sha256(large), bytes: large.length });
  });

  it('is sent straight to as docs/uploads.md shows', async () => {
    const blocks = (await readFile('docs/uploads.md', 'utf8')).matchAll(/```sh\n([\s\S]*?)```/g);
    const [block] = [...blocks].map(([, text]) => text as string).filter((text) => text.includes('direct-uploads'));
    const cwd = await mkdtemp(join(tmpdir(), 'maquette-shown-'));
    await writeFile(join(cwd, 'chair.glb'), await makeCube(7));
    const env = { ...process.env, MAQUETTE: server.url, KEY };
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', block ?? ''], { cwd, env });
    const { state, assetId } = JSON.parse(stdout) as DirectUpload;
    expect(state).toBe('complete');
    expect(await settled(server, assetId ?? '')).toMatchObject({ state: 'ready', name: 'chair.glb' });
    await rm(cwd, { recursive: true });
  });

  it('takes the bytes itself when the storage cannot be reached', async () => {
    const cube = await makeCube(6);
    const away = createClient({
      baseUrl: server.url,
      key: KEY,
      fetch: async (input, init) => {
        if (init?.method === 'PUT') throw new TypeError('no route to host');
        return fetch(input, init);
      },
    });
    const asset: Asset = await away.assets.upload(asBlob(cube), { name: 'cube.glb', direct: true });
    expect(await away.assets.waitUntilReady(asset.id)).toMatchObject({ state: 'ready' });
  });

  describe('in the data service', () => {
    let data: TestDataService;
    let objects: ObjectStore;
    let spoolFolder: string;

    beforeAll(async () => {
      spoolFolder = await mkdtemp(join(tmpdir(), 'maquette-spool-'));
      const { endpoint, credentials } = s3;
      const bucket = 'maquette-data';
      await storage.send(new CreateBucketCommand({ Bucket: bucket }));
      const place = { bucket, endpoint, publicEndpoint: endpoint, credentials, region: 'us-east-1', spoolFolder };
      objects = await openBucketStore(place);
      const [engine] = await testEngines();
      const quotas = { ...NO_QUOTAS, usual: { ...NO_QUOTAS.usual, storage: 1000 } };
      data = await openDataService(engine as TestEngine, { objects, quotas });
    });
    afterAll(async () => {
      await data?.close();
      await rm(spoolFolder, { recursive: true, force: true });
    });

    const as = (directUploadId: UploadId) => ({ ...data.as(), params: { directUploadId } });
    const create = (more: object = {}) =>
      data.api.createDirectUpload({ ...data.as(), body: { bytes: 9, fileName: 'a.glb', hold: false, ...more } });
    async function put(id: UploadId, text: string): Promise<void> {
      const { parts } = await data.api.signParts({ ...as(id), body: { parts: [{ number: 1 }] } });
      expect((await fetch(parts[0]?.url ?? '', { method: 'PUT', body: text })).status).toBe(200);
    }
    const incoming = async () => {
      const found: string[] = [];
      for await (const { id } of objects.direct?.list() ?? []) found.push(id);
      return found;
    };

    it('keeps an upload in the bucket until its blob is there, and removes those that are given up', async () => {
      const { id } = await create();
      await put(id, 'the bytes');
      expect(await data.api.completeDirectUpload({ ...as(id), body: {} })).toMatchObject({ state: 'complete' });
      const givenUp = await create();
      await put(givenUp.id, 'the bytes');
      await data.api.deleteDirectUpload(as(givenUp.id));
      await objects.direct?.begin('upl_unrecorded');
      expect((await incoming()).sort()).toEqual([id, givenUp.id, 'upl_unrecorded'].sort());

      expect(await removeDirectUploads(data.deps)).toBe(1);
      expect(await removeUnrecordedUploads(data.deps, 60_000)).toBe(0);
      // Times of the storage count whole seconds.
      expect(await removeUnrecordedUploads(data.deps, -60_000)).toBe(1);
      expect(await incoming()).toEqual([id]);
      await deleteUploads(data.deps);
      const job = await data.lease('asset.ingest');
      const [file] = JSON.parse(job.payloadJson).source.files;
      expect(file).toEqual({ name: 'a.glb', arrived: id, bytes: 9 });
      const stored = await objects.direct?.adopt(id, { limitBytes: 9 });
      expect(stored).toEqual({ sha256: sha256(Buffer.from('the bytes')), bytes: 9 });
      await data.succeed(job, 'the bytes');
      expect(await removeDirectUploads(data.deps)).toBe(1);
      expect(await incoming()).toEqual([]);
      expect(await data.api.getDirectUpload(as(id))).toMatchObject({ state: 'complete', received: [] });
      const blob = await objects.read(stored?.sha256 ?? '');
      expect(await text(blob)).toBe('the bytes');
    });

    it('completes what the storage had joined already, and keeps held ones for a model of several files', async () => {
      const { id } = await create({ hold: true });
      await put(id, 'the bytes');
      const row = await readDirectUpload(data.deps.database.kysely, data.organization, id);
      const waiting = { id, storageUpload: row.storage_upload ?? '' };
      // As by a request whose transaction then failed.
      await objects.direct?.complete(waiting, (await objects.direct?.listParts(waiting)) ?? []);
      const done = await data.api.completeDirectUpload({ ...as(id), body: {} });
      expect(done).toMatchObject({ state: 'complete', assetId: null });
      const source = { kind: 'uploads' as const, uploads: [id] };
      const asset = await data.api.ingestAsset({ ...data.as(), body: { source } });
      expect(asset).toMatchObject({ name: 'a.glb', state: 'uploading' });
      expect((await data.api.getDirectUpload(as(id))).assetId).toBe(asset.id);
    });

    it('asks the quota at the beginning, and keeps what it needs of it until the end', async () => {
      await expect(create({ bytes: 1001 })).rejects.toMatchObject({ code: 'quota_exceeded' });
      const { id } = await create({ bytes: 900 });
      await put(id, 'x'.repeat(900));
      await expect(data.upload('Another', 'y'.repeat(500))).rejects.toMatchObject({ code: 'quota_exceeded' });
      expect(await data.api.completeDirectUpload({ ...as(id), body: {} })).toMatchObject({ state: 'complete' });
      await expect(create({ bytes: 500 })).rejects.toMatchObject({ code: 'quota_exceeded' });
    });
  });
});
