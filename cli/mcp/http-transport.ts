import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createClient } from '#sdk/client.ts';
import { createMcpServer } from './mcp-server.ts';

/** Milliseconds that a request's headers and body may take. */
const REQUEST_MS = 60_000;

/** Where and for whom the streamable HTTP transport serves. */
export interface HttpOptions {
  /** Address of the Maquette server that callers' keys are for. */
  serverUrl: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Values of `Host` that are let in, beside those of the own address: names of a proxy before it. */
  hosts: readonly string[];
  /** Values of `Origin` that are let in. Clients that are no browsers send none. */
  origins: readonly string[];
}

/**
 * Serves MCP by streamable HTTP (specification 2025-06-18) at `/mcp`, without sessions: each request stands for itself, in
 * the name of the Maquette key that it bears. Requests that name another host or come from a page of another origin are
 * refused, so that no page can reach it by DNS rebinding.
 *
 * @returns the server, listening
 */
export async function serveHttp(options: HttpOptions): Promise<Server> {
  const server = createServer((request, response) => {
    answer(options, server, request, response).catch(() => {
      if (!response.headersSent) refuse(response, 500, 'Something failed inside Maquette.');
      else response.destroy();
    });
  });
  server.requestTimeout = REQUEST_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return server;
}

async function answer(
  options: HttpOptions,
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const { host, origin, authorization } = request.headers;
  if (!ownHosts(options, server).includes(host?.toLowerCase() ?? '')) {
    return refuse(response, 403, `The host ${host ?? ''} is not served: allow it with --allow-host.`);
  }
  if (origin !== undefined && !options.origins.includes(origin)) {
    return refuse(response, 403, `The origin ${origin} is not served: allow it with --allow-origin.`);
  }
  if (pathname !== '/mcp') return refuse(response, 404, 'MCP is served at /mcp.');
  const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (key === undefined) {
    response.setHeader('www-authenticate', 'Bearer realm="maquette"');
    return refuse(response, 401, 'Send `Authorization: Bearer` and an API key of the Maquette server.');
  }
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    return refuse(response, 405, 'There are no sessions and no stream of their own: POST each request.');
  }
  const mcp = createMcpServer({ client: createClient({ baseUrl: options.serverUrl, key }), files: false });
  const transport = new StreamableHTTPServerTransport({});
  response.once('close', () => {
    void transport.close();
    void mcp.close();
  });
  await mcp.connect(transport as Parameters<typeof mcp.connect>[0]);
  await transport.handleRequest(request, response);
}

/** The names that requests may call this server by. */
function ownHosts({ host, hosts }: HttpOptions, server: Server): string[] {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return [...new Set([host, 'localhost', '127.0.0.1', '[::1]'])].map((name) => `${name}:${port}`).concat(hosts);
}

/** An error of JSON-RPC, which clients of MCP read. */
function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null }));
}
