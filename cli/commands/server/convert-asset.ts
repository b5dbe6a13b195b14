import { writeFile } from 'node:fs/promises';
import type { Command } from '../../command.ts';
import { EXPORT_OPTIONS, exportTarget } from '../../export-options.ts';
import { prepareOutput } from '../../prepare-output.ts';
import { clientFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { requireDelivery } from '../../server/delivery.ts';
import { idFrom } from '../../server/id-argument.ts';

/** `maquette convert ASSET OUT`: the model of an asset in another format, written by a server. */
export const convertAsset: Command = {
  name: 'convert',
  summary: 'Has a server write the model of an asset in the format that the ending of OUT names, and downloads it.',
  usage: 'ASSET OUT [options]',
  positionals: [2, 2],
  options: { ...EXPORT_OPTIONS, ...SERVER_OPTIONS },
  async run({ values, positionals: [word, output] }) {
    const id = idFrom('asset', word);
    const { options, zipped } = exportTarget(output as string, values);
    requireDelivery(output as string, options, zipped);
    await prepareOutput(output as string);
    const client = await clientFrom(values);
    const model = await client.assets.model(id, options);
    const bytes = new Uint8Array(await model.arrayBuffer());
    await writeFile(output as string, bytes);
    if (values.json) console.log(JSON.stringify({ output, format: options.format, bytes: bytes.byteLength }));
    else console.error(`${output}: ${bytes.byteLength} bytes`);
  },
};
