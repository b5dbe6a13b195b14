import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { nameSchema } from './name.ts';

/** A link under which anybody may read one asset, until it is revoked. */
export const Share = z.object({
  id: idSchema('share'),
  assetId: idSchema('asset'),
  name: z.string().describe('What it is for, to tell it from others'),
  url: z
    .string()
    .describe(
      'Path of the asset on this server, to be given away after its address; `/files`, `/model.glb` and so on work behind it as they do behind the asset',
    ),
  createdAt: z.iso.datetime().describe('When it was made'),
  expiresAt: z.iso.datetime().nullable().describe('When it ends by itself; null: never'),
  revokedAt: z.iso.datetime().nullable().describe('When it was revoked; null while it counts'),
  hasPassword: z.boolean().describe('Whether readers are asked for a password'),
});

/** What readers of a share are to know beside its link. */
export const SharePassword = z
  .string()
  .min(8)
  .max(200)
  .describe('Readers are asked for it (HTTP Basic; any user name). It is not shown again, and does not change');

export const ShareInput = z.strictObject({
  name: nameSchema(200).optional().describe('What it is for, to tell it from others'),
  expiresAt: z.iso
    .datetime({ offset: true, error: 'give a time such as 2027-01-31T00:00:00Z' })
    .optional()
    .describe('When it ends by itself; never without'),
  password: SharePassword.optional(),
});

/** A download that is to be given to others. */
export const LinkInput = z.strictObject({
  path: z
    .string()
    .regex(/^\/v1\/[\x21-\x7e]{1,2000}$/, 'give a path that begins with /v1/, percent-encoded')
    .describe('Of a read, with its query: of a file, a model, a picture by URL'),
  expiresInSeconds: z
    .int()
    .positive()
    .max(10 * 365 * 86_400)
    .optional()
    .describe('How long it is good; without, as long as its key (for pictures on public pages)'),
});

/** A signed link. */
export const Link = z.object({
  url: z
    .string()
    .describe('Path on this server, good for whoever has it, without a key; to be given away after its address'),
  expiresAt: z.iso.datetime().nullable().describe('When it ends; null: with its key'),
});

export type Share = z.infer<typeof Share>;
export type ShareInput = z.input<typeof ShareInput>;
