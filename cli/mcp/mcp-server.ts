import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { operationCatalog } from '#contracts/operations/operation-catalog.ts';
import { API_VERSION } from '#contracts/rest/version.ts';
import type { MaquetteClient } from '#sdk/client.ts';
import { idFrom } from './ids.ts';
import type { Tool } from './tool.ts';
import { listProjects, searchAssets } from './tools/find-assets.ts';
import { getLink } from './tools/get-link.ts';
import { inspectAsset } from './tools/inspect-asset.ts';
import { cancelJob, getJob, listJobs } from './tools/jobs.ts';
import { LOCAL_TOOLS } from './tools/local-files.ts';
import { listOperations, runRecipe } from './tools/operate-asset.ts';
import { renderAsset } from './tools/render-asset.ts';
import { fetchModel, uploadContent, uploadFile } from './tools/upload-model.ts';

/** What an MCP server offers. */
export interface McpOptions {
  /** In whose name the tools of the server work; without it there are none of these. */
  client?: MaquetteClient | undefined;
  /** Whether tools may read and write files of this machine: the caller is the one who started this process. */
  files: boolean;
}

/** A server of the Model Context Protocol with Maquette's tools and resources, not yet connected to a transport. */
export function createMcpServer({ client, files }: McpOptions): McpServer {
  const server = new McpServer(
    { name: 'maquette', title: 'Maquette', version: API_VERSION },
    {
      instructions: [
        'Tools for 3D models: find, upload, measure, convert, optimise and render them. Lengths are metres, angles degrees, +Y is up and models face +Z.',
        ...(client
          ? [
              'On the server: search_assets finds ids (`ast_…`), upload_model and fetch_model add assets; inspect_asset measures and shows one, render_asset looks at it from any side. run_recipe makes a further file of it (smaller, or in other formats) whose id begins with `drv_`; get_link gives people a link to a model or such a file. Assets never change by any of it.',
            ]
          : []),
        ...(files ? ['The tools that end in _file work on files of this machine, without the server.'] : []),
      ].join('\n'),
    },
  );
  const ofServer = client
    ? [searchAssets, listProjects, inspectAsset, renderAsset, runRecipe, getLink, listJobs, getJob, cancelJob].map(
        (make) => make(client),
      )
    : [];
  const all: Tool[] = [
    ...ofServer,
    ...(client ? [(files ? uploadFile : uploadContent)(client), fetchModel(client)] : []),
    listOperations,
    ...(files ? LOCAL_TOOLS : []),
  ];
  for (const tool of all) addTool(server, tool);
  server.registerResource(
    'operations',
    'maquette://operations',
    {
      title: 'Operations',
      description: 'Every operation of recipes with its JSON Schema, and the presets',
      mimeType: 'application/json',
    },
    async ({ href }) => ({
      contents: [{ uri: href, mimeType: 'application/json', text: JSON.stringify(operationCatalog()) }],
    }),
  );
  if (client) addAssets(server, client);
  return server;
}

/** What a tool does not know is refused, with what it knows: ignored, it would look as if it had been heeded. */
function argumentsOf(input: z.ZodRawShape) {
  const known = Object.keys(input).join(', ');
  return z.strictObject(input, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `There is no argument ${(issue.keys as string[]).join(', ')}; there are ${known}`
        : undefined,
  });
}

function addTool(server: McpServer, { name, title, description, input, annotations, run }: Tool): void {
  server.registerTool(
    name,
    { title, description, inputSchema: argumentsOf(input), annotations },
    async (given, { signal, _meta, sendNotification }) => {
      const progressToken = _meta?.progressToken;
      const onProgress = (progress: number, message: string) => {
        if (progressToken === undefined) return;
        const params = { progressToken, progress, total: 1, message };
        // Who has gone away needs no news.
        sendNotification({ method: 'notifications/progress', params }).catch(() => {});
      };
      try {
        return { content: await run(given, { signal, onProgress }) };
      } catch (thrown) {
        return { content: [{ type: 'text', text: readable(MaquetteError.from(thrown)) }], isError: true };
      }
    },
  );
}

/** Assets as resources: the newest in the list, each by its id. */
function addAssets(server: McpServer, client: MaquetteClient): void {
  const template = new ResourceTemplate('maquette://assets/{assetId}', {
    list: async () => {
      const resources = [];
      for await (const { id, name, state } of client.assets.list({ pageSize: 50 })) {
        resources.push({ uri: `maquette://assets/${id}`, name, description: state, mimeType: 'application/json' });
        if (resources.length === 50) break;
      }
      return { resources };
    },
  });
  server.registerResource(
    'asset',
    template,
    { title: 'Asset', description: 'An asset with all that was measured on it', mimeType: 'application/json' },
    async ({ href }, { assetId }) => {
      const asset = await client.assets.get(idFrom('asset', String(assetId)));
      return { contents: [{ uri: href, mimeType: 'application/json', text: JSON.stringify(asset) }] };
    },
  );
}

/** An error for a model to read and act on. */
function readable({ code, message, remedy, errors }: MaquetteError): string {
  const findings = errors?.map((error) => `${error.pointer}: ${error.message}`) ?? [];
  return [`${code}: ${message}`, ...findings, ...(remedy === undefined ? [] : [remedy])].join('\n');
}
