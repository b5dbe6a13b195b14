import { createClient, type MaquetteClient } from '#sdk/client.ts';
import { type CommandCall, type CommandOption, UsageError } from '../command.ts';
import { readProfiles, type ServerProfile } from './profiles.ts';

/** Where a server is unless anybody says so. */
export const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Options of every command that asks a server. */
export const SERVER_OPTIONS: Record<string, CommandOption> = {
  url: { type: 'string', value: 'URL', help: 'address of the server (or MAQUETTE_URL, or that of the profile)' },
  key: {
    type: 'string',
    value: 'KEY',
    help: 'API key (or MAQUETTE_KEY, or that of the profile); better not in a shell history',
  },
  profile: { type: 'string', value: 'NAME', help: 'the profile of `maquette login` to use (or MAQUETTE_PROFILE)' },
};

/**
 * Server and key: of the options, else of the environment, else of the profile.
 *
 * @throws UsageError when no key is known, or the profile that is named
 */
export async function connectionFrom(
  values: CommandCall['values'],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ServerProfile> {
  const text = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined);
  const named = text(values.profile) ?? environment.MAQUETTE_PROFILE;
  const url = text(values.url) ?? environment.MAQUETTE_URL;
  const key = text(values.key) ?? environment.MAQUETTE_KEY;
  if (key !== undefined && url !== undefined) return { url: serverAddress(url), key };
  const file = await readProfiles();
  const profile = file.profiles[named ?? file.current];
  if (named !== undefined && profile === undefined) {
    const known = Object.keys(file.profiles).join(', ') || 'none';
    throw new UsageError(
      `There is no profile \`${named}\` (known: ${known}). Make it: maquette login --profile ${named}`,
    );
  }
  // A key goes to the server that it was given for, and to no other.
  const kept = profile !== undefined && (url === undefined || sameServer(url, profile.url)) ? profile.key : undefined;
  const used = key ?? kept;
  if (used === undefined) {
    const of = profile === undefined ? '' : ` for ${url}: the one that is kept is of ${profile.url}`;
    throw new UsageError(
      `No API key is known${of}. Sign in with \`maquette login${url ? ` ${url}` : ''}\`, or set MAQUETTE_KEY.`,
    );
  }
  return { url: serverAddress(url ?? profile?.url ?? DEFAULT_URL), key: used };
}

/** A client of the server that the options mean. @throws UsageError as `connectionFrom` */
export async function clientFrom(values: CommandCall['values']): Promise<MaquetteClient> {
  const { url, key } = await connectionFrom(values);
  return createClient({ baseUrl: url, key });
}

function sameServer(left: string, right: string): boolean {
  return serverAddress(left) === serverAddress(right);
}

/** The address of a server, of what people copy: also of its API. */
export function serverAddress(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/+v1$/, '');
}
