import type { ConnectRouter, ServiceImpl } from '@connectrpc/connect';
import { z } from 'zod';
import { Role, WorkingRole } from '#contracts/access/roles.ts';
import { ServiceAccountService } from '#contracts/generated/service_accounts_pb.js';
import { idSchema } from '#contracts/ids/ids.ts';
import { IdempotencyKey } from '#contracts/rest/idempotency.ts';
import { nameSchema } from '#contracts/rest/resources/name.ts';
import { once } from '#platform/idempotency/once.ts';
import type { AuthDeps } from '../auth-deps.ts';
import {
  createServiceAccount,
  deleteServiceAccount,
  listServiceAccounts,
  readServiceAccount,
  updateServiceAccount,
} from '../service-accounts/service-accounts.ts';
import { IDEMPOTENCY_TABLE } from '../tables.ts';
import { document, documents, ifMatch, optional, PageFields, parse } from './requests.ts';
import { inScopes } from './scopes.ts';

const organizationId = idSchema('organization');
const actorRole = Role;
const One = z.object({ organizationId, serviceAccountId: idSchema('serviceAccount') });
const Create = z.object({
  organizationId,
  name: nameSchema(200),
  role: WorkingRole,
  actorRole,
  idempotencyKey: optional(IdempotencyKey),
});
const List = z.object({ organizationId, ...PageFields });
const Update = One.extend({ name: nameSchema(200).optional(), role: optional(WorkingRole), actorRole, ifMatch });
const Delete = One.extend({ actorRole, ifMatch });

/** Registers the gRPC service of service accounts. */
export function registerServiceAccounts(router: ConnectRouter, { database }: AuthDeps): void {
  const { kysely } = database;
  const handlers: ServiceImpl<typeof ServiceAccountService> = {
    async createServiceAccount(request) {
      const { idempotencyKey: key, ...input } = parse(Create, request);
      const attempt = { organizationId: input.organizationId, key, operation: 'createServiceAccount', content: input };
      const within = once(database, IDEMPOTENCY_TABLE, attempt);
      return document(await within.transaction((trx) => createServiceAccount(trx, input)));
    },
    async getServiceAccount(request) {
      const input = parse(One, request);
      return document(await readServiceAccount(kysely, input.organizationId, input.serviceAccountId));
    },
    async listServiceAccounts(request) {
      const { organizationId: id, ...page } = parse(List, request);
      return documents(await listServiceAccounts(kysely, id, page));
    },
    async updateServiceAccount(request) {
      const { name, role, ...input } = parse(Update, request);
      return document(await database.transaction((trx) => updateServiceAccount(trx, { ...input, name, role })));
    },
    async deleteServiceAccount(request) {
      const input = parse(Delete, request);
      await database.transaction((trx) => deleteServiceAccount(trx, input));
      return {};
    },
  };
  router.service(ServiceAccountService, inScopes(database, ServiceAccountService, handlers));
}
