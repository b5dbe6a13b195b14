import { z } from 'zod';
import { briefReport } from '../brief-report.ts';
import { idFrom } from '../ids.ts';
import { READS, type ServerTool, type ToolContent, textOf, tool } from '../tool.ts';

/** `inspect_asset`: an asset with its report, and its preview as a picture. */
export const inspectAsset: ServerTool = (client) =>
  tool({
    name: 'inspect_asset',
    title: 'Inspect an asset',
    description:
      'Tells all that was measured on an asset (triangles, bounds in metres, materials, textures, animations, validation), and shows its preview. With a profile it is judged by that.',
    input: {
      assetId: z.string().describe('Id of the asset, `ast_…`'),
      profile: z.string().optional().describe('A validation profile, e.g. `web`: adds a verdict'),
      picture: z.boolean().default(true).describe('Whether the preview is shown'),
    },
    annotations: READS,
    async run({ assetId, profile, picture }, { signal }) {
      const asset = await client.assets.get(idFrom('asset', assetId));
      const report = profile === undefined ? asset.report : await client.assets.report(asset.id, { profile });
      const content: ToolContent[] = [textOf({ ...asset, report: report && briefReport(report) })];
      if (picture && asset.preview)
        content.push(await pictureOf(await client.assets.download(asset.preview, { signal })));
      return content;
    },
  });

/** The picture in an answer. */
export async function pictureOf(answer: Response): Promise<ToolContent> {
  const data = Buffer.from(await answer.arrayBuffer()).toString('base64');
  return { type: 'image', data, mimeType: answer.headers.get('content-type') ?? 'image/png' };
}
