import type { Command } from '../../command.ts';
import { clientFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { idFrom } from '../../server/id-argument.ts';
import { summaryOf } from '../inspect.ts';

/** `maquette inspect ASSET`: the report that a server made. */
export const inspectAsset: Command = {
  name: 'inspect',
  summary: 'Shows what a server measured of an asset: geometry, bounds, materials, textures, animations.',
  usage: 'ASSET [options]',
  positionals: [1, 1],
  options: SERVER_OPTIONS,
  async run({ values, positionals: [word] }) {
    const id = idFrom('asset', word);
    const report = await (await clientFrom(values)).assets.report(id);
    console.log(values.json ? JSON.stringify(report) : summaryOf(report));
  },
};
