import type { OperationId, PublicApi } from '#contracts/rest/public-api.ts';
import type { EndpointHandlers } from '#platform/rest/endpoint-types.ts';

/** Handlers of some operations of the public API. */
export type Routes<K extends OperationId> = Pick<EndpointHandlers<PublicApi>, K>;
