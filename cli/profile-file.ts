import { builtInProfiles, ProfileName } from '#contracts/profiles/built-in.ts';
import { Profile } from '#contracts/profiles/profile.ts';
import { readJsonFile } from './json-file.ts';

/** The profile that `--profile` names: a built-in one, or else a JSON file. @throws UsageError where there is none */
export async function readProfile(given: string): Promise<Profile> {
  const name = ProfileName.safeParse(given);
  if (name.success) return builtInProfiles()[name.data];
  return readJsonFile('--profile', given, Profile, `one of ${ProfileName.options.join(', ')}, or a file; `);
}
