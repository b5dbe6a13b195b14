import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../command.ts';

/** A server that somebody has signed in to. */
export const ServerProfile = z.object({ url: z.string(), key: z.string() });
export type ServerProfile = z.infer<typeof ServerProfile>;

/** The file of profiles: which one is used when none is named, and all by their names. */
const ProfileFile = z.object({ current: z.string(), profiles: z.record(z.string(), ServerProfile) });
export type ProfileFile = z.infer<typeof ProfileFile>;

/** Where the profiles are: in the user's folder of configuration (XDG Base Directory; `%APPDATA%` on Windows). */
export function profilesPath(environment: NodeJS.ProcessEnv = process.env): string {
  const folder =
    environment.XDG_CONFIG_HOME ||
    (process.platform === 'win32' && environment.APPDATA) ||
    join(environment.HOME || homedir(), '.config');
  return join(folder, 'maquette', 'profiles.json');
}

/** All profiles; none when there is no file. @throws UsageError when the file cannot be read. */
export async function readProfiles(path = profilesPath()): Promise<ProfileFile> {
  try {
    return ProfileFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { current: 'default', profiles: {} };
    throw new UsageError(`${path} cannot be read as profiles: remove it and sign in anew with \`maquette login\`.`);
  }
}

/** Writes all profiles, whole or not at all, so that the user alone can read them: they hold keys. */
export async function writeProfiles(file: ProfileFile, path = profilesPath()): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  await chmod(beside, 0o600);
  await rename(beside, path);
}
