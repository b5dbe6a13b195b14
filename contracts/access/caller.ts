import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { Role } from './roles.ts';

/**
 * Who a call inside of the cluster is made for. The gateway says it with every call, and the services write it into the
 * audit log; what may be done was decided before.
 */
export const Caller = z.object({
  kind: z.enum(['user', 'serviceAccount', 'apiKey', 'anonymous']),
  /** Of the user, service account or key; null for nobody known. */
  id: z.string().nullable(),
  /** The key or session that they used. */
  credentialId: z.string().nullable(),
  organizationId: idSchema('organization').nullable(),
  /** In that organisation. */
  role: Role.nullable(),
  /** Where the request came from. */
  address: z.string().nullable(),
});

export type Caller = z.infer<typeof Caller>;
