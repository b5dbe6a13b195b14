import type { ConnectRouter, ServiceImpl } from '@connectrpc/connect';
import { z } from 'zod';
import { Role, WorkingRole } from '#contracts/access/roles.ts';
import { OrganizationService } from '#contracts/generated/organizations_pb.js';
import { idSchema } from '#contracts/ids/ids.ts';
import { IdempotencyKey } from '#contracts/rest/idempotency.ts';
import { nameSchema } from '#contracts/rest/resources/name.ts';
import { Email } from '#contracts/rest/resources/user.ts';
import { WebOrigins } from '#contracts/rest/resources/web-origin.ts';
import { readAudit } from '#platform/audit/audit-log.ts';
import { once } from '#platform/idempotency/once.ts';
import { SEALED } from '#platform/idempotency/sealed-answers.ts';
import { startOf } from '#platform/rest/page.ts';
import { currentContext } from '#platform/telemetry/context.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { originAllowed } from '../organizations/allowed-origins.ts';
import {
  acceptInvitation,
  createInvitation,
  listInvitations,
  readInvitation,
  revokeInvitationAsRead,
} from '../organizations/invitations.ts';
import { changeMember, listMembers, readMember, removeMember } from '../organizations/members.ts';
import { firstMembership } from '../organizations/memberships.ts';
import {
  createOrganization,
  listOrganizations,
  readOrganization,
  updateOrganization,
} from '../organizations/organizations.ts';
import {
  forgetProject,
  listProjectMembers,
  readProjectMember,
  removeProjectMember,
  setProjectMember,
} from '../organizations/project-members.ts';
import { signedInOf } from '../people/sessions.ts';
import { AUDIT_TABLE, IDEMPOTENCY_TABLE } from '../tables.ts';
import { document, documents, ifMatch, optional, PageFields, parse } from './requests.ts';
import { inScopes } from './scopes.ts';

const organizationId = idSchema('organization');
const userId = idSchema('user');
const projectId = idSchema('project');
const name = nameSchema(200);
const idempotencyKey = optional(IdempotencyKey);
const actorRole = Role;

const CreateOrganization = z.object({ userId, name, idempotencyKey });
const UpdateOrganization = z.object({
  organizationId,
  name: optional(name),
  allowedOrigins: z.object({ origins: WebOrigins }).optional(),
  ifMatch,
});
const CheckOrigin = z.object({ origin: z.string().max(255), organizationId: optional(organizationId) });
const List = z.object({ organizationId, ...PageFields });
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const ListAuditLog = List.extend({
  action: optional(z.string()),
  actorId: optional(z.string()),
  subjectId: optional(z.string()),
  since: optional(time),
  until: optional(time),
});
const OneMember = z.object({ organizationId, userId });
const ChangeMember = OneMember.extend({ role: Role, actorRole, ifMatch });
const RemoveMember = OneMember.extend({ actorRole, ifMatch });
const OfProject = z.object({ organizationId, projectId });
const OneOfProject = OneMember.extend({ projectId });
const SetProjectMember = ChangeMember.extend({ projectId, role: WorkingRole });
const RemoveProjectMember = RemoveMember.extend({ projectId });
const CreateInvitation = z.object({
  organizationId,
  email: Email,
  role: WorkingRole,
  projectId: optional(projectId),
  actorRole,
  idempotencyKey,
});
const OneInvitation = z.object({ organizationId, invitationId: idSchema('invitation') });
const RevokeInvitation = OneInvitation.extend({ ifMatch });
const AcceptInvitation = z.object({
  token: z.string().max(300),
  name: optional(name),
  password: z.string().min(1).max(1000),
  userAgent: z.string(),
});

