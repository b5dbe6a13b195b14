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
  name: z.string(),
  mode: KeyMode,
  prefix: z.string().describe('The first characters, to tell keys apart'),
  scopes: z.array(z.enum(KEY_SCOPES)),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  serviceAccountId: idSchema('serviceAccount').nullable().describe('Whose key it is; null: of the organisation'),
});

/** A new API key, the only time its secret is shown. */
export const NewApiKey = ApiKey.extend({ key: z.string() });

export const ApiKeyInput = z.object({
  name: nameSchema(200),
  scopes: z.array(z.enum(KEY_SCOPES)).min(1),
  mode: KeyMode.default('live').describe('`test`: for the test side of the organisation (docs/test-mode.md)'),
  expiresAt: z.iso.datetime().optional(),
  serviceAccountId: idSchema('serviceAccount')
    .optional()
    .describe('Whose key it shall be; unless told, that of the key that asks, if it is of one'),
});

export const ApiKeyChange = z.object({ name: nameSchema(200).optional() });

/** Seconds that a key counts yet after it was rotated. */
export const ROTATION_OVERLAP = { usual: 86_400, most: 30 * 86_400 };

export const ApiKeyRotation = z.object({
  overlapSeconds: z
    .int()
    .min(0)
    .max(ROTATION_OVERLAP.most)
    .default(ROTATION_OVERLAP.usual)
    .describe('How long the old key counts yet, in seconds'),
});

/** Who asks. */
export const Me = z.object({
  organization: z.object({ id: idSchema('organization'), name: z.string() }),
  user: User.nullable().describe('The person, when one is signed in'),
  apiKeyId: idSchema('apiKey').nullable(),
  serviceAccountId: idSchema('serviceAccount').nullable(),
  role: Role,
  mode: KeyMode.describe('`test`: the organisation is the test side of the one that the key belongs to'),
  scopes: z.array(z.enum(KEY_SCOPES)),
  projectRoles: z.record(z.string(), Role).describe('Roles in single projects, by project id'),
});

export type ApiKey = z.infer<typeof ApiKey>;
export type NewApiKey = z.infer<typeof NewApiKey>;
export type ApiKeyInput = z.infer<typeof ApiKeyInput>;
export type Me = z.infer<typeof Me>;
