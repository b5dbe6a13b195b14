import { z } from 'zod';
import { ProfileName } from '../../profiles/built-in.ts';
import { Profile } from '../../profiles/profile.ts';

/** A profile as its organisation writes it: the path tells its name. */
export const ValidationProfileInput = Profile.omit({ name: true }).extend({
  name: Profile.shape.name.optional().describe('As in the path; may be left out'),
});

/** Limits that an organisation's models can be judged by. */
export const ValidationProfile = Profile.extend({
  builtIn: z.boolean().describe('It comes with Maquette and cannot be changed'),
  updatedAt: z.iso.datetime().nullable().describe('Null of a built-in one'),
});

/** Most profiles of one organisation. */
export const MOST_PROFILES = 100;

/** Whether a name is that of a built-in profile. */
export function isBuiltIn(name: string): name is ProfileName {
  return ProfileName.safeParse(name).success;
}

export type ValidationProfileInput = z.output<typeof ValidationProfileInput>;
export type ValidationProfile = z.output<typeof ValidationProfile>;
