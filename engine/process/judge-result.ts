import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Gates } from '#contracts/operations/recipe.ts';
import type { Plan } from '#contracts/operations/recipe-plan.ts';
import { builtInProfiles, ProfileName } from '#contracts/profiles/built-in.ts';
import type { Profile } from '#contracts/profiles/profile.ts';
import type { ProfileVerdict } from '#contracts/profiles/verdict.ts';

/** Looks whether there are the profiles that a plan names. @throws MaquetteError `invalid_request` where one is not */
export function checkProfiles({ outputs }: Plan): void {
  for (const { gates, pointer } of outputs) {
    if (gates.profile !== undefined) profileOf(gates.profile, `${pointer}/gates/profile`);
  }
}

/**
 * What the profile of some gates says about a result, as `maquette validate` would about the file.
 *
 * @returns null where the gates name no profile, and where the result cannot be read
 */
export async function judgeResult(
  { profile }: Gates,
  glb: Uint8Array<ArrayBuffer>,
  limits: ModelLimits,
): Promise<ProfileVerdict | null> {
  if (profile === undefined) return null;
  // Loaded where a gate names a profile: the validator and all checks come with them.
  const { judge } = await import('../validate/profiles/judge.ts');
  const { validateModel } = await import('./validate-model.ts');
  const { report } = await validateModel([{ name: 'model.glb', bytes: glb }], limits);
  return report && judge(profileOf(profile, '/gates/profile'), report);
}

function profileOf(given: NonNullable<Gates['profile']>, pointer: string): Profile {
  if (typeof given !== 'string') return given;
  const name = ProfileName.safeParse(given);
  if (name.success) return builtInProfiles()[name.data];
  const message = `there is no profile \`${given}\``;
  throw new MaquetteError('invalid_request', `${pointer}: ${message}.`, {
    errors: [{ pointer, message }],
    remedy: `Name one of ${ProfileName.options.join(', ')}, or give its rules in place of a name.`,
  });
}
