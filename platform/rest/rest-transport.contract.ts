import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { newId } from '#contracts/ids/ids.ts';
import type { Endpoints } from '#contracts/rest/endpoint.ts';
import { currentContext, type RequestContext, runInContext } from '../telemetry/context.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { OperationHandlers, RestClient } from './endpoint-types.ts';
import type { ServingOptions } from './memory-transport.ts';
import { createRestClient } from './rest-client.ts';
import type { RestTransport } from './rest-transport.ts';

const said = { scope: 'internal', tag: 'test', summary: 'Of the contract' } as const;
const headers = z.object({ 'x-organization': z.string().min(3) });
const answered = z.object({ heard: z.unknown() });
const responses = { 200: { description: 'What was heard', body: answered } };

/** An API with one operation for each way that a call can go. */
const API = {
  hear: {
    ...said,
    method: 'GET',
    path: '/things/{name}/parts/{part}',
    params: z.object({ name: z.string(), part: z.string().max(5) }),
    query: z.object({
      limit: z.coerce.number().int().max(200).default(50),
      whole: z.enum(['true', 'false']).optional(),
      word: z.string().optional(),
    }),
    headers,
    responses,
  },
  change: {
    ...said,
    method: 'POST',
    path: '/things',
    headers,
    body: z.object({ name: z.string(), kept: z.unknown(), note: z.string().optional() }),
    responses: { 201: { description: 'What was heard', body: answered } },
  },
  remove: {
    ...said,
    method: 'DELETE',
    path: '/things/{name}',
    params: z.object({ name: z.string() }),
    responses: { 204: { description: 'Gone', body: 'empty' } },
  },
  fail: {
    ...said,
    method: 'POST',
    path: '/failures',
    body: z.object({ kind: z.enum(['conflict', 'crash', 'quota', 'away']) }),
    responses: { 204: { description: 'Never', body: 'empty' } },
  },
  wait: { ...said, method: 'GET', path: '/wait', responses },
} satisfies Endpoints;

/** Makes a transport to handlers, and how it is closed. */
export type MakeTransport = (
  api: typeof API,
  handlers: OperationHandlers<typeof API>,
  serving: ServingOptions,
) => Promise<{ transport: RestTransport; close(): Promise<void> }>;

const failures: Record<string, () => Error> = {
  conflict: () => new MaquetteError('conflict', 'It is taken by 3 others.', { remedy: 'Take another.' }),
  quota: () => new MaquetteError('rate_limited', 'That was the 10th of 10.', { retryAfterSeconds: 7 }),
  away: () => new MaquetteError('unavailable', 'The store is away.', { cause: new Error('ECONNRESET') }),
  crash: () => new TypeError('secret of the inside'),
};

