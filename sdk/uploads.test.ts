import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UploadId } from '#contracts/ids/ids.ts';
import { readBytes } from '#platform/objects/testing/bytes.ts';
import { KEY, openGateway, type TestGateway } from '#services/gateway/testing/open-gateway.ts';
import { createClient } from './client.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway?.close());

/** A client whose requests with bytes fail as told: before they are sent, or after their answer is lost. */
function clientThrough(failures: ('before' | 'after')[] = [], onSend: () => void = () => {}) {
  return createClient({
    baseUrl: gateway.url,
    key: KEY,
    async fetch(input, init) {
      if (init?.method !== 'PATCH') return fetch(input, init);
      onSend();
      const failure = failures.shift();
      if (failure === 'before') throw new TypeError('connection reset');
      const answer = await fetch(input, init);
      if (failure === 'after') throw new TypeError('connection reset');
      return answer;
    },
  });
}

async function filesOf(assetId: string): Promise<{ name: string; bytes: Buffer }[]> {
  const job = await gateway.lease('asset.ingest');
  const payload = JSON.parse(job.payloadJson);
  expect(payload.assetId).toBe(assetId);
  const files: { name: string; pieces: { sha256: string }[] }[] = payload.source.files;
  return Promise.all(
    files.map(async ({ name, pieces }) => ({
      name,
      bytes: Buffer.concat(await Promise.all(pieces.map(({ sha256 }) => readBytes(gateway.objects, sha256)))),
    })),
  );
}

describe('an upload in parts', () => {
  const bytes = randomBytes(250_000);
  const partBytes = 60_000;

  it('tells its progress, goes on after failures, and sends every byte once', async () => {
    const client = clientThrough(['before', 'after', 'before']);
    const told: number[] = [];
    const asset = await client.assets.upload(new Blob([bytes]), {
      name: 'Chair.glb',
      partBytes,
      onProgress: ({ sent, total }) => {
        expect(total).toBe(bytes.length);
        told.push(sent);
      },
    });
    expect(asset).toMatchObject({ name: 'Chair.glb', state: 'uploading' });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect([told[0], told.at(-1)]).toEqual([0, bytes.length]);
    const [file] = await filesOf(asset.id);
    expect(file?.bytes.equals(bytes)).toBe(true);
  });

  it('goes on where an earlier call stopped, with several files', async () => {
    const controller = new AbortController();
    const begun = new Map<string, UploadId>();
    let sent = 0;
    const first = clientThrough([], () => {
      sent += 1;
      if (sent === 3) controller.abort(new Error('closed'));
    });
    const files = [
      { name: 'scene/chair.gltf', data: new Blob(['{}']) },
      { name: 'scene/stühle.bin', data: new Blob([bytes]) },
    ];
    const onBegun = (name: string, id: UploadId) => void begun.set(name, id);
    const { signal } = controller;
    await expect(first.assets.upload(files, { partBytes, onBegun, signal })).rejects.toThrow('closed');
    expect([...begun.keys()]).toEqual(files.map(({ name }) => name));

    sent = 0;
    const progress: number[] = [];
    const client = clientThrough([], () => {
      sent += 1;
    });
    const options = { partBytes, resume: begun, onProgress: (now: { sent: number }) => void progress.push(now.sent) };
    const asset = await client.assets.upload(files, options);
    expect(sent).toBeLessThan(5);
    expect(progress.at(-1)).toBe(bytes.length + 2);
    const stored = await filesOf(asset.id);
    expect(stored.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
    expect(stored[1]?.bytes.equals(bytes)).toBe(true);
  });

  it('goes through a server whose storage takes nothing from clients', async () => {
    const asset = await clientThrough().assets.upload(new Blob([bytes]), { name: 'Chair.glb', direct: true });
    const [file] = await filesOf(asset.id);
    expect(file?.bytes.equals(bytes)).toBe(true);
  });

  it('makes a further version, and is begun anew when nothing is known of it', async () => {
    const client = clientThrough();
    const asset = await gateway.upload();
    const resume = new Map<string, UploadId>([['chair.glb', 'upl_01kb2v4t9wf6x8q3m5n7p0r2sg']]);
    const file = { name: 'chair.glb', data: new Blob([bytes]) };
    const renewed = await client.assets.uploadVersion(asset.id, [file], { resume });
    expect(renewed).toMatchObject({ id: asset.id, version: 2, state: 'uploading' });
  });

  it('does not try again what will stay refused', async () => {
    const client = clientThrough();
    const large = new Blob([new Uint8Array(9 * 1024 * 1024)]);
    await expect(client.uploads.send([{ name: 'large.glb', data: large }])).rejects.toMatchObject({
      code: 'payload_too_large',
    });
  });

  it('can be fetched by the server instead', async () => {
    const asset = await clientThrough().assets.fetchFrom('https://example.com/chair.glb', { name: 'Chair' });
    expect(asset).toMatchObject({ name: 'Chair', state: 'uploading' });
  });
});
