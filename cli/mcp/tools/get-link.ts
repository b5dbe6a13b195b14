import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { idSchema } from '#contracts/ids/ids.ts';
import { ExportFormat } from '#contracts/model/export-format.ts';
import { idFrom } from '../ids.ts';
import { ADDS, type ServerTool, textOf, tool } from '../tool.ts';

const DAY_SECONDS = 86_400;

/** `get_link`: an address under which somebody who has no key downloads a model or what was made of it. */
export const getLink: ServerTool = (client) =>
  tool({
    name: 'get_link',
    title: 'Get a download link',
    description:
      'Gives a link for people: whoever has it downloads the file without a key, until it expires; it cannot be revoked. Of an asset (`ast_…`) the model in a format, of a derivative (`drv_…`, as run_recipe tells it) its file.',
    input: {
      id: z.string().describe('Id of the asset, `ast_…`, or of the derivative, `drv_…`'),
      format: ExportFormat.default('glb').describe('Of an asset: the format of the model'),
      expiresInSeconds: z
        .int()
        .min(60)
        .max(30 * DAY_SECONDS)
        .default(DAY_SECONDS),
    },
    annotations: ADDS,
    async run({ id, format, expiresInSeconds }) {
      const derivative = idSchema('derivative').safeParse(id);
      if (derivative.success) {
        const { url } = await client.assets.derivative(derivative.data);
        return [textOf(await client.shares.link(url, { expiresInSeconds }))];
      }
      const asset = await client.assets.get(idFrom('asset', id));
      if (asset.report === null) {
        throw new MaquetteError('conflict', `${asset.name} is ${asset.state}: there is no model to download yet.`);
      }
      // What is not written yet is, so that the link gives it at once.
      if (format !== 'glb') await client.assets.model(asset.id, { format });
      return [textOf(await client.shares.link(`/v1/assets/${asset.id}/model.${format}`, { expiresInSeconds }))];
    },
  });
