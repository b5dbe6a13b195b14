import { z } from 'zod';
import type { ModelSource } from '#sdk/assets.ts';
import type { MaquetteClient } from '#sdk/client.ts';
import { failureOf } from '#sdk/errors.ts';
import { modelSource } from '../../server/model-source.ts';
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
    run: async ({ path, ...options }, call) => upload(client, await modelSource(path), options, call),
  });

/** `upload_model` of a caller elsewhere, whose models come with the call. */
export const uploadContent: ServerTool = (client) =>
  tool({
    ...about,
    input: {
      content: z
        .base64()
        .max(Math.ceil((MOST_INLINE_BYTES * 4) / 3))
        .describe('The file, in base64'),
      fileName: z.string().min(1).describe('Its name, e.g. `chair.glb`'),
      ...place,
    },
    run: async ({ content, fileName, ...options }, call) =>
      upload(client, [{ name: fileName, data: new Blob([Buffer.from(content, 'base64')]) }], options, call),
  });

async function upload(
  client: MaquetteClient,
  source: ModelSource,
  { name, projectId }: { name?: string | undefined; projectId?: string | undefined },
  { signal, onProgress }: ToolCall,
): Promise<ToolContent[]> {
  const { id } = await client.assets.upload(source, {
    ...(name !== undefined && { name }),
    ...(projectId !== undefined && { projectId: idFrom('project', projectId) }),
    signal,
  });
  const asset = await client.assets.waitUntilReady(id, {
    signal,
    onProgress: ({ progress, stage }) => onProgress(progress, stage ?? 'processing'),
  });
  if (asset.error) throw failureOf(asset.error);
  return [textOf(asset)];
}
