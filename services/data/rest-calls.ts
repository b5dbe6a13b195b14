import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { OperationAnswer } from '#platform/rest/endpoint-types.ts';
import { onceOnly } from './idempotency.ts';
import type { OperationDeps } from './operations/operation.ts';

/** A call that may have an idempotency key. */
export interface Creation {
  headers: { 'x-maquette-organization': OrganizationId; 'x-maquette-idempotency-key'?: string | undefined };
  params: unknown;
  body: unknown;
}

export const ok = <Body>(body: Body): OperationAnswer<Body> => ({ status: 200, body });
export const created = <Body>(body: Body): OperationAnswer<Body> => ({ status: 201, body });
export const NO_CONTENT = { status: 204 } as const;

/** The organisation that a call is scoped by. */
export function tenant(call: { headers: { 'x-maquette-organization': OrganizationId } }): OrganizationId {
  return call.headers['x-maquette-organization'];
}

/** What a call works with whose effect happens once, when it has an idempotency key. */
export function onceFor(deps: OperationDeps, operation: string, call: Creation): OperationDeps {
  return onceOnly(deps, onceRequest(operation, call));
}

/** The request of a call, by which repetitions are known. */
export function onceRequest(operation: string, call: Creation) {
  return {
    organizationId: tenant(call),
    key: call.headers['x-maquette-idempotency-key'],
    operation,
    content: [call.params, call.body],
  };
}
