import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import type { AssetFile } from '#contracts/rest/resources/asset.ts';
import { openBrowser } from './testing/browser.ts';
import { KEY, openGateway, type TestGateway } from './testing/open-gateway.ts';

const LIMIT = 8 * 1024 * 1024;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ uploadLimitBytes: LIMIT });
});
afterAll(() => gateway?.close());

function formOf(...parts: [string, string | Blob, string?][]): FormData {
  const form = new FormData();
  for (const [name, value, fileName] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, fileName);
  }
  return form;
}

const post = (body: FormData, path = '/v1/assets') => gateway.request(path, { method: 'POST', body });

async function filesOf(assetId: string): Promise<AssetFile[]> {
  return (await gateway.request(`/v1/assets/${assetId}/files?limit=200`)).json.data;
}

async function storedObjects(): Promise<number> {
  let count = 0;
  for await (const _ of gateway.objects.list()) count += 1;
  return count;
}

const temporaryFiles = () => readdir(join(gateway.objectsFolder, 'tmp'));

async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + 5000;
  while (true) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function problemOf(answer: IncomingMessage) {
  let text = '';
  for await (const chunk of answer) text += chunk;
  return JSON.parse(text);
}

describe('an upload as a form', () => {
  it('makes an asset in state processing, with its job, ETag and place', async () => {
    const answer = await post(formOf(['file', new Blob(['glTF one']), 'chair.glb']));
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ name: 'chair.glb', state: 'processing', version: 1, report: null });
    expect(answer.headers.get('location')).toBe(`/v1/assets/${answer.json.id}`);
    expect(answer.headers.get('etag')).toBe(`"r${answer.json.revision}"`);
    const job = await gateway.request(`/v1/jobs/${answer.json.job}`);
    expect(job.json).toMatchObject({ kind: 'geometry.process', state: 'queued', assetId: answer.json.id });
  });

  it('has the priority that was asked for, as far as its role may ask', async () => {
    const file = () => formOf(['file', new Blob([`glTF ${newId('asset')}`]), 'chair.glb']);
    const priorityOf = async (job: string) => (await gateway.request(`/v1/jobs/${job}`)).json.priority;
    const low = await post(file(), '/v1/assets?priority=-3');
    expect(await priorityOf(low.json.job)).toBe(-3);
    const renewed = await post(file(), `/v1/assets/${low.json.id}/versions?priority=5`);
    expect(await priorityOf(renewed.json.job)).toBe(5);
    const json = { url: 'https://example.com/chair.glb' };
    const fetched = await gateway.request('/v1/assets?priority=4', { method: 'POST', json });
    expect(await priorityOf(fetched.json.job)).toBe(4);
    const owner = await openBrowser(gateway);
    const made = await owner.request('/v1/service-accounts', { method: 'POST', json: { name: 'CI', role: 'editor' } });
    const wish = { name: 'CI', scopes: ['assets:write'], serviceAccountId: made.json.id };
    const { key } = (await owner.request('/v1/api-keys', { method: 'POST', json: wish })).json;
    const refused = await gateway.request('/v1/assets?priority=1', { method: 'POST', json, key });
    expect([refused.status, refused.json.code]).toEqual([403, 'forbidden']);
    expect((await post(file(), '/v1/assets?priority=11')).status).toBe(400);
  });

  it('takes fields before and after the file', async () => {
    const { json: project } = await gateway.request('/v1/projects', { method: 'POST', json: { name: 'Chairs' } });
    const file: [string, Blob, string] = ['file', new Blob(['glTF two']), 'x.glb'];
    const before = await post(formOf(['name', ' Armchair '], ['projectId', project.id], file));
    expect(before.json).toMatchObject({ name: 'Armchair', projectId: project.id });
    const after = await post(formOf(file, ['settings', '{}'], ['projectId', project.id], ['name', 'Stool']));
    expect(after.json).toMatchObject({ name: 'Stool', projectId: project.id });
  });

  it('keeps several files with their relative names, byte by byte', async () => {
    const given: Record<string, Buffer> = {
      'scene/chair.gltf': Buffer.from('{"asset":{"version":"2.0"}}'),
      'scene/chair.bin': Buffer.alloc(300_000, 7),
      'scene/textures/wöod 木.png': Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251)),
      'scene/empty.txt': Buffer.alloc(0),
    };
    const parts = Object.entries(given).map(([name, bytes]): [string, Blob, string] => [
      'file',
      new Blob([new Uint8Array(bytes)]),
      name,
    ]);
    const answer = await post(formOf(...parts));
    expect(answer.status, answer.text).toBe(201);
    expect(answer.json.name).toBe('chair.gltf');
    const files = await filesOf(answer.json.id);
    expect(files.map(({ name }) => name)).toEqual(Object.keys(given));
    for (const file of files) {
      const bytes = given[file.name] as Buffer;
      expect(file.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      const download = await gateway.request(file.url);
      expect(download.bytes.equals(bytes), file.url).toBe(true);
    }
  });

  it('keeps two hundred small files', async () => {
    const parts = Array.from({ length: 200 }, (_, index): [string, Blob, string] => [
      'file',
      new Blob([`texture ${index}`]),
      `textures/${index}.png`,
    ]);
    const answer = await post(formOf(...parts));
    const files = await filesOf(answer.json.id);
    expect(files.map(({ name }) => name)).toEqual(parts.map(([, , name]) => name));
  });

  it('cleans names that clients send, and refuses those that lead elsewhere', async () => {
    const nameOf = async (name: string) => {
      const answer = await post(formOf(['file', new Blob([`glTF ${name}`]), name]));
      return answer.status === 201 ? (await filesOf(answer.json.id))[0]?.name : answer.json.code;
    };
    expect(await nameOf('C:\\models\\chair.glb')).toBe('models/chair.glb');
    expect(await nameOf('/abs/./chair.glb')).toBe('abs/chair.glb');
    expect(await nameOf('../../etc/passwd')).toBe('invalid_request');
    expect(await nameOf('a/../../b.glb')).toBe('invalid_request');
    expect(await nameOf(`${'x'.repeat(600)}.glb`)).toBe('invalid_request');
  });

  it('takes fields that were left empty for none, and cuts no letter of a long name in half', async () => {
    const file = new Blob(['glTF of a form']);
    const blank = formOf(['name', ''], ['projectId', ''], ['settings', ''], ['sha256', ''], ['file', file, 'a.glb']);
    expect((await post(blank)).json).toMatchObject({ name: 'a.glb', state: 'processing' });
    const { name } = (await post(formOf(['file', file, `${'x'.repeat(299)}🪑.glb`]))).json;
    expect(name).toBe('x'.repeat(299));
  });

  it('is refused, with the field, when something is wrong with it', async () => {
    const file: [string, Blob, string] = ['file', new Blob(['glTF']), 'x.glb'];
    const refusals: [FormData, string, RegExp][] = [
      [formOf(['name', 'x']), '/file', /missing/],
      [formOf(['file', new Blob([]), 'x.glb']), '/file', /empty/],
      [formOf(file, file), '/file', /two files/],
      [formOf(['model', new Blob(['glTF']), 'x.glb']), '/model', /no field/],
      [formOf(file, ['colour', 'red']), '/colour', /no field/],
      [formOf(file, ['name', 'a'], ['name', 'b']), '/name', /twice/],
      [formOf(file, ['name', ' ']), '/name', /./],
      [formOf(file, ['name', 'a\u0000b']), '/name', /control/],
      [formOf(file, ['projectId', 'x']), '/projectId', /prj_/],
      [formOf(file, ['settings', '{']), '/settings', /JSON/],
      [formOf(file, ['settings', '{"simplify":1}']), '/settings', /simplify/],
    ];
    for (const [form, pointer, message] of refusals) {
      const answer = await post(form);
      expect([answer.status, answer.json.code], answer.text).toEqual([400, 'invalid_request']);
      expect(answer.json.errors[0].pointer, answer.text).toBe(`/body${pointer}`);
      expect(answer.json.errors[0].message).toMatch(message);
    }
    const unknown = await post(formOf(file, ['projectId', newId('project')]));
    expect([unknown.status, unknown.json.code]).toEqual([404, 'not_found']);
    await eventually(async () => expect(await temporaryFiles()).toEqual([]));
  });

  it('that ends in the middle, or is none, is refused', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const send = (body: string, type = headers) =>
      gateway.request('/v1/assets', { method: 'POST', body, headers: type });
    const start = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.glb"\r\n\r\nglTF';
    for (const body of [start, `${start}\r\n--b`, 'nonsense', '']) {
      const answer = await send(body);
      expect([answer.status, answer.json.code], `${body}: ${answer.text}`).toEqual([400, 'invalid_request']);
      expect(answer.json.remedy).toContain('boundary');
    }
    const unbounded = await send(start, { 'content-type': 'multipart/form-data' });
    expect([unbounded.status, unbounded.json.code]).toEqual([400, 'invalid_request']);
    expect(unbounded.json.remedy).toContain('boundary');
    expect((await send(`${start}\r\n--b--\r\n`)).status).toBe(201);
  });
});

