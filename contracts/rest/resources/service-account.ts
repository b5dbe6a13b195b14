import { z } from 'zod';
import { Role, WorkingRole } from '../../access/roles.ts';
import { idSchema } from '../../ids/ids.ts';
import { nameSchema } from './name.ts';

/** A principal that is no person: a build server, an importer. It holds API keys. */
export const ServiceAccount = z.object({
  id: idSchema('serviceAccount'),
  name: z.string(),
  role: Role,
  createdAt: z.iso.datetime(),
});

export const ServiceAccountInput = z.strictObject({ name: nameSchema(200), role: WorkingRole.default('editor') });
export const ServiceAccountChange = z.strictObject({ name: nameSchema(200).optional(), role: WorkingRole.optional() });

export type ServiceAccount = z.infer<typeof ServiceAccount>;
