import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DirectUpload } from '#contracts/rest/resources/direct-upload.ts';
import { createClient } from './client.ts';

const PART_BYTES = 60_000;
const bytes = randomBytes(250_000);
const PARTS = Math.ceil(bytes.length / PART_BYTES);
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

/**
 * Signs parts and takes them as a server with a bucket does: what a part was signed for has to come. The real ones are
 * asked where there is such a storage, in test/end-to-end/s3.
 */
describe('parts that go straight to the storage', () => {
  let server: Server;
  let url: string;
  /** Of each signature the parts that were asked for, and what came of each part. */
  const asked: { number: number; sha256?: string }[][] = [];
  const stored = new Map<number, Buffer>();
  let refused = 0;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const content = await buffer(request);
      const { pathname, searchParams } = new URL(request.url as string, 'http://storage');
      if (request.method === 'PUT') {
        const wanted = searchParams.get('sha256');
        if (wanted !== null && wanted !== sha256(content)) {
          refused += 1;
          return response.writeHead(400).end();
        }
        stored.set(Number(searchParams.get('part')), content);
        return response.end();
      }
      response.setHeader('content-type', 'application/json');
      if (!pathname.endsWith('/parts')) return response.end('{}');
      const { parts } = JSON.parse(content.toString()) as { parts: (typeof asked)[number] };
      asked.push(parts);
      const signed = parts.map(({ number, sha256: hash }) => ({
        number,
        bytes: Math.min(PART_BYTES, bytes.length - (number - 1) * PART_BYTES),
        url: `${url}/bucket?part=${number}${hash === undefined ? '' : `&sha256=${hash}`}`,
        headers: {},
      }));
      return response.end(JSON.stringify({ parts: signed, expiresAt: new Date().toISOString() }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
    vi.unstubAllGlobals();
  });

  const send = (damage: (body: unknown) => unknown = (body) => body) => {
    asked.length = 0;
    stored.clear();
    const fetchThrough: typeof fetch = (input, init) =>
      init?.method === 'PUT' ? fetch(input, { ...init, body: damage(init.body) as Blob }) : fetch(input, init);
    const client = createClient({ baseUrl: url, key: 'mq_live_of_nobody', fetch: fetchThrough });
    const upload = { id: 'upl_01kb2v4t9wf6x8q3m5n7p0r2sg', state: 'uploading', bytes: bytes.length };
    const parts = { partBytes: PART_BYTES, parts: PARTS, received: [] };
    return client.directUploads.send({ ...upload, ...parts } as unknown as DirectUpload, new Blob([bytes]), () => {});
  };
  const whole = () => Buffer.concat(Array.from({ length: PARTS }, (_, index) => stored.get(index + 1) as Buffer));

  it('are signed for the bytes that were read, so that what is changed on the way is sent again', async () => {
    let damaged = 0;
    const sent = await send((body) => {
      damaged += 1;
      // Not the first one: where nothing arrives, another way is taken.
      return damaged === 3 ? randomBytes((body as ArrayBuffer).byteLength) : body;
    });
    expect([sent, refused, whole().equals(bytes)]).toEqual([true, 1, true]);
    for (const { number, sha256: hash } of asked.flat()) {
      expect(hash).toBe(sha256(bytes.subarray((number - 1) * PART_BYTES, number * PART_BYTES)));
    }
  });

  it('go without hashes where the platform has none to make, as browsers on pages without TLS', async () => {
    const { crypto } = globalThis;
    vi.stubGlobal('crypto', { getRandomValues: (array: Uint32Array) => crypto.getRandomValues(array) });
    const sent = await send();
    vi.unstubAllGlobals();
    expect([sent, whole().equals(bytes)]).toEqual([true, true]);
    expect(asked.flat().every((part) => part.sha256 === undefined)).toBe(true);
    expect(asked[0]).toHaveLength(PARTS);
  });
});
