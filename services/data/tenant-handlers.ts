import type { z } from 'zod';
import type { TenantHeaders } from '#contracts/rest/data/tenant-headers.ts';
import { DATA_API } from '#contracts/rest/data-api.ts';
import type { Endpoint } from '#contracts/rest/endpoint.ts';
import { asSystem, asTenant } from '#platform/database/tenant-scope.ts';
import type { OperationCall, OperationHandlers } from '#platform/rest/endpoint-types.ts';
import { subjectOf, withAudit } from './audit.ts';
import type { TestOrganizations } from './test-mode/test-organizations.ts';

type Handlers = OperationHandlers<typeof DATA_API>;

/** Parts of one change that is written down as a whole, and what makes nothing that anybody would ask for later. */
const WITHOUT_AUDIT: readonly (keyof typeof DATA_API)[] = [
  'admitUpload',
  'discardBlobs',
  'beginWrite',
  'appendPieces',
  'signParts',
  'checkSharePassword',
  'exportModel',
];

/**
 * The handlers, each in the name of the organisation that its call names: the database lets it see and change nothing of
 * any other, and what it changes is in the audit log. A test side is noted before anything of it is recorded, so that a job
 * finds it when it is leased.
 */
export function inTenantScope(handlers: Handlers, testOrganizations: TestOrganizations): Handlers {
  const wrapped = Object.entries(DATA_API).map(([operation, endpoint]: [string, Endpoint]) => {
    const handler = handlers[operation as keyof Handlers] as unknown as (
      call: OperationCall<Endpoint>,
    ) => Promise<never>;
    const audited = endpoint.method !== 'GET' && !(WITHOUT_AUDIT as readonly string[]).includes(operation);
    return [
      operation,
      // What names no organisation is of none.
      async (call: OperationCall<Endpoint>) => {
        if (endpoint.headers === undefined) return asSystem(() => handler(call));
        const { 'x-maquette-organization': organizationId, 'x-maquette-test': test } =
          call.headers as unknown as z.output<typeof TenantHeaders>;
        if (test) await testOrganizations.note(organizationId);
        const work = () => asTenant(organizationId, () => handler(call));
        if (!audited) return work();
        return withAudit({ organizationId, action: operation, subject: subjectIn(call.params) }, work);
      },
    ];
  });
  return Object.fromEntries(wrapped) as Handlers;
}

/** What a path names: the last of its ids, or a name. */
function subjectIn(params: unknown): { type: string; id: string } | undefined {
  const named = Object.entries((params ?? {}) as Record<string, unknown>).at(-1);
  if (!named || typeof named[1] !== 'string') return undefined;
  const [type, id] = named;
  return subjectOf({ id }) ?? { type, id };
}
