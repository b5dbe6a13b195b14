import { AssetState } from '#contracts/rest/resources/asset.ts';
import { type Command, UsageError } from '../../command.ts';
import { clientFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { limitFrom, take } from '../../server/limit-option.ts';
import { projectIdFrom } from '../../server/project-option.ts';

/** `maquette search [TEXT]`: assets by name, project and state. */
export const search: Command = {
  name: 'search',
  summary:
    'Finds assets on a server by a part of their name, their project and state; newest first. Without TEXT lists all.',
  usage: '[TEXT] [options]',
  positionals: [0, 1],
  options: {
    project: { type: 'string', value: 'PROJECT', help: 'only of this project, by id or name' },
    state: { type: 'string', value: 'STATE', help: `only those that are ${AssetState.options.join(', ')}` },
    limit: { type: 'string', value: 'N', help: 'most assets (20 by default)' },
    ...SERVER_OPTIONS,
  },
  async run({ values, positionals: [name] }) {
    const state = values.state === undefined ? undefined : AssetState.safeParse(values.state);
    if (state && !state.success) throw new UsageError(`--state: one of ${AssetState.options.join(', ')}`);
    const limit = limitFrom(values);
    const client = await clientFrom(values);
    const projectId = await projectIdFrom(client, values.project);
    const filter = {
      ...(name !== undefined && { name }),
      ...(state && { state: state.data }),
      ...(projectId !== undefined && { projectId }),
    };
    const assets = await take(client.assets.list({ ...filter, pageSize: Math.min(limit, 200) }), limit);
    if (values.json) return console.log(JSON.stringify({ assets }));
    for (const asset of assets) {
      const size = asset.report ? `${asset.report.triangles} triangles` : '';
      console.log(
        `${asset.id}  ${asset.state.padEnd(11)}${(asset.format ?? '').padEnd(6)}${size.padEnd(20)}${asset.name}`,
      );
    }
  },
};
