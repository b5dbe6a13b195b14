import { z } from 'zod';
import { Caller } from '../../access/caller.ts';
import { idSchema } from '../../ids/ids.ts';

/** One line of the audit log: what somebody did, or was refused. */
export const AuditEntry = z.object({
  id: idSchema('auditEntry'),
  time: z.iso.datetime(),
  actor: z.object({
    kind: z.enum([...Caller.shape.kind.options, 'system']),
    id: z.string().nullable().describe('Of the user, service account or key; null for nobody known'),
    credentialId: z.string().nullable().describe('The key or session that was used'),
  }),
  action: z.string().describe('Operation id, such as `deleteAsset`, or `signIn`'),
  subject: z.object({ type: z.string(), id: z.string() }).nullable().describe('What it was done to'),
  outcome: z.enum(['done', 'refused']),
  address: z.string().nullable().describe('Where the request came from'),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()).describe('What else is worth knowing; never a secret'),
});

export type AuditEntry = z.infer<typeof AuditEntry>;
