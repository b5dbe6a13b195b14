import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import type { IngestSource } from '#contracts/jobs/ingest-source.ts';
import { putBytes, readBytes } from '#platform/objects/testing/bytes.ts';
import { openTemporaryStore, type TemporaryStore } from '#platform/objects/testing/temporary-store.ts';
import { createOutbound } from '#platform/outbound/outbound.ts';
import { fileInfected } from '#platform/scan/errors.ts';
import type { ScanFiles } from '#platform/scan/scan-files.ts';
import { ingestHandler } from './ingest-worker.ts';

const LIMIT = 1_000_000;

let kept: TemporaryStore;
let server: Server;
let origin: string;
const answers: Record<string, RequestListener> = {
  '/model.glb': (_request, response) => response.setHeader('content-length', 300_000).end(Buffer.alloc(300_000, 7)),
  '/moved': (_request, response) => response.writeHead(301, { location: '/model.glb' }).end(),
  '/inside': (_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
  '/empty': (_request, response) => response.end(),
  '/large': (_request, response) => response.end(Buffer.alloc(LIMIT + 1)),
  '/secret': (_request, response) => response.writeHead(403).end(),
  '/down': (_request, response) => response.writeHead(503).end(),
  '/slow': (_request, response) => void response.write('begins'),
};

beforeAll(async () => {
  kept = await openTemporaryStore();
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await kept?.close();
});

async function ingest(source: IngestSource, signal = new AbortController().signal) {
  const outbound = createOutbound({ allow: ['127.0.0.1'], ports: null });
  const scan: ScanFiles = async (files) => {
    for (const { name } of files) if (name === 'infected.glb') throw fileInfected(name, 'Eicar-Test');
  };
  const handle = ingestHandler({ objects: kept.store, outbound, scan, uploadLimitBytes: LIMIT });
  const beats: [number, string][] = [];
  const job = {
    id: newId('job'),
    kind: 'asset.ingest' as const,
    organizationId: newId('organization'),
    payload: { assetId: newId('asset'), versionId: newId('version'), source },
    attempt: 1,
  };
  const context = { signal, progress: (share: number, stage: string) => void beats.push([share, stage]), picture() {} };
  const { files } = await handle(job, context);
  return { files, beats };
}

const fetched = (path: string, signal?: AbortSignal) =>
  ingest({ kind: 'url', url: origin + path, name: 'model.glb' }, signal);

describe('a model by URL', () => {
  it.each(['/model.glb', '/moved'])('is stored from %s, with progress by bytes', async (path) => {
    const { files, beats } = await fetched(path);
    expect(files).toMatchObject([{ name: 'model.glb', bytes: 300_000 }]);
    expect((await readBytes(kept.store, files[0]?.sha256 ?? '')).equals(Buffer.alloc(300_000, 7))).toBe(true);
    const shares = beats.map(([share]) => share);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(beats.at(-1)).toEqual([1, 'scanning']);
  });

  it.each([
    ['/inside', 'url_refused', 'input'],
    ['/empty', 'remote_refused', 'input'],
    ['/large', 'payload_too_large', 'input'],
    ['/secret', 'remote_refused', 'input'],
    ['/missing', 'remote_refused', 'input'],
    ['/down', 'remote_failed', 'system'],
  ])('from %s ends with %s, the fault of the %s', async (path, code, fault) => {
    const before = await kept.names();
    await expect(fetched(path)).rejects.toMatchObject({ code, fault, remedy: expect.any(String) });
    expect((await kept.names()).filter((name) => !before.includes(name)).length).toBeLessThanOrEqual(1);
  });

  it('counts only when the scanner takes it', async () => {
    const source = { kind: 'url' as const, url: `${origin}/model.glb`, name: 'infected.glb' };
    await expect(ingest(source)).rejects.toMatchObject({ code: 'file_infected', fault: 'input' });
  });

  it('is given up when its job is canceled', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('canceled')), 30);
    await expect(fetched('/slow', controller.signal)).rejects.toThrow('canceled');
  });
});

describe('a model in pieces', () => {
  const put = (text: string) => putBytes(kept.store, text);

  it('becomes one file of each, in order', async () => {
    const pieces = [await put('first '), await put('second '), await put('third')];
    const alone = await put('alone');
    const { files, beats } = await ingest({
      kind: 'pieces',
      files: [
        { name: 'model.gltf', pieces, sha256: createHash('sha256').update('first second third').digest('hex') },
        { name: 'wood.png', pieces: [alone] },
      ],
    });
    expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['model.gltf', 18],
      ['wood.png', 5],
    ]);
    expect(String(await readBytes(kept.store, files[0]?.sha256 ?? ''))).toBe('first second third');
    expect(files[1]?.sha256).toBe(alone.sha256);
    expect(beats.map(([, stage]) => stage)).toContain('joining');
  });

  it('is refused when it is not what its client says', async () => {
    const pieces = [await put('what came')];
    const sha256 = createHash('sha256').update('what was sent').digest('hex');
    await expect(ingest({ kind: 'pieces', files: [{ name: 'x', pieces, sha256 }] })).rejects.toMatchObject({
      code: 'checksum_mismatch',
      fault: 'input',
    });
  });
});
