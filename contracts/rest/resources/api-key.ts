import { z } from 'zod';
import { KEY_SCOPES } from '../../access/policy.ts';
import { Role } from '../../access/roles.ts';
import { idSchema } from '../../ids/ids.ts';
import { nameSchema } from './name.ts';
import { User } from './user.ts';

/** Whether a key works on the organisation's data, or on a side of it that is for tests alone. */
export const KeyMode = z.enum(['live', 'test']);

/** An API key as it is shown after its making: without its secret. */
export const ApiKey = z.object({
  id: idSchema('apiKey'),
  name: z.string().describe('What it is for, to tell it from others'),
  mode: KeyMode.describe('`test`: works on the test side of the organisation'),
  prefix: z.string().describe('The first characters, to tell keys apart'),
  scopes: z.array(z.enum(KEY_SCOPES)).describe('What it may do; each operation names the one that it needs'),
  createdAt: z.iso.datetime().describe('When it was made'),
  expiresAt: z.iso.datetime().nullable().describe('When it ends by itself; null: never'),
  lastUsedAt: z.iso.datetime().nullable().describe('When it was last used; null: never'),
  revokedAt: z.iso.datetime().nullable().describe('When it was revoked; null while it counts'),
  serviceAccountId: idSchema('serviceAccount').nullable().describe('Whose key it is; null: of the organisation'),
});

/** A new API key, the only time its secret is shown. */
export const NewApiKey = ApiKey.extend({
  key: z.string().describe('The secret itself, as `Authorization: Bearer` takes it. Shown this once'),
});

export const ApiKeyInput = z.strictObject({
  name: nameSchema(200).describe('What it is for'),
  scopes: z.array(z.enum(KEY_SCOPES)).min(1).describe('What it may do; each has to be among those of who asks'),
  mode: KeyMode.default('live').describe('`test`: for the test side of the organisation (docs/test-mode.md)'),
  expiresAt: z.iso.datetime().optional().describe('When it ends by itself; never without'),
  serviceAccountId: idSchema('serviceAccount')
    .optional()
    .describe('Whose key it shall be; unless told, that of the key that asks, if it is of one'),
});

export const ApiKeyChange = z.strictObject({ name: nameSchema(200).optional() });

/** What a change of a key builds on: that it was used is none. */
export function apiKeyState({ name, expiresAt, revokedAt }: Pick<ApiKey, 'name' | 'expiresAt' | 'revokedAt'>) {
  return [name, expiresAt, revokedAt];
}

/** Seconds that a key counts yet after it was rotated. */
export const ROTATION_OVERLAP = { usual: 86_400, most: 30 * 86_400 };

export const ApiKeyRotation = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(ROTATION_OVERLAP.most)
    .default(ROTATION_OVERLAP.usual)
    .describe('How long the old key counts yet, in seconds'),
});

/** Who asks. */
export const Me = z.object({
  organization: z.object({ id: idSchema('organization'), name: z.string() }).describe('Where the request works'),
  user: User.nullable().describe('The person, when one is signed in'),
  apiKeyId: idSchema('apiKey').nullable().describe('The key that asks, if it is one'),
  serviceAccountId: idSchema('serviceAccount').nullable().describe('Whose key it is, if it is of one'),
  role: Role.describe('In the organisation'),
  mode: KeyMode.describe('`test`: the organisation is the test side of the one that the key belongs to'),
  scopes: z.array(z.enum(KEY_SCOPES)).describe('What may be done'),
  projectRoles: z.record(z.string(), Role).describe('Roles in single projects, by project id'),
});

export type ApiKey = z.infer<typeof ApiKey>;
export type NewApiKey = z.infer<typeof NewApiKey>;
export type ApiKeyInput = z.infer<typeof ApiKeyInput>;
export type Me = z.infer<typeof Me>;
