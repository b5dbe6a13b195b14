import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { EventService, JobService } from '#contracts/generated/data_pb.js';
import { Health, HealthCheckResponse_ServingStatus } from '#contracts/generated/health_pb.js';
import { currentContext, runInContext } from '../telemetry/context.ts';
import { createRpcClient } from './client.ts';
import { type RpcServer, startRpcServer } from './server.ts';
import { createMemoryTransport, createNetworkTransport, type Routes } from './transports.ts';

const SECRET = 'a-secret-of-the-cluster';

const routes: Routes = (router) => {
  router.service(JobService, {
    heartbeat: () => ({ state: currentContext()?.requestId ?? 'none' }),
    settle() {
      throw new MaquetteError('lease_lost', 'token 3 is older than 4 — ünïcode', { remedy: 'Stop.', where: '/x' });
    },
    async lease(_request, context) {
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      aborted = true;
      return { jobs: [] };
    },
  });
  router.service(EventService, {
    async *subscribe() {
      yield { position: 1n, eventJson: '{}' };
      throw new MaquetteError('unavailable', 'the stream broke');
    },
  });
};
let aborted = false;
let server: RpcServer;

beforeAll(async () => {
  server = await startRpcServer({ routes, ready: async () => true, host: '127.0.0.1', port: 0, secret: SECRET });
});
afterAll(() => server.close());

describe.each([
  ['in memory', () => createMemoryTransport(routes)],
  ['over HTTP/2', () => createNetworkTransport({ url: server.url, secret: SECRET })],
])('calls %s', (_name, transport) => {
  it('carry an error losslessly', async () => {
    const call = createRpcClient(JobService, transport()).settle({ jobId: 'job_1' });
    await expect(call).rejects.toMatchObject({
      name: 'MaquetteError',
      code: 'lease_lost',
      message: 'token 3 is older than 4 — ünïcode',
      remedy: 'Stop.',
      where: '/x',
    });
  });

  it('carry the request id', async () => {
    const client = createRpcClient(JobService, transport());
    const answer = await runInContext({ requestId: 'req-42' }, () => client.heartbeat({}));
    expect(answer.state).toBe('req-42');
  });

  it('carry an error out of the middle of a stream', async () => {
    const seen: bigint[] = [];
    const drain = async () => {
      for await (const message of createRpcClient(EventService, transport()).subscribe({})) seen.push(message.position);
    };
    await expect(drain()).rejects.toMatchObject({ code: 'unavailable', message: 'the stream broke' });
    expect(seen).toEqual([1n]);
  });

  it('are canceled on the server too', async () => {
    aborted = false;
    const controller = new AbortController();
    const call = createRpcClient(JobService, transport()).lease({}, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(call).rejects.toBeInstanceOf(MaquetteError);
    await expect.poll(() => aborted).toBe(true);
  });
});

describe('the server', () => {
  it('refuses a wrong secret, but tells its health to anyone', async () => {
    const stranger = createNetworkTransport({ url: server.url, secret: 'wrong' });
    await expect(createRpcClient(JobService, stranger).heartbeat({})).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    const health = await createRpcClient(Health, stranger).check({});
    expect(health.status).toBe(HealthCheckResponse_ServingStatus.SERVING);
  });

  it('is told apart from one that is not there', async () => {
    const nobody = createNetworkTransport({ url: 'http://127.0.0.1:9', secret: SECRET });
    await expect(createRpcClient(JobService, nobody).heartbeat({})).rejects.toMatchObject({ code: 'unavailable' });
  });
});
