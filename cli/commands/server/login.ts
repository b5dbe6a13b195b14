import { createClient } from '#sdk/client.ts';
import { type Command, UsageError } from '../../command.ts';
import { DEFAULT_URL, serverAddress } from '../../server/connection.ts';
import { profilesPath, readProfiles, writeProfiles } from '../../server/profiles.ts';
import { readSecret } from '../../server/read-secret.ts';

/** `maquette login [URL]`: keeps a server's address and a key for the commands that ask it. */
export const login: Command = {
  name: 'login',
  summary: `Signs in to a server: asks for an API key, tries it, and keeps both in a profile that only you can read (${profilesPath()}).`,
  usage: '[URL]',
  positionals: [0, 1],
  options: {
    key: { type: 'string', value: 'KEY', help: 'the API key; asked for without it, or read from standard input' },
    profile: {
      type: 'string',
      value: 'NAME',
      help: 'keep it under this name (`default` without it), to use several servers',
    },
  },
  async run({ values, positionals }) {
    const url = serverAddress(positionals[0] ?? process.env.MAQUETTE_URL ?? DEFAULT_URL);
    if (!/^https?:\/\/[^/]/.test(url))
      throw new UsageError(`${url}: give an address that begins with http:// or https://`);
    const key = typeof values.key === 'string' ? values.key : await readSecret(`API key for ${url}: `);
    if (key === '') throw new UsageError('No key was given.');
    const { organization, role, scopes } = await createClient({ baseUrl: url, key }).me();
    const name = typeof values.profile === 'string' ? values.profile : 'default';
    const file = await readProfiles();
    await writeProfiles({ current: name, profiles: { ...file.profiles, [name]: { url, key } } });
    if (values.json) console.log(JSON.stringify({ profile: name, url, organization, role, scopes }));
    else console.error(`Signed in to ${url} as ${role} of ${organization.name} (profile ${name}).`);
  },
};

/** `maquette logout`: forgets a profile. The key itself goes on counting. */
export const logout: Command = {
  name: 'logout',
  summary: 'Forgets the key of a profile. The key goes on counting until it is revoked.',
  usage: '[--profile NAME]',
  positionals: [0, 0],
  options: { profile: { type: 'string', value: 'NAME', help: 'the profile to forget; the current one without it' } },
  async run({ values }) {
    const file = await readProfiles();
    const name = typeof values.profile === 'string' ? values.profile : file.current;
    const { [name]: gone, ...profiles } = file.profiles;
    if (gone === undefined) throw new UsageError(`There is no profile \`${name}\`.`);
    const current = name === file.current ? (Object.keys(profiles)[0] ?? 'default') : file.current;
    await writeProfiles({ current, profiles });
    if (values.json) console.log(JSON.stringify({ profile: name }));
    else console.error(`Forgot ${name} (${gone.url}).`);
  },
};
