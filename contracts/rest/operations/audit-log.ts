import { ReadHeaders } from '../conditional-headers.ts';
import { exampleAuditEntry } from '../examples/people.ts';
import { examplePage } from '../examples.ts';
import { AuditFilter } from '../filters.ts';
import { pageOf } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { AuditEntry } from '../resources/audit-entry.ts';

export const AuditPage = pageOf(AuditEntry);

/** The audit log. */
export const AUDIT_OPERATIONS = {
  listAuditLog: {
    method: 'GET',
    path: '/v1/audit-log',
    scope: 'audit:read',
    tag: 'Organisations',
    summary: 'Read the audit log',
    description:
      'Every change and every sign-in, newest first: who, what, to what, from where, when. An entry is written in the transaction of its change: both are there or neither. Entries are kept for `MAQUETTE_AUDIT_DAYS`.',
    query: AuditFilter,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of entries', body: AuditPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleAuditEntry) },
  },
} as const satisfies PublicEndpoints;
