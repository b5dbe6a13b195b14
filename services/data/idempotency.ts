import type { OrganizationId } from '#contracts/ids/ids.ts';
import { type AnswerForm, once, PLAIN } from '#platform/idempotency/once.ts';
import { auditing } from './audit.ts';
import type { OperationDeps } from './operations/operation.ts';

/** Table of the keys of requests to the data service. */
export const IDEMPOTENCY_TABLE = 'data_idempotency_keys';

/** What operations work with, so that the effect of one request happens once (`platform/idempotency`). */
export function onceOnly(
  deps: OperationDeps,
  request: { organizationId: OrganizationId; key: string | undefined; operation: string; content: unknown },
  form: AnswerForm = PLAIN,
): OperationDeps {
  // Written down inside of what happens once: a request that is answered again changes nothing.
  return { ...deps, database: auditing(once(deps.database, IDEMPOTENCY_TABLE, request, form)) };
}
