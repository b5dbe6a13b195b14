import { z } from 'zod';
import type { Endpoints } from '../endpoint.ts';
import { AuditFilter } from '../filters.ts';
import { AuditEntry } from '../resources/audit-entry.ts';
import { TenantHeaders } from './tenant-headers.ts';

/** What was done in the data service. */
export const AUDIT_DATA_OPERATIONS = {
  listAuditLog: {
    method: 'GET',
    path: '/data/audit-log',
    scope: 'internal',
    tag: 'data',
    headers: TenantHeaders,
    summary: 'List what was done here, newest first, from one before the entry of the cursor; one more than the limit',
    query: AuditFilter,
    responses: { 200: { description: 'The entries', body: z.object({ data: z.array(AuditEntry) }) } },
  },
} as const satisfies Endpoints;
