import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebhookMessage } from '#contracts/webhooks/message.ts';
import { expectProblem } from './testing/expect-problem.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

interface Received {
  headers: Record<string, string>;
  body: string;
  path: string;
}

let gateway: TestGateway;
let endpoint: Server;
let url: string;
const received: Received[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('ok');

beforeAll(async () => {
  gateway = await openGateway();
  endpoint = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body, path: request.url as string });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/hooks`;
});
afterAll(async () => {
  endpoint?.closeAllConnections();
  endpoint?.close();
  await gateway?.close();
});
afterEach(() => {
  received.length = 0;
  answer = (_, response) => response.end('ok');
});

const make = (more: object = {}) =>
  gateway.request('/v1/webhooks', { method: 'POST', json: { url, ...more } }).then(({ json }) => json);
const end = (id: string) => gateway.request(`/v1/webhooks/${id}`, { method: 'DELETE' });
const send = (id: string) => gateway.request(`/v1/webhooks/${id}/test`, { method: 'POST' });
const lastDelivery = async (id: string) => (await gateway.request(`/v1/webhooks/${id}/deliveries`)).json.data[0];
const come = (count: number) => expect.poll(() => received.length, { timeout: 10_000 }).toBe(count);

describe('webhooks', () => {
  it('are sent events that the verifier of Standard Webhooks accepts, and nothing that was changed or is old', async () => {
    const made = await gateway.request('/v1/webhooks', { method: 'POST', json: { url, events: ['asset_deleted'] } });
    expect(made.status).toBe(201);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const { id, secret } = made.json;
    expect((await gateway.request(`/v1/webhooks/${id}`)).text).not.toContain(secret);
    const [assetId] = await gateway.publish(1);
    await come(1);
    const { headers, body, path } = received[0] as Received;
    expect([path, headers['content-type']]).toEqual(['/hooks', 'application/json']);
    const message = new Verifier(secret).verify(body, headers);
    expect(WebhookMessage.parse(message)).toMatchObject({ type: 'asset_deleted', data: { assetId } });

    const old = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 600) };
    for (const [text, given] of [
      [body.replace('asset_deleted', 'model_rejected'), headers],
      [body, { ...headers, 'webhook-id': 'evt_0' }],
      [body, old],
      [body, { ...headers, 'webhook-signature': 'v1,AAAA' }],
    ] as const) {
      expect(() => new Verifier(secret).verify(text, given)).toThrow();
    }
    await expect.poll(async () => (await lastDelivery(id)).state).toBe('succeeded');
    expect(await lastDelivery(id)).toMatchObject({ lastAttempt: { status: 200, response: 'ok', error: null } });

    // A replay says the same under the same id, with a signature of its own time.
    const { id: deliveryId } = await lastDelivery(id);
    const again = await gateway.request(`/v1/webhooks/${id}/deliveries/${deliveryId}/replay`, { method: 'POST' });
    expect(again.status).toBe(202);
    await come(2);
    expect([received[1]?.body, received[1]?.headers['webhook-id']]).toEqual([body, headers['webhook-id']]);
    new Verifier(secret).verify(body, (received[1] as Received).headers);
    await end(id);
  });

  it('are checked by the example of docs/webhooks.md', async () => {
    const text = await readFile('docs/webhooks.md', 'utf8');
    const [, code] = /```js\n([\s\S]*?)```/.exec(text) as unknown as [string, string];
    const { verify } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    const { id, secret } = await make({ events: ['model_rejected'] });
    await send(id);
    await come(1);
    const { headers, body } = received[0] as Received;
    expect(verify(secret, headers, body)).toMatchObject({ type: 'webhook_test', data: { webhookId: id } });
    expect(() => verify(secret, headers, `${body} `)).toThrow();
    expect(() => verify(secret, { ...headers, 'webhook-timestamp': '1700000000' }, body)).toThrow();
    await end(id);
  });

  it('have both secrets sign while one takes the place of the other', async () => {
    const { id, secret } = await make({ events: ['model_rejected'] });
    const rotated = await gateway.request(`/v1/webhooks/${id}/secret`, { method: 'POST', json: { overlapHours: 1 } });
    expect((await send(id)).status).toBe(202);
    await come(1);
    const { headers, body } = received[0] as Received;
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const one of [secret, rotated.json.secret]) {
      expect(new Verifier(one).verify(body, headers)).toMatchObject({ type: 'webhook_test' });
    }
    const repeated = { method: 'POST', json: { overlapHours: 0 }, headers: { 'idempotency-key': 'rotate-once' } };
    const first = await gateway.request(`/v1/webhooks/${id}/secret`, repeated);
    expect((await gateway.request(`/v1/webhooks/${id}/secret`, repeated)).json).toEqual(first.json);
    await end(id);
  });

  it.each<[string, (response: ServerResponse) => void, object]>([
    ['a redirect', (to) => to.writeHead(302, { location: `${url}/elsewhere` }).end(), { status: 302 }],
    ['a refusal', (to) => to.writeHead(500).end('x'.repeat(200_000)), { status: 500, response: 'x'.repeat(1000) }],
    ['an answer that breaks off', (to) => to.socket?.destroy(), { status: null, response: null }],
  ])('take %s for a failure, and go nowhere else', async (_, say, attempt) => {
    answer = (_request, response) => say(response);
    const { id } = await make({ events: ['model_rejected'] });
    await send(id);
    await expect.poll(async () => (await lastDelivery(id)).state, { timeout: 10_000 }).toBe('failed');
    expect(await lastDelivery(id)).toMatchObject({ attempts: 1, lastAttempt: attempt });
    expect(received.map(({ path }) => path)).toEqual(['/hooks']);
    await end(id);
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data'],
    ['http://[::1]:1/'],
    ['http://2130706434/'],
    ['http://10.0.0.1/'],
  ])('do not reach %s', async (inside) => {
    const { id } = await make({ url: inside, events: ['model_rejected'] });
    await send(id);
    await expect.poll(async () => (await lastDelivery(id)).state, { timeout: 10_000 }).toBe('failed');
    const { lastAttempt } = await lastDelivery(id);
    expect(lastAttempt.status).toBeNull();
    expect(lastAttempt.error).toMatch(/is not fetched/);
    await end(id);
  });

  it.each([
    ['file:///etc/passwd'],
    ['https://name:password@example.com/'],
    ['javascript:alert(1)'],
    ['https://example.com/#part'],
    ['no url'],
  ])('are refused with the address %s', async (bad) => {
    const answered = await gateway.request('/v1/webhooks', { method: 'POST', json: { url: bad } });
    expect(expectProblem(answered, 400, 'invalid_request').errors[0]?.pointer).toBe('/body/url');
  });

  it('change only as they were seen, and take no fields that are the server’s', async () => {
    expect(await make({ organizationId: 'org_other' })).toMatchObject({ status: 400, code: 'invalid_request' });
    const made = await make({ events: ['model_rejected'] });
    expect(made).toMatchObject({ revision: 1 });
    const path = `/v1/webhooks/${made.id}`;
    const { headers } = await gateway.request(path);
    const tag = headers.get('etag') as string;
    const change = { method: 'PATCH', json: { description: 'Shop' }, headers: { 'if-match': tag } };
    expect((await gateway.request(path, change)).json).toMatchObject({ description: 'Shop', revision: 2 });
    expectProblem(await gateway.request(path, change), 412, 'precondition_failed');
    expect((await end(made.id)).status).toBe(204);
    expectProblem(await gateway.request(path), 404, 'not_found');
  });
});
