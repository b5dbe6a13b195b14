import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { IdempotencyKey } from '../idempotency.ts';

/** Every call names the organisation that it is scoped by; ids of another organisation answer 404. */
export const TenantHeaders = z.object({
  'x-maquette-organization': idSchema('organization'),
  /** Whether a test key asks: the organisation is the test side of another. */
  'x-maquette-test': z.literal('true').optional(),
  /** Of what shall have its effect once. */
  'x-maquette-idempotency-key': IdempotencyKey.optional(),
});

/** Refuses a change when the resource's `revision` is another. */
export const RevisionQuery = z.object({ ifRevision: z.coerce.number().int().optional() });
