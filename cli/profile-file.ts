import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { PROFILES, ProfileName } from '#contracts/profiles/built-in.ts';
import { Profile } from '#contracts/profiles/profile.ts';
import { UsageError } from './command.ts';

/** The profile that `--profile` names: a built-in one, or else a JSON file. @throws UsageError where there is none */
export async function readProfile(given: string): Promise<Profile> {
  const name = ProfileName.safeParse(given);
  if (name.success) return PROFILES[name.data];
  const content = await readFile(given, 'utf8').catch((error: Error) => {
    throw new UsageError(
      `--profile: one of ${ProfileName.options.join(', ')}, or a file; ${given} cannot be read: ${error.message}`,
    );
  });
  const value = (() => {
    try {
      return JSON.parse(content) as unknown;
    } catch (error) {
      throw new UsageError(`--profile: ${given} is not JSON: ${(error as Error).message}`);
    }
  })();
  const parsed = Profile.safeParse(value);
  if (!parsed.success) throw new UsageError(`--profile: ${given}:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
