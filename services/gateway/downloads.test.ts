import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Asset, AssetFile, Derivative } from '#contracts/rest/resources/asset.ts';
import { byteRanges } from './download/byte-ranges.ts';
import { contentDisposition } from './download/content-disposition.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';
import { fileNameAfter } from './upload/file-name.ts';

const CONTENT = Array.from({ length: 1000 }, (_, index) => String.fromCharCode(33 + (index % 90))).join('');

let gateway: TestGateway;
let asset: Asset;
let original: AssetFile;
beforeAll(async () => {
  gateway = await openGateway();
  asset = await gateway.uploadReady('kitchen chäir.glb', CONTENT);
  original = (await gateway.request(`/v1/assets/${asset.id}/files`)).json.data[0];
});
afterAll(() => gateway?.close());

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
const get = (path: string, headers: Record<string, string> = {}) => gateway.request(path, { headers });

describe('the download of a file', () => {
  it('is the file, named, typed, cacheable for ever and inert', async () => {
    const answer = await get(original.url);
    expect([answer.status, answer.text]).toEqual([200, CONTENT]);
    const header = (name: string) => answer.headers.get(name);
    expect(header('etag')).toBe(`"${sha256(CONTENT)}"`);
    expect(header('content-type')).toBe('model/gltf-binary');
    expect(header('content-length')).toBe('1000');
    expect(header('cache-control')).toBe('private, max-age=31536000, immutable');
    expect(header('accept-ranges')).toBe('bytes');
    expect(header('content-disposition')).toBe(
      'attachment; filename="kitchen ch_ir.glb"; filename*=UTF-8\'\'kitchen%20ch%C3%A4ir.glb',
    );
    expect(header('content-security-policy')).toContain('sandbox');
  });

  it('serves one range of it', async () => {
    for (const [range, start, end] of [
      ['bytes=0-0', 0, 0],
      ['bytes=10-19', 10, 19],
      ['bytes=990-', 990, 999],
      ['bytes=990-5000', 990, 999],
      ['bytes=-10', 990, 999],
      ['bytes=-5000', 0, 999],
      ['Bytes = 10 - 19 ,', 10, 19],
      ['bytes=10-18446744073709551615', 10, 999],
      // What touches is one, what lies outside is left away.
      ['bytes=10-14,15-19,5000-', 10, 19],
    ] as const) {
      const answer = await get(original.url, { range });
      expect([answer.status, answer.text], range).toEqual([206, CONTENT.slice(start, end + 1)]);
      expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end}/1000`);
      expect(answer.headers.get('content-length')).toBe(String(end - start + 1));
    }
  });

  it('serves several ranges of it, in their order', async () => {
    const answer = await get(original.url, { range: 'bytes=-5,0-9,20-29,25-39' });
    expect(answer.status).toBe(206);
    const [, boundary = ''] =
      /^multipart\/byteranges; boundary=(\w+)$/.exec(answer.headers.get('content-type') ?? '') ?? [];
    expect(answer.headers.get('content-length')).toBe(String(answer.text.length));
    const parts = answer.text.split(`\r\n--${boundary}`);
    expect([parts.shift(), parts.pop()]).toEqual(['', '--\r\n']);
    const part = (start: number, end: number) =>
      `\r\nContent-Type: model/gltf-binary\r\nContent-Range: bytes ${start}-${end}/1000\r\n\r\n${CONTENT.slice(start, end + 1)}`;
    expect(parts).toEqual([part(995, 999), part(0, 9), part(20, 39)]);
  });

  it('refuses a range outside of it', async () => {
    for (const range of ['bytes=1000-', 'bytes=5000-6000', 'bytes=-0', 'bytes=1000-1001,-0']) {
      const answer = await get(original.url, { range });
      expect([answer.status, answer.json.code], range).toEqual([416, 'range_not_satisfiable']);
      expect(answer.headers.get('content-range')).toBe('bytes */1000');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      for (const name of ['etag', 'repr-digest']) expect(answer.headers.get(name)).toBeNull();
    }
  });

  it('is whole when the range makes no sense, or is of something else', async () => {
    for (const range of [
      'bytes=5-2',
      'bytes=a-b',
      'bytes=-',
      'lines=1-2',
      'bytes=0-1,5',
      `bytes=${'0-0,'.repeat(51)}`,
    ]) {
      expect((await get(original.url, { range })).status, range).toBe(200);
    }
    const range = 'bytes=0-3';
    expect((await get(original.url, { range, 'if-range': '"other"' })).status).toBe(200);
    expect((await get(original.url, { range, 'if-range': `W/"${original.sha256}"` })).status).toBe(200);
    expect((await get(original.url, { range, 'if-range': `"${original.sha256}"` })).status).toBe(206);
  });

  it('is not sent again to who has it', async () => {
    const answer = await get(original.url, { 'if-none-match': `"x", W/"${original.sha256}"`, range: 'bytes=0-3' });
    expect([answer.status, answer.text]).toEqual([304, '']);
    expect(answer.headers.get('etag')).toBe(`"${original.sha256}"`);
    expect(answer.headers.get('cache-control')).toContain('immutable');
  });

  it('answers HEAD with its headers alone', async () => {
    for (const headers of [undefined, { range: 'bytes=0-9' }, { range: 'bytes=5000-' }]) {
      const answer = await gateway.request(original.url, { method: 'HEAD', ...(headers && { headers }) });
      expect([answer.status, answer.text, answer.headers.get('content-length')]).toEqual([200, '', '1000']);
      expect(answer.headers.get('etag')).toBe(`"${original.sha256}"`);
    }
  });

  it('of a name that is not there says which there are', async () => {
    const answer = await get(`/v1/assets/${asset.id}/versions/1/files/other.glb`);
    expect([answer.status, answer.json.code]).toEqual([404, 'not_found']);
    expect(answer.json.remedy).toContain('kitchen chäir.glb');
    expect((await get(`/v1/assets/${asset.id}/versions/7/files/other.glb`)).status).toBe(404);
  });

  it('whose bytes the storage has lost is the fault of the system, with nothing to keep and nothing told of the storage', async () => {
    const { id } = await gateway.upload('lost.glb', 'glTF that will be lost');
    const [{ url, sha256: hash }] = (await gateway.request(`/v1/assets/${id}/files`)).json.data;
    await gateway.objects.delete(hash);
    for (const headers of [{}, { range: 'bytes=0-3' }, { range: 'bytes=0-3,8-9' }] as Record<string, string>[]) {
      const answer = await get(url, headers);
      expect([answer.status, answer.json.code]).toEqual([500, 'storage_failed']);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.text).not.toContain(hash);
    }
  });

  it('never lets a browser run what somebody uploaded', async () => {
    const { id } = await gateway.upload('page.html', '<script>alert(1)</script>');
    const answer = await get(`/v1/assets/${id}/versions/1/files/page.html`);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('the normalised model', () => {
  it('is served under one URL, of any version', async () => {
    const { id } = await gateway.uploadReady('m.glb');
    const first = await get(`/v1/assets/${id}/model.glb`);
    expect(first.status).toBe(200);
    expect(first.headers.get('content-disposition')).toBe('attachment; filename="m.glb"');
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    expect(first.headers.get('etag')).toBe(`"${sha256(first.bytes)}"`);
    const form = new FormData();
    form.append('file', new Blob(['glTF again']), 'm.glb');
    await gateway.request(`/v1/assets/${id}/versions`, { method: 'POST', body: form });
    const pending = await get(`/v1/assets/${id}/model.glb`);
    expect([pending.status, pending.json.code]).toEqual([409, 'conflict']);
    expect((await get(`/v1/assets/${id}/model.glb?version=1`)).bytes.equals(first.bytes)).toBe(true);
  });
});

describe('a derivative', () => {
  it('is served inline with its own type, for ever', async () => {
    const { json } = await get(`/v1/assets/${asset.id}/derivatives`);
    const preview = json.data.find(({ operation }: Derivative) => operation === 'render.image') as Derivative;
    const answer = await get(preview.url);
    expect(answer.headers.get('content-type')).toBe('image/webp');
    expect(answer.headers.get('content-disposition')).toBe(`inline; filename="${preview.id}.webp"`);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(answer.headers.get('etag')).toBe(`"${preview.sha256}"`);
    expect(asset.preview?.url).toBe(preview.url);
  });
});

describe('a render by URL', () => {
  it('is made when it is first asked for, and found afterwards', async () => {
    const path = `/v1/assets/${asset.id}/render.png?width=40&height=30&view=45,20&background=ff0000`;
    const waiting = Promise.all([get(path), get(path)]);
    const job = await gateway.work('render.image', { asset: asset.id, content: 'a picture' });
    expect(JSON.parse(job.payloadJson).request).toMatchObject({
      width: 40,
      height: 30,
      view: { azimuth: 45, elevation: 20 },
      background: '#ff0000',
      format: 'png',
      samples: 8,
    });
    for (const answer of await waiting) {
      expect([answer.status, answer.text]).toEqual([200, 'a picture']);
      expect(answer.headers.get('etag')).toBe(`"${sha256('a picture')}"`);
      expect(answer.headers.get('content-type')).toBe('image/png');
      expect(answer.headers.get('content-disposition')).toMatch(/^inline; .*kitchen%20ch%C3%A4ir\.png/);
    }
    expect((await get(path)).text).toBe('a picture');
    const unchanged = await get(path, { 'if-none-match': `"${sha256('a picture')}"` });
    expect([unchanged.status, unchanged.text]).toEqual([304, '']);
    const same = await get(
      `/v1/assets/${asset.id}/render.png?background=%23ff0000&azimuth=45&elevation=20&height=30&width=40`,
    );
    expect(same.text).toBe('a picture');
    const { json } = await get(`/v1/renders?assetId=${asset.id}`);
    expect(json.data.filter(({ purpose }: { purpose: string }) => purpose === 'url')).toHaveLength(1);
  });

  it('waits for a model that was just uploaded', async () => {
    const { id } = await gateway.upload();
    const waiting = get(`/v1/assets/${id}/render.jpeg?width=20&height=20`);
    await gateway.work('geometry.process', { asset: id });
    const first = await gateway.work('render.image', { asset: id });
    const second = await gateway.work('render.image', { asset: id });
    const formats = [first, second].map((job) => JSON.parse(job.payloadJson).request.format);
    expect(formats.sort()).toEqual(['jpg', 'webp']);
    const answer = await waiting;
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  });

  it('of a model that cannot be processed says why', async () => {
    const { id } = await gateway.upload();
    const waiting = get(`/v1/assets/${id}/render.webp`);
    await gateway.fail('geometry.process', id, {
      code: 'model_malformed',
      message: 'The file ends too early.',
      fault: 'input',
      remedy: 'Export it again.',
    });
    const answer = await waiting;
    expect([answer.status, answer.json.code]).toEqual([409, 'conflict']);
    expect(answer.json.detail).toContain('ends too early');
    expect((await get(`/v1/assets/${id}/render.webp`)).status).toBe(409);
  });

  it('that fails answers with the error of its job', async () => {
    const waiting = get(`/v1/assets/${asset.id}/render.avif?width=333`);
    await gateway.fail('render.image', asset.id, {
      code: 'render_too_large',
      message: 'It needs 9 GB.',
      fault: 'input',
      remedy: 'Use fewer pixels.',
    });
    const answer = await waiting;
    expect([answer.status, answer.json.code, answer.json.remedy]).toEqual([
      422,
      'render_too_large',
      'Use fewer pixels.',
    ]);
  });

  it('with a wrong parameter is refused, a misspelt one included', async () => {
    for (const [query, pointer] of [
      ['width=9', '/query/width'],
      ['width=abc', '/query/width'],
      ['widht=100', '/query/widht'],
      ['view=above', '/query/view'],
      ['view=10,100', '/query/view/elevation'],
      ['background=red', '/query/background'],
      ['environment=moon', '/query/environment'],
      ['samples=0', '/query/samples'],
    ]) {
      const answer = await get(`/v1/assets/${asset.id}/render.png?${query}`);
      expect([answer.status, answer.json.errors[0].pointer], answer.text).toEqual([400, pointer]);
    }
    expect((await get(`/v1/assets/${asset.id}/render.bmp`)).status).toBe(400);
  });
});

describe('fileNameAfter', () => {
  it('is the name of the asset, whole, with another ending', () => {
    const names = ['Chair.obj', 'Red/Blue \\ chair', 'a.b.glb', '.glb', '/'].map((name) => fileNameAfter(name, '.glb'));
    expect(names).toEqual(['Chair.glb', 'Red_Blue _ chair.glb', 'a.b.glb', '.glb.glb', '_.glb']);
  });
});

describe('contentDisposition', () => {
  it('keeps any name, and lets none break out of the header', () => {
    expect(contentDisposition('attachment', 'a/b/chair.glb')).toBe('attachment; filename="chair.glb"');
    expect(contentDisposition('inline', 'a"b\\c.glb')).toBe(
      `inline; filename="a_b_c.glb"; filename*=UTF-8''a%22b%5Cc.glb`,
    );
    expect(contentDisposition('attachment', '50%27 (木).glb')).toBe(
      `attachment; filename="50_27 (_).glb"; filename*=UTF-8''50%2527%20%28%E6%9C%A8%29.glb`,
    );
    for (const name of ['\r\nSet-Cookie: a=b', 'x\u0000y', '\ud800', '', '/']) {
      expect(contentDisposition('attachment', name)).toMatch(/^[\x20-\x7e]+$/);
    }
  });
});

describe('byteRanges', () => {
  it('stay inside of any file', () => {
    for (const bytes of [0, 1, 7, 1000]) {
      for (const header of ['0-', '0-0', '3-5', '-3', '6-99999999999999', '0-0,-1,4-', '-3,-9,0-'].map(
        (of) => `bytes=${of}`,
      )) {
        let ranges: { start: number; end: number }[];
        try {
          ranges = byteRanges(header, bytes) ?? [];
        } catch {
          continue;
        }
        const seen = new Set<number>();
        for (const { start, end } of ranges) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThan(bytes);
          for (let byte = start; byte <= end; byte++) {
            expect(seen.has(byte), header).toBe(false);
            seen.add(byte);
          }
        }
      }
    }
  });
});
