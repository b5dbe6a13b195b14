import type { Share } from '#contracts/rest/resources/share.ts';
import type { MaquetteClient } from '#sdk/client.ts';
import { type Command, type CommandCall, UsageError } from '../../command.ts';
import { clientFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { expiryFrom } from '../../server/expiry-option.ts';
import { idFrom } from '../../server/id-argument.ts';
import { limitFrom, take } from '../../server/limit-option.ts';
import { readSecret } from '../../server/read-secret.ts';

/** `maquette share ASSET | list | revoke SHARE`: links under which anybody may read an asset. */
export const share: Command = {
  name: 'share',
  summary:
    'Makes a link under which anybody may read an asset, without a key, and prints it; lists such links, or revokes one.',
  usage: 'ASSET | list | revoke SHARE',
  positionals: [1, 2],
  options: {
    name: { type: 'string', value: 'NAME', help: 'what the link is for, to tell it from others' },
    expires: { type: 'string', value: 'WHEN', help: 'when it ends: 12h, 7d, or a time such as 2027-01-31T00:00:00Z' },
    password: {
      type: 'boolean',
      help: 'ask readers for a password: it is asked for here, or read from standard input',
    },
    asset: { type: 'string', value: 'ASSET', help: 'of a list: links to this asset' },
    limit: { type: 'string', value: 'N', help: 'of a list: most links (20 by default)' },
    ...SERVER_OPTIONS,
  },
  async run({ values, positionals: [word = '', id] }) {
    const client = await clientFrom(values);
    switch (word) {
      case 'list':
        return list(client, values);
      case 'revoke':
        return revoke(client, id, values);
      default:
        if (id !== undefined) throw new UsageError(`share ${word} ${id}: give an asset, list, or revoke and a share`);
        return make(client, word, values);
    }
  },
};

async function make(client: MaquetteClient, word: string, values: CommandCall['values']): Promise<void> {
  const assetId = idFrom('asset', word);
  const expiresAt = expiryFrom(values.expires);
  const password = values.password === true ? await readSecret('Password for the readers: ') : undefined;
  const made = await client.shares.create(assetId, {
    ...(typeof values.name === 'string' && { name: values.name }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(password !== undefined && { password }),
  });
  console.log(values.json ? JSON.stringify(made) : made.url);
}

async function list(client: MaquetteClient, values: CommandCall['values']): Promise<void> {
  const filter = typeof values.asset === 'string' ? { assetId: idFrom('asset', values.asset) } : {};
  const limit = limitFrom(values);
  const shares = await take(client.shares.list({ ...filter, pageSize: Math.min(limit, 200) }), limit);
  if (values.json) return console.log(JSON.stringify({ shares }));
  for (const one of shares) console.log(lineOf(one));
}

async function revoke(client: MaquetteClient, word: string | undefined, values: CommandCall['values']): Promise<void> {
  const id = idFrom('share', word);
  await client.shares.revoke(id);
  if (values.json) console.log(JSON.stringify({ revoked: id }));
  else console.error(`Revoked ${id}.`);
}

function lineOf({ id, assetId, name, expiresAt, revokedAt, hasPassword }: Share): string {
  const ended = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  const state = revokedAt !== null ? 'revoked' : ended ? 'expired' : hasPassword ? 'with password' : 'open';
  return `${id}  ${assetId}  ${state.padEnd(15)}${(expiresAt ?? 'never ends').padEnd(26)}${name}`;
}
