import type { AddressInfo } from 'node:net';
import { createClient } from '#sdk/client.ts';
import { type Command, UsageError } from '../command.ts';
import { connectionFrom, DEFAULT_URL, SERVER_OPTIONS } from '../server/connection.ts';

/** `maquette mcp`: Maquette's tools for AI assistants, by the Model Context Protocol. */
export const mcp: Command = {
  name: 'mcp',
  summary:
    'Serves tools for AI assistants by the Model Context Protocol: over standard input and output, or with --http over streamable HTTP at /mcp. Over standard input it works on files of this machine, and on the server that you are signed in to, if any.',
  usage: '[--http PORT]',
  positionals: [0, 0],
  options: {
    http: { type: 'string', value: 'PORT', help: 'serve HTTP on this port; each caller sends its own API key' },
    host: { type: 'string', value: 'ADDRESS', help: 'of --http: address to listen on (127.0.0.1 by default)' },
    'allow-host': {
      type: 'string',
      value: 'HOST,…',
      help: 'of --http: further values of the header Host, e.g. of a proxy',
    },
    'allow-origin': { type: 'string', value: 'ORIGIN,…', help: 'of --http: origins of web pages that may call' },
    local: { type: 'boolean', help: 'files of this machine alone, no server' },
    ...SERVER_OPTIONS,
  },
  async run({ values }) {
    if (values.http !== undefined) {
      const port = Number(values.http);
      if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError('--http: give a port, 0 to 65535');
      const list = (value: unknown) => (typeof value === 'string' ? value.split(',').map((item) => item.trim()) : []);
      const { serveHttp } = await import('../mcp/http-transport.ts');
      const host = typeof values.host === 'string' ? values.host : '127.0.0.1';
      const serverUrl = typeof values.url === 'string' ? values.url : (process.env.MAQUETTE_URL ?? DEFAULT_URL);
      const server = await serveHttp({
        serverUrl,
        host,
        port,
        hosts: list(values['allow-host']),
        origins: list(values['allow-origin']),
      });
      console.error(`MCP at http://${host}:${(server.address() as AddressInfo).port}/mcp, for ${serverUrl}`);
      return;
    }
    const [{ StdioServerTransport }, { createMcpServer }] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/stdio.js'),
      import('../mcp/mcp-server.ts'),
    ]);
    const connection = values.local === true ? undefined : await connectionFrom(values).catch(withoutKey);
    const client = connection && createClient({ baseUrl: connection.url, key: connection.key });
    await createMcpServer({ client, files: true }).connect(new StdioServerTransport());
  },
};

/** Without a key there are the tools for files; standard output belongs to the protocol. */
function withoutKey(error: unknown): undefined {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message} Until then there are tools for files alone.`);
}