/** What every transport of internal calls promises. */
export function describeRestTransport(make: MakeTransport): void {
  let client: RestClient<typeof API>;
  let impatient: RestClient<typeof API>;
  let contexts: (RequestContext | undefined)[];
  /** Aborted handlers, by why the call was given up. */
  let aborted: number;
  let release: (() => void) | undefined;

  const handlers: OperationHandlers<typeof API> = {
    hear: async ({ params, query, headers }) => {
      contexts.push(currentContext());
      return { status: 200, body: { heard: { params, query, headers: { ...headers } } } };
    },
    change: async ({ body }) => ({ status: 201, body: { heard: body } }),
    remove: async () => ({ status: 204 }),
    fail: async ({ body }) => {
      throw (failures[body.kind] as () => Error)();
    },
    wait: ({ signal }) =>
      new Promise((resolve) => {
        release = () => resolve({ status: 200, body: { heard: 'the end' } });
        signal.addEventListener('abort', () => {
          aborted += 1;
          resolve({ status: 200, body: { heard: 'nothing' } });
        });
      }),
  };

  beforeEach(async () => {
    contexts = [];
    aborted = 0;
    const logger = createLogger({ level: 'silent' });
    const { transport, close } = await make(API, handlers, { logger, bodyLimitBytes: 1000 });
    client = createRestClient(API, transport);
    impatient = createRestClient(API, transport, { deadlineMs: 100 });
    return close;
  });

  const asked = (over: object = {}) => ({
    params: { name: 'a', part: 'b' },
    headers: { 'x-organization': 'ours' },
    ...over,
  });

  it('hands every part on as the schemas make it', async () => {
    const name = 'with space/slash?&ü %2F';
    const query = { limit: 7, word: 'a&b=c +', whole: undefined };
    expect(await client.hear(asked({ params: { name, part: 'b' }, query }))).toEqual({
      heard: {
        params: { name, part: 'b' },
        query: { limit: 7, word: 'a&b=c +' },
        headers: { 'x-organization': 'ours' },
      },
    });
    expect(await client.hear(asked())).toMatchObject({ heard: { query: { limit: 50 } } });
    expect(await client.remove({ params: { name } })).toBeUndefined();
  });

  it('hands a body on as JSON leaves it, and as an object of its own', async () => {
    const kept = { text: 'ü', none: null, list: [1, { deep: true }], lost: undefined, number: Number.NaN };
    const { heard } = (await client.change({ ...asked(), body: { name: 'n', kept, note: undefined } })) as {
      heard: { name: string; kept: typeof kept };
    };
    expect(heard).toStrictEqual({
      name: 'n',
      kept: { text: 'ü', none: null, list: [1, { deep: true }], number: null },
    });
    heard.kept.list.length = 0;
    expect(kept.list).toHaveLength(2);
  });

  it('refuses what the schemas refuse, with every field', async () => {
    const refused = client.hear(asked({ params: { name: 'a', part: 'too long' }, query: { limit: 1000 } }));
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('GET /things/{name}/parts/{part}: /params/part: '),
      remedy: expect.stringContaining('errors'),
      errors: [{ pointer: '/params/part' }, { pointer: '/query/limit' }],
    });
    const large = client.change({ ...asked(), body: { name: 'x'.repeat(1000), kept: 0 } });
    await expect(large).rejects.toMatchObject({ code: 'payload_too_large', status: 413 });
  });

  it('hands errors on with what they say, and of inner ones nothing', async () => {
    const fail = (kind: 'conflict' | 'crash' | 'quota' | 'away') => client.fail({ body: { kind } });
    await expect(fail('conflict')).rejects.toBeInstanceOf(MaquetteError);
    await expect(fail('conflict')).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
      fault: 'input',
      message: 'It is taken by 3 others.',
      remedy: 'Take another.',
    });
    await expect(fail('quota')).rejects.toMatchObject({ code: 'rate_limited', retryAfterSeconds: 7 });
    await expect(fail('away')).rejects.toMatchObject({ code: 'unavailable', message: 'The store is away.' });
    await expect(fail('crash')).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringContaining('secret'),
    });
  });

  it('carries the request’s id, trace and caller, and makes an id where there is none', async () => {
    const caller = {
      kind: 'apiKey' as const,
      id: 'key_ü',
      credentialId: 'key_ü',
      organizationId: newId('organization'),
      role: 'owner' as const,
      address: '127.0.0.1',
    };
    const traceParent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await runInContext({ requestId: 'request-1', traceParent, caller }, () => client.hear(asked()));
    await client.hear(asked());
    expect(contexts).toEqual([
      { requestId: 'request-1', traceParent, caller },
      { requestId: expect.stringMatching(/^[\w-]{36}$/) },
    ]);
  });

  it('gives a call up when its caller does, and tells the handler', async () => {
    const leaving = new AbortController();
    const waiting = client.wait({}, { signal: leaving.signal });
    await expect.poll(() => release).toBeDefined();
    leaving.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'canceled' });
    await expect.poll(() => aborted).toBe(1);
    await expect(client.wait({}, { signal: leaving.signal })).rejects.toMatchObject({ code: 'canceled' });
  });

  it('gives a call up after its deadline, and no call that is answered in time', async () => {
    await expect(impatient.wait({})).rejects.toMatchObject({
      code: 'unavailable',
      message: 'No answer came within 0.1 s.',
    });
    await expect.poll(() => aborted).toBe(1);
    const answer = client.wait({});
    await sleep(20);
    release?.();
    expect(await answer).toEqual({ heard: 'the end' });
    expect(aborted).toBe(1);
  });
}
