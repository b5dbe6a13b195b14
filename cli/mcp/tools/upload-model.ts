import { z } from 'zod';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import type { MaquetteClient } from '#sdk/client.ts';
import { failureOf } from '#sdk/errors.ts';
import { modelSource } from '../../server/send-model.ts';
import { briefReport } from '../brief-report.ts';
import { idFrom } from '../ids.ts';
import { ADDS, type ServerTool, type ToolCall, type ToolContent, textOf, tool } from '../tool.ts';

/** Most bytes of a model that is sent within a call. */
const MOST_INLINE_BYTES = 20 * 2 ** 20;

const about = {
  name: 'upload_model',
  title: 'Upload a model',
  description:
    'Uploads a 3D model (glTF, OBJ, FBX, STL, USD, STEP and many more, recognised by their bytes), waits until it is processed, and tells what was measured.',
  annotations: ADDS,
};
const place = {
  name: z.string().optional().describe('Name of the asset; that of the file without it'),
  projectId: z.string().optional().describe('Id of a project, `prj_…`; the first one without it'),
};

/** `upload_model` of a caller that started this process itself, and whose files are this machine's. */
export const uploadFile: ServerTool = (client) =>
  tool({
    ...about,
    input: {
      path: z.string().describe('The file on this machine; files beside it that it refers to come along'),
      ...place,
    },
    run: async ({ path, ...options }, call) =>
      processed(client, await client.assets.upload(await modelSource(path), placeOf(options, call)), call),
  });

/** `upload_model` of a caller elsewhere, whose models come with the call. */
export const uploadContent: ServerTool = (client) =>
  tool({
    ...about,
    input: {
      content: z
        .base64()
        .max(Math.ceil((MOST_INLINE_BYTES * 4) / 3))
        .describe('The file, in base64; a larger one by fetch_model'),
      fileName: z.string().min(1).describe('Its name, e.g. `chair.glb`'),
      ...place,
    },
    run: async ({ content, fileName, ...options }, call) => {
      const source = [{ name: fileName, data: new Blob([Buffer.from(content, 'base64')]) }];
      return processed(client, await client.assets.upload(source, placeOf(options, call)), call);
    },
  });

/** `fetch_model`: a model that the server fetches itself. */
export const fetchModel: ServerTool = (client) =>
  tool({
    name: 'fetch_model',
    title: 'Fetch a model by URL',
    description:
      'Has the server fetch a 3D model from a public address, waits until it is processed, and tells what was measured.',
    annotations: { ...ADDS, openWorldHint: true },
    input: { url: z.url().describe('Where the model is: http or https'), ...place },
    run: async ({ url, ...options }, call) =>
      processed(client, await client.assets.fetchFrom(url, placeOf(options, call)), call),
  });

interface Place {
  name?: string | undefined;
  projectId?: string | undefined;
}

function placeOf({ name, projectId }: Place, { signal }: ToolCall) {
  return {
    ...(name !== undefined && { name }),
    ...(projectId !== undefined && { projectId: idFrom('project', projectId) }),
    signal,
  };
}

/** The asset when it is processed. */
async function processed(
  client: MaquetteClient,
  { id }: Asset,
  { signal, onProgress }: ToolCall,
): Promise<ToolContent[]> {
  const asset = await client.assets.waitUntilReady(id, {
    signal,
    onProgress: ({ progress, stage }) => onProgress(progress, stage ?? 'processing'),
  });
  if (asset.error) throw failureOf(asset.error);
  return [textOf({ ...asset, report: asset.report && briefReport(asset.report) })];
}
