import type { z } from 'zod';
import type { ValidationProfile, ValidationProfileInput } from '#contracts/rest/resources/validation-profile.ts';
import { allOf } from './pages.ts';
import type { Requester } from './request.ts';

/** Validation profiles: limits that models are judged by. Their names are used as `profile` of reports. */
export function createValidationProfiles(requester: Requester) {
  const pathOf = (name: string) => `/v1/validation-profiles/${encodeURIComponent(name)}`;
  return {
    get: (name: string) => requester.json<ValidationProfile>('GET', pathOf(name)),
    /** The built-in ones and those of the organisation. */
    list: () => allOf<ValidationProfile>(requester, '/v1/validation-profiles'),
    /** Makes a profile, or replaces the one of its name. */
    put: (name: string, profile: z.input<typeof ValidationProfileInput>) =>
      requester.json<ValidationProfile>('PUT', pathOf(name), { json: profile }),
    async delete(name: string): Promise<void> {
      await requester.send('DELETE', pathOf(name));
    },
  };
}
