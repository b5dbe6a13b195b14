import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
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

const post = (body: FormData) => gateway.request('/v1/assets', { method: 'POST', body });

async function storedObjects(): Promise<number> {
  let count = 0;
  for await (const _ of gateway.objects.list()) count += 1;
  return count;
}

describe('an upload that is checked', () => {
  const bytes = Buffer.from('glTF that is checked');
  const digest = (algorithm: string, of: string | Buffer = bytes) => createHash(algorithm).update(of).digest('base64');
  const raw = (headers: Record<string, string>) =>
    gateway.request('/v1/assets?name=checked.glb', {
      method: 'POST',
      body: new Uint8Array(bytes),
      headers: { 'content-type': 'application/octet-stream', ...headers },
    });

  it('by the digests of RFC 9530 counts when they are its own, and leaves nothing when not', async () => {
    expect((await raw({ 'content-digest': `sha-256=:${digest('sha256')}:` })).status).toBe(201);
    const both = `sha-256=:${digest('sha256')}:, sha-512=:${digest('sha512')}:, md5=:AAAA:`;
    expect((await raw({ 'repr-digest': both })).status).toBe(201);
    const before = await storedObjects();
    const wrong = await raw({ 'repr-digest': `sha-512=:${digest('sha512', 'another')}:` });
    expect([wrong.status, wrong.json.code]).toEqual([460, 'checksum_mismatch']);
    expect((await raw({ 'content-digest': 'sha-256=abc' })).status).toBe(400);
    expect(await storedObjects()).toBe(before);
  });

  it('by the hashes of its files in a form', async () => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    const files: [string, Blob, string][] = [
      ['file', new Blob([bytes]), 'a.glb'],
      ['file', new Blob(['two']), 'b.bin'],
    ];
    const two = createHash('sha256').update('two').digest('hex');
    expect((await post(formOf(['sha256', `${hash}, ${two.toUpperCase()}`], ...files))).status).toBe(201);
    const before = await storedObjects();
    const swapped = await post(formOf(...files, ['sha256', `${two},${hash}`]));
    expect([swapped.status, swapped.json.code]).toEqual([460, 'checksum_mismatch']);
    expect(swapped.json.detail).toContain('"a.glb"');
    expect((await post(formOf(...files, ['sha256', `${hash},no hash`]))).json.errors).toEqual([
      { pointer: '/body/sha256', message: expect.stringContaining('64 hexadecimal digits') },
    ]);
    expect((await post(formOf(...files, ['sha256', hash]))).status).toBe(400);
    // What an asset has stays, what nothing has goes.
    const others = formOf(['file', new Blob([bytes]), 'a.glb'], ['file', new Blob(['stored in vain']), 'b.bin']);
    expect((await post(others)).status).toBe(201);
    expect(await storedObjects()).toBe(before + 1);
    const refused = formOf(['file', new Blob([bytes]), 'a.glb'], ['file', new Blob(['refused']), 'b.bin']);
    refused.append('projectId', newId('project'));
    expect((await post(refused)).status).toBe(404);
    expect(await storedObjects()).toBe(before + 1);
  });

  it('and refused takes what it stored along, unless another that is not recorded yet has stored the same before', async () => {
    const refuse = async (content: string) => {
      expect((await post(formOf(['file', new Blob([content]), 'a.glb'], ['projectId', newId('project')]))).status).toBe(
        404,
      );
      return gateway.objects.stat(createHash('sha256').update(content).digest('hex'));
    };
    expect(await refuse('stored by the refused one')).toBeNull();
    await gateway.objects.put(Readable.from([Buffer.from('stored by two')]));
    expect(await refuse('stored by two')).not.toBeNull();
  });

  it('by a scanner is not recorded when that rejects it', async () => {
    const before = await storedObjects();
    const answer = await post(formOf(['file', new Blob(['an infection']), 'infected.glb']));
    expect([answer.status, answer.json.code]).toEqual([422, 'file_infected']);
    expect(await storedObjects()).toBe(before);
    expect((await gateway.request('/v1/assets?name=infected')).json.data).toEqual([]);
  });

  it('tells that the same files are there already, and of whom', async () => {
    const twin = () => post(formOf(['file', new Blob(['glTF of a twin']), 'twin.glb']));
    const first = (await twin()).json;
    expect(first.duplicateOf).toBeNull();
    const second = (await twin()).json;
    expect(second.duplicateOf).toBe(first.id);
    const versions = await gateway.request(`/v1/assets/${second.id}/versions`);
    expect(versions.json.data[0].duplicateOf).toBe(first.id);
    const { key } = await gateway.makeOrganization();
    const theirs = await gateway.request('/v1/assets', {
      method: 'POST',
      key,
      body: formOf(['file', new Blob(['glTF of a twin']), 'twin.glb']),
    });
    expect(theirs.json.duplicateOf).toBeNull();
    await gateway.request(`/v1/assets/${first.id}`, { method: 'DELETE' });
    expect((await gateway.request(`/v1/assets/${second.id}`)).json.duplicateOf).toBeNull();
  });
});
