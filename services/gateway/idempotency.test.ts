import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from './testing/expect-problem.ts';
import { openGateway, type TestAnswer, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway?.close());

const post = (path: string, key: string, more: { json?: unknown; body?: FormData } = {}): Promise<TestAnswer> =>
  gateway.request(path, { method: 'POST', headers: { 'idempotency-key': key }, ...more });
const countOf = async (path: string) =>
  (await gateway.request(`${path}${path.includes('?') ? '&' : '?'}limit=200`)).json.data.length;
const modelForm = (content: string) => {
  const form = new FormData();
  form.append('file', new Blob([content]), 'chair.glb');
  return form;
};

/** A request of each operation, and the list in which its effect shows. */
const CASES: Record<string, () => Promise<{ path: string; list: string; more: () => Parameters<typeof post>[2] }>> = {
  createProject: async () => ({ path: '/v1/projects', list: '/v1/projects', more: () => ({ json: { name: 'One' } }) }),
  createApiKey: async () => ({
    path: '/v1/api-keys',
    list: '/v1/api-keys',
    more: () => ({ json: { name: 'build', scopes: ['assets:read'] } }),
  }),
  // Each form has a boundary of its own: the same upload is no two times the same bytes.
  createAsset: async () => ({ path: '/v1/assets', list: '/v1/assets', more: () => ({ body: modelForm('glTF one') }) }),
  createVersion: async () => {
    const { id } = await gateway.upload();
    return {
      path: `/v1/assets/${id}/versions`,
      list: `/v1/assets/${id}/versions`,
      more: () => ({ body: modelForm('two') }),
    };
  },
  createEnvironment: async () => ({
    path: '/v1/environments',
    list: '/v1/environments',
    more: () => {
      const form = new FormData();
      form.append('file', new Blob([whiteHdr()]), 'sky.hdr');
      return { body: form };
    },
  }),
  runRecipe: async () => {
    const { id } = await gateway.uploadReady();
    return { path: `/v1/assets/${id}/operations`, list: '/v1/jobs', more: () => ({ json: { preset: 'web' } }) };
  },
  createRender: async () => {
    const { id } = await gateway.uploadReady();
    return { path: '/v1/renders', list: '/v1/renders', more: () => ({ json: { assetId: id, width: 48, height: 48 } }) };
  },
};

/** The smallest environment that is one: white. */
function whiteHdr(): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 8 +X 16\n');
  return new Uint8Array([...head, ...Array.from({ length: 8 * 16 }, () => [128, 128, 128, 129]).flat()]);
}

describe('Idempotency-Key', () => {
  it.each(Object.keys(CASES))('lets %s have its effect once', async (operation) => {
    const { path, list, more } = await CASES[operation]!();
    const key = `key-of-${operation}`;
    const before = await countOf(list);
    const changes = `/v1/audit-log?action=${operation}`;
    const written = await countOf(changes);
    const first = await post(path, key, more());
    expect(first.status, first.text).toBeLessThan(300);
    const [second, third] = await Promise.all([post(path, key, more()), post(path, key, more())]);
    expect([second.status, second.json]).toEqual([first.status, first.json]);
    expect(third.json).toEqual(first.json);
    expect(await countOf(list)).toBe(before + 1);
    expect(await countOf(changes)).toBe(written + 1);
  });

  it('lets a cancel that was heard be repeated', async () => {
    const { job } = await gateway.upload();
    const first = await post(`/v1/jobs/${job}/cancel`, 'cancel-once');
    expect(first.json.state).toBe('canceled');
    expect((await post(`/v1/jobs/${job}/cancel`, 'cancel-once')).json).toEqual(first.json);
    expectProblem(await post(`/v1/jobs/${job}/cancel`, 'cancel-again'), 409, 'conflict');
  });

  it('is refused with another request, and when it is none', async () => {
    await post('/v1/projects', 'taken', { json: { name: 'First' } });
    const other = await post('/v1/projects', 'taken', { json: { name: 'Second' } });
    expectProblem(other, 409, 'idempotency_key_conflict');
    expect(other.json.remedy).toContain('new key');
    await post('/v1/assets', 'taken-by-upload', { body: modelForm('glTF a') });
    const otherFile = await post('/v1/assets', 'taken-by-upload', { body: modelForm('glTF b') });
    expectProblem(otherFile, 409, 'idempotency_key_conflict');
    for (const key of ['two words', 'x'.repeat(256), 'ümlaut']) {
      const refused = await post('/v1/projects', Buffer.from(key).toString('latin1'), { json: { name: 'Third' } });
      expectProblem(refused, 400, 'invalid_request');
    }
  });

  it('stays free when the request failed', async () => {
    const refused = await post('/v1/projects', 'second-try', { json: { name: '' } });
    expectProblem(refused, 400, 'invalid_request');
    expect((await post('/v1/projects', 'second-try', { json: { name: 'Better' } })).status).toBe(201);
  });
});