describe('an upload as a raw body', () => {
  it('makes an asset of one file', async () => {
    const raw = (type: string, query = '') =>
      gateway.request(`/v1/assets${query}`, {
        method: 'POST',
        body: `glTF ${type}`,
        headers: { 'content-type': type },
      });
    const named = await raw('application/octet-stream', '?name=lamp.obj');
    expect(named.json.name).toBe('lamp.obj');
    expect((await filesOf(named.json.id))[0]).toMatchObject({ name: 'lamp.obj', bytes: 29 });
    const glb = await raw('model/gltf-binary', '?name=Desk%20lamp');
    expect(glb.json.name).toBe('Desk lamp');
    expect((await filesOf(glb.json.id))[0]?.name).toBe('Desk lamp.glb');
    expect((await filesOf((await raw('model/gltf-binary')).json.id))[0]?.name).toBe('model.glb');
    expect((await raw('model/vnd.something')).status).toBe(201);
  });

  it('that was compressed on its way is refused', async () => {
    const headers = { 'content-type': 'model/gltf-binary', 'content-encoding': 'gzip' };
    const answer = await gateway.request('/v1/assets', { method: 'POST', headers, body: 'glTF' });
    expect([answer.status, answer.json.code]).toEqual([415, 'unsupported_media_type']);
    expect(answer.json.remedy).toContain('as it is');
  });

  it('of another type is refused with the way that works', async () => {
    const send = (headers: Record<string, string>, body = 'x') =>
      gateway.request('/v1/assets', { method: 'POST', body, headers });
    const curl = await send({ 'content-type': 'application/x-www-form-urlencoded' });
    expect(curl.status).toBe(415);
    expect(curl.json.remedy).toContain('--data-binary');
    const empty = await gateway.request('/v1/assets', {
      method: 'POST',
      body: '',
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect([empty.status, empty.json.errors[0].pointer]).toEqual([400, '/body/file']);
  });
});

describe('a further version', () => {
  it('is processed like the first, and both stay', async () => {
    const asset = await gateway.uploadReady('v.glb', 'glTF first');
    const form = formOf(['file', new Blob(['glTF second']), 'v2.glb']);
    const answer = await post(form, `/v1/assets/${asset.id}/versions`);
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ id: asset.id, version: 2, state: 'processing' });
    expect(answer.headers.get('location')).toBe(`/v1/assets/${asset.id}`);
    expect((await gateway.request(`/v1/assets/${asset.id}/versions/1/files/v.glb`)).text).toBe('glTF first');
    expect((await gateway.request(`/v1/assets/${asset.id}/versions/2/files/v2.glb`)).text).toBe('glTF second');
    const missing = await post(formOf(['file', new Blob(['x']), 'x']), `/v1/assets/${newId('asset')}/versions`);
    expect(missing.status).toBe(404);
  });
});

