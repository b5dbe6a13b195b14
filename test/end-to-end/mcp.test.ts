import { type ChildProcess, spawn } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCube } from '../models/cube.ts';
import { KEY, type TestServer } from './server.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const PROGRAM = join(import.meta.dirname, '../../cli/maquette.js');

let workshop: Workshop;
let server: TestServer;
let folder: string;
let environment: Record<string, string>;
beforeAll(async () => {
  workshop = await openWorkshop();
  ({ server, folder, environment } = workshop);
});
afterAll(() => workshop?.close());

describe('the MCP server', () => {
  /** The texts and pictures that a tool answered with. */
  async function call(client: Client, name: string, args: Record<string, unknown> = {}) {
    const answer = await client.callTool({ name, arguments: args });
    const content = answer.content as { type: string; text?: string; data?: string; mimeType?: string }[];
    return { isError: answer.isError === true, content, text: content.find(({ type }) => type === 'text')?.text ?? '' };
  }

  it('works over standard input and output, on the server and on files', { timeout: 120_000 }, async () => {
    const client = new Client({ name: 'test', version: '1' });
    const env = { ...environment, MAQUETTE_URL: server.url, MAQUETTE_KEY: KEY };
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [PROGRAM, 'mcp'], env, cwd: folder }),
    );
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['search_assets', 'upload_model', 'run_recipe', 'render_file']),
    );
    expect(tools.find(({ name }) => name === 'search_assets')?.annotations?.readOnlyHint).toBe(true);

    const uploaded = await call(client, 'upload_model', { path: 'models/cube.glb', name: 'By MCP' });
    const { id, state } = JSON.parse(uploaded.text);
    expect(state).toBe('ready');
    expect(JSON.parse((await call(client, 'search_assets', { name: 'By MCP' })).text)).toMatchObject([
      { id, triangles: 12 },
    ]);
    const inspected = await call(client, 'inspect_asset', { assetId: id });
    expect(inspected.content).toMatchObject([{ type: 'text' }, { type: 'image', mimeType: 'image/webp' }]);
    const rendered = await call(client, 'render_asset', { assetId: id, width: 40, height: 30 });
    expect(Buffer.from(rendered.content[0]?.data ?? '', 'base64').readUInt32BE(16)).toBe(40);
    const made = await call(client, 'run_recipe', { assetId: id, operations: [{ type: 'dedupe' }], outputs: ['stl'] });
    expect(JSON.parse(made.text)).toMatchObject([{ contentType: 'model/stl' }]);
    expect(JSON.parse(made.text)[0].report.operations).toMatchObject([{ operation: 'dedupe', triangles: [12, 12] }]);
    for (const of of [JSON.parse(made.text)[0].id, id]) {
      const { url } = JSON.parse((await call(client, 'get_link', { id: of })).text);
      expect([url.startsWith(server.url), (await fetch(url)).status]).toEqual([true, 200]);
    }
    const { contents } = await client.readResource({ uri: `maquette://assets/${id}` });
    expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({ id, name: 'By MCP' });

    const refused = await call(client, 'inspect_asset', { assetId: 'ast_00000000000000000000000000' });
    expect([refused.isError, refused.text]).toEqual([true, expect.stringContaining('not_found: ')]);
    const wrong = await call(client, 'run_recipe', { assetId: id, operations: [{ type: 'melt' }] });
    expect([wrong.isError, wrong.text]).toEqual([true, expect.stringContaining('invalid_request')]);
    const unknown = await call(client, 'search_assets', { query: 'cube' });
    expect([unknown.isError, unknown.text]).toEqual([
      true,
      expect.stringContaining('no argument query; there are name,'),
    ]);
    const side = await call(client, 'render_asset', { assetId: id, width: 16, height: 16, view: '45,20' });
    expect(side.isError).toBe(false);

    expect(JSON.parse((await call(client, 'inspect_file', { path: 'models/cube.glb' })).text).triangles).toBe(12);
    const picture = await call(client, 'render_file', {
      path: 'models/cube.glb',
      width: 32,
      height: 32,
      view: 'front',
    });
    expect(picture.content[0]).toMatchObject({ type: 'image', mimeType: 'image/png' });
    expect((await call(client, 'inspect_file', { path: 'nowhere.glb' })).text).toContain('not_found');
    await client.close();
  });

  it('works over HTTP in the name of each caller, and refuses pages of others', { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, [PROGRAM, 'mcp', '--http', '0', '--url', server.url], { env: environment });
    try {
      const url = await saidUrl(child);
      const client = new Client({ name: 'test', version: '1' });
      const headers = { authorization: `Bearer ${KEY}` };
      await client.connect(
        new StreamableHTTPClientTransport(url, { requestInit: { headers } }) as Parameters<Client['connect']>[0],
      );
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).not.toContain('render_file');
      const content = Buffer.from(await makeCube(3)).toString('base64');
      const uploaded = await call(client, 'upload_model', { content, fileName: 'sent.glb' });
      expect(JSON.parse(uploaded.text)).toMatchObject({ name: 'sent.glb', state: 'ready' });
      await client.close();

      expect(await statusOf(url, {})).toBe(401);
      expect(await statusOf(url, { ...headers, origin: 'https://evil.example' })).toBe(403);
      expect(await statusOf(url, { ...headers, host: `evil.example:${url.port}` })).toBe(403);
    } finally {
      child.kill();
    }
  });

  async function saidUrl(child: ChildProcess): Promise<URL> {
    for await (const chunk of child.stderr ?? []) {
      const [url] = /http:\S+\/mcp/.exec(String(chunk)) ?? [];
      if (url) return new URL(url);
    }
    throw new Error('it did not say where it is');
  }

  /** The status that a request with a `Host` of its own gets, which `fetch` would not send. */
  function statusOf(url: URL, headers: Record<string, string>): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
      request.once('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.once('error', reject);
      request.end('{}');
    });
  }
});
