import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { DATA_API } from '#contracts/rest/data-api.ts';
import { memoryTransport } from './memory-transport.ts';
import { networkTransport } from './network-transport.ts';
import { createRestClient } from './rest-client.ts';
import { describeRestTransport } from './rest-transport.contract.ts';
import { serveOperations } from './serve-operations.ts';

describe('calls within the process', () => {
  describeRestTransport(async (_api, handlers, serving) => ({
    transport: memoryTransport(handlers, serving),
    close: async () => {},
  }));
});

describe('calls over the network', () => {
  describeRestTransport(async (api, handlers, serving) => {
    const http = serveOperations(api, handlers, serving);
    await http.listen({ host: '127.0.0.1', port: 0 });
    const { port } = http.server.address() as AddressInfo;
    return { transport: networkTransport(`http://127.0.0.1:${port}`, 'secret'), close: () => http.close() };
  });
});

describe('a server that is not one', () => {
  let port: number;
  /** Cuts off the first connection in the middle of its answer. */
  const server = createServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"half')),
  );
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  it('is unavailable', async () => {
    const ask = (to: number) =>
      createRestClient(DATA_API, networkTransport(`http://127.0.0.1:${to}`, 'secret')).listProjects({
        headers: { 'x-maquette-organization': newId('organization') },
      });
    await expect(ask(port)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(ask(1)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