describe('an upload over the limit', () => {
  it('is refused with 413, declared or not, raw or form, and leaves nothing', async () => {
    const before = await storedObjects();
    const big = new Uint8Array(LIMIT + 1);
    const form = await post(formOf(['file', new Blob([big]), 'big.glb']));
    const halves = await post(
      formOf(['file', new Blob([big.subarray(0, LIMIT - 10)]), 'a'], ['file', new Blob([new Uint8Array(20)]), 'b']),
    );
    const raw = await gateway.request('/v1/assets', {
      method: 'POST',
      body: big,
      headers: { 'content-type': 'model/gltf-binary' },
    });
    for (const answer of [form, halves, raw]) {
      expect([answer.status, answer.json.code]).toEqual([413, 'payload_too_large']);
      expect(answer.json.detail).toContain(String(LIMIT));
    }
    const exact = await post(formOf(['file', new Blob([big.subarray(1)]), 'exact.glb']));
    expect(exact.status).toBe(201);
    // The halves were whole files before their sum was too much.
    expect(await storedObjects()).toBe(before + 1);
    expect(await temporaryFiles()).toEqual([]);
  });

  it('is refused before its body when the body says how long it is', async () => {
    const { call, answer } = gateway.open('POST', '/v1/assets', {
      'content-type': 'model/gltf-binary',
      'content-length': String(10 * LIMIT),
    });
    call.on('error', () => {});
    call.write('glTF');
    const started = performance.now();
    const response = await answer;
    expect(response.statusCode).toBe(413);
    expect(performance.now() - started).toBeLessThan(1000);
    call.destroy();
  });

  it('is refused as soon as the limit is passed when it does not, to a client that still sends', async () => {
    const { call, answer } = gateway.open('POST', '/v1/assets', {
      'content-type': 'model/gltf-binary',
      'transfer-encoding': 'chunked',
    });
    call.on('error', () => {});
    const chunk = Buffer.alloc(1024 * 1024);
    let answered = false;
    answer.then(() => {
      answered = true;
    });
    let sent = 0;
    for (; sent < 40 && !answered; sent += 1) {
      await new Promise<void>((resolve) => call.write(chunk, () => resolve()));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const response = await answer;
    expect([response.statusCode, (await problemOf(response)).code]).toEqual([413, 'payload_too_large']);
    expect(sent).toBeLessThan(40);
    call.destroy();
    await eventually(async () => expect(await temporaryFiles()).toEqual([]));
  });

  it('is refused before it is sent to a client that asks first (Expect: 100-continue)', async () => {
    const expectations: [string, Record<string, string>, number][] = [
      [KEY, { 'content-type': 'model/gltf-binary', 'content-length': String(10 * LIMIT) }, 413],
      ['mq_live_nobodys0123456789nobodys', { 'content-type': 'model/gltf-binary', 'content-length': '4' }, 401],
      [KEY, { 'content-type': 'text/html', 'content-length': '4' }, 415],
    ];
    for (const [key, headers, status] of expectations) {
      const { call, answer } = gateway.open('POST', '/v1/assets', {
        ...headers,
        authorization: `Bearer ${key}`,
        expect: '100-continue',
      });
      let invited = false;
      call.on('continue', () => {
        invited = true;
      });
      call.flushHeaders();
      expect((await answer).statusCode).toBe(status);
      expect(invited).toBe(false);
      call.destroy();
    }
    const { call, answer } = gateway.open('POST', '/v1/assets', {
      'content-type': 'model/gltf-binary',
      'content-length': '4',
      expect: '100-continue',
    });
    await new Promise<void>((resolve) => {
      call.on('continue', resolve);
      call.flushHeaders();
    });
    call.end('glTF');
    expect((await answer).statusCode).toBe(201);
  });
});

describe('a client that hangs up', () => {
  it('in the middle of a form or a raw body leaves nothing', async () => {
    const before = await storedObjects();
    const assets = (await gateway.request('/v1/assets?limit=200')).json.data.length;
    const start = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.glb"\r\n\r\n';
    for (const [type, first] of [
      ['multipart/form-data; boundary=b', start],
      ['model/gltf-binary', 'glTF'],
    ] as const) {
      const { call } = gateway.open('POST', '/v1/assets', { 'content-type': type, 'content-length': '5000000' });
      call.on('error', () => {});
      call.write(first);
      call.write(Buffer.alloc(1_000_000));
      await eventually(async () => expect((await temporaryFiles()).length).toBe(1));
      call.destroy();
      await eventually(async () => expect(await temporaryFiles()).toEqual([]));
    }
    expect(await storedObjects()).toBe(before);
    expect((await gateway.request('/v1/assets?limit=200')).json.data.length).toBe(assets);
  });
});

describe('memory', () => {
  it('stays flat while 400 MB stream through', async () => {
    const large = await openGateway({ uploadLimitBytes: 2 ** 30 });
    try {
      const chunk = Buffer.alloc(1024 * 1024, 1);
      let peak = 0;
      const timer = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss);
      }, 10);
      const before = process.memoryUsage().rss;
      const { call, answer } = large.open('POST', '/v1/assets', {
        'content-type': 'multipart/form-data; boundary=b',
        'transfer-encoding': 'chunked',
      });
      call.write('--b\r\ncontent-disposition: form-data; name="file"; filename="a.glb"\r\n\r\n');
      for (let sent = 0; sent < 400; sent += 1) {
        await new Promise<void>((resolve) => call.write(chunk, () => resolve()));
      }
      call.end('\r\n--b--\r\n');
      const response = await answer;
      clearInterval(timer);
      expect(response.statusCode).toBe(201);
      response.resume();
      expect(peak - before).toBeLessThan(200 * 1024 * 1024);
    } finally {
      await large.close();
    }
  });
});