/** Registers the gRPC service about organisations, their members and invitations. */
export function registerOrganizations(router: ConnectRouter, { database, settings }: AuthDeps): void {
  const { kysely } = database;
  const handlers: ServiceImpl<typeof OrganizationService> = {
    async listOrganizations(request) {
      const list = await listOrganizations(kysely, parse(userId, request.userId));
      return { json: list.map((one) => JSON.stringify(one)) };
    },
    async getOrganization(request) {
      return readOrganization(kysely, parse(organizationId, request.organizationId));
    },
    async createOrganization(request) {
      const { idempotencyKey: key, ...input } = parse(CreateOrganization, request);
      // Keys count within an organisation; a person without one cannot be signed in.
      const home = (await firstMembership(kysely, input.userId))?.organizationId;
      const { organizationsPerPerson: most } = settings;
      const attempt = home && { organizationId: home, key, operation: 'createOrganization', content: input };
      const within = attempt ? once(database, IDEMPOTENCY_TABLE, attempt) : database;
      return document(await within.transaction((trx) => createOrganization(trx, input.userId, input.name, most)));
    },
    async updateOrganization(request) {
      const { organizationId: id, name: newName, allowedOrigins, ifMatch: seen } = parse(UpdateOrganization, request);
      const change = { name: newName, allowedOrigins: allowedOrigins?.origins };
      await database.transaction((trx) => updateOrganization(trx, id, change, seen));
      return {};
    },
    async checkOrigin(request) {
      const { origin, organizationId: id } = parse(CheckOrigin, request);
      return { allowed: await originAllowed(kysely, origin, id) };
    },
    async listAuditLog(request) {
      const { organizationId: id, limit, cursor, ...filter } = parse(ListAuditLog, request);
      const before = startOf('auditEntry', { limit, cursor });
      const query = { organizationId: id, before, limit: limit + 1, ...filter };
      const entries = await readAudit(kysely, AUDIT_TABLE, query);
      return { json: entries.map((one) => JSON.stringify(one)) };
    },
    async listMembers(request) {
      const { organizationId: id, ...page } = parse(List, request);
      return documents(await listMembers(kysely, id, page));
    },
    async getMember(request) {
      const input = parse(OneMember, request);
      return document(await readMember(kysely, input.organizationId, input.userId));
    },
    async changeMember(request) {
      const input = parse(ChangeMember, request);
      return document(await database.transaction((trx) => changeMember(trx, input)));
    },
    async removeMember(request) {
      const input = parse(RemoveMember, request);
      const leaves = currentContext()?.caller?.id === input.userId;
      await database.transaction((trx) => removeMember(trx, { ...input, leaves }));
      return {};
    },
    async listProjectMembers(request) {
      const input = parse(OfProject, request);
      const members = await listProjectMembers(kysely, input.organizationId, input.projectId);
      return { json: members.map((one) => JSON.stringify(one)) };
    },
    async getProjectMember(request) {
      const input = parse(OneOfProject, request);
      return document(await readProjectMember(kysely, input.organizationId, input.projectId, input.userId));
    },
    async setProjectMember(request) {
      const input = parse(SetProjectMember, request);
      return document(await database.transaction((trx) => setProjectMember(trx, input)));
    },
    async removeProjectMember(request) {
      const input = parse(RemoveProjectMember, request);
      await database.transaction((trx) => removeProjectMember(trx, input));
      return {};
    },
    async forgetProject(request) {
      const input = parse(OfProject, request);
      return { userIds: await database.transaction((trx) => forgetProject(trx, input)) };
    },
    async createInvitation(request) {
      const { idempotencyKey: key, ...input } = parse(CreateInvitation, request);
      const attempt = { organizationId: input.organizationId, key, operation: 'createInvitation', content: input };
      // The answer holds the token, which is nowhere else to be read.
      const within = once(database, IDEMPOTENCY_TABLE, attempt, SEALED);
      return document(await within.transaction((trx) => createInvitation(trx, input)));
    },
    async listInvitations(request) {
      const { organizationId: id, ...page } = parse(List, request);
      return documents(await listInvitations(kysely, id, page));
    },
    async getInvitation(request) {
      const input = parse(OneInvitation, request);
      return document(await readInvitation(kysely, input.organizationId, input.invitationId));
    },
    async revokeInvitation(request) {
      const input = parse(RevokeInvitation, request);
      await database.transaction((trx) =>
        revokeInvitationAsRead(trx, input.organizationId, input.invitationId, input.ifMatch),
      );
      return {};
    },
    async acceptInvitation(request) {
      const { sessionId, token } = await acceptInvitation(database, parse(AcceptInvitation, request));
      return { sessionToken: token, ...document(await signedInOf(kysely, sessionId, settings.session)) };
    },
  };
  router.service(OrganizationService, inScopes(database, OrganizationService, handlers));
}
