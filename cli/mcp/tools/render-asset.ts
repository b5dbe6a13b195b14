import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { NamedView } from '#contracts/render/image-request.ts';
import { failureOf } from '#sdk/errors.ts';
import type { RenderWish } from '#sdk/renders.ts';
import { idFrom } from '../ids.ts';
import { ADDS, type ServerTool, textOf, tool } from '../tool.ts';
import { pictureOf } from './inspect-asset.ts';

/** Azimuth and elevation as text, as the API and the command line take them. */
const Angles = z
  .string()
  .regex(/^-?\d+(\.\d+)?,-?\d+(\.\d+)?$/)
  .transform((text) => {
    const [azimuth = 0, elevation = 0] = text.split(',').map(Number);
    return { azimuth, elevation };
  });

/** What of a picture the tool leaves open; what else the API knows goes into `more`. */
export const PICTURE = {
  width: z.int().min(16).max(2048).default(800),
  height: z.int().min(16).max(2048).default(600),
  view: z
    .union([NamedView, z.literal('best'), z.object({ azimuth: z.number(), elevation: z.number() }), Angles], {
      error: `give one of ${NamedView.options.join(', ')}, best, or azimuth and elevation in degrees such as 45,20`,
    })
    .optional()
    .describe(
      'Where the camera stands: a name, `best` (what shows most), or azimuth and elevation in degrees: `45,20`',
    ),
  background: z.string().optional().describe('`transparent`, `environment` or a colour such as `#f4f4f5`'),
  environment: z.string().optional().describe('Light: a name such as `studio`, or the id of an uploaded environment'),
  integrator: z.enum(['preview', 'path']).optional().describe('`preview` is fast, `path` follows the paths of light'),
  samples: z.int().min(1).max(1024).optional().describe('Of `path`: more samples, less noise, more time'),
};

/** `render_asset`: a picture of an asset, shown. */
export const renderAsset: ServerTool = (client) =>
  tool({
    name: 'render_asset',
    title: 'Render an asset',
    description: 'Renders an asset from any side and shows the picture. Equal pictures are made once.',
    input: {
      assetId: z.string().describe('Id of the asset, `ast_…`'),
      ...PICTURE,
      format: z.enum(['png', 'jpg', 'webp']).default('png'),
      more: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('Further fields of `POST /v1/renders`, e.g. `animation`, `time`, `exposure`, `ground`'),
    },
    annotations: { ...ADDS, idempotentHint: true },
    async run({ assetId, more, ...picture }, { signal, onProgress }) {
      const wish = { ...more, ...picture, kind: 'image', assetId: idFrom('asset', assetId) } as RenderWish;
      const render = await client.renders.create(wish);
      const done = await client.renders.wait(render, {
        signal,
        onProgress: ({ progress, stage }) => onProgress(progress, stage ?? 'rendering'),
      });
      if (done.error) throw failureOf(done.error);
      const [file] = done.files;
      if (file === undefined) throw new MaquetteError('canceled', `The render ${done.id} was canceled.`);
      const { id, state, cost } = done;
      return [
        await pictureOf(await client.assets.download(file, { signal })),
        textOf({ id, state, cost, url: file.url }),
      ];
    },
  });
