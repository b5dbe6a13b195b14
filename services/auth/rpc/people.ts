import type { ConnectRouter, ServiceImpl } from '@connectrpc/connect';
import { z } from 'zod';
import { Role } from '#contracts/access/roles.ts';
import { PeopleService } from '#contracts/generated/people_pb.js';
import { idSchema } from '#contracts/ids/ids.ts';
import { IdempotencyKey } from '#contracts/rest/idempotency.ts';
import { nameSchema } from '#contracts/rest/resources/name.ts';
import { Email, Password } from '#contracts/rest/resources/user.ts';
import { once } from '#platform/idempotency/once.ts';
import { SEALED } from '#platform/idempotency/sealed-answers.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { authenticateSession } from '../people/authenticate-session.ts';
import { changePassword, createPasswordReset, resetPassword } from '../people/change-password.ts';
import { listSessions, readSession, revokeSession, selectOrganization, signedInOf } from '../people/sessions.ts';
import { signIn } from '../people/sign-in.ts';
import { signInByIdentity } from '../people/sign-in-by-identity.ts';
import { readUser, renameUser, toUser } from '../people/users.ts';
import { IDEMPOTENCY_TABLE } from '../tables.ts';
import { document, ifMatch, optional, parse } from './requests.ts';
import { inScopes } from './scopes.ts';

const userId = idSchema('user');
const sessionId = idSchema('session');
const organizationId = idSchema('organization');
const userAgent = z.string();
const token = z.string().max(300);

const SignIn = z.object({ email: Email, password: z.string().min(1).max(1000), userAgent });
const SignInByIdentity = z.object({
  issuer: z.url(),
  subject: z.string().min(1).max(255),
  email: optional(Email),
  emailVerified: z.boolean(),
  name: optional(nameSchema(200)),
  userAgent,
});
const OwnSession = z.object({ userId, sessionId });
const OneSession = OwnSession.extend({ currentId: sessionId });
const RevokeSession = OwnSession.extend({ ifMatch });
const ListSessions = z.object({ userId, sessionId: optional(sessionId) });
const SelectOrganization = OwnSession.extend({ organizationId, ifMatch });
const ChangePassword = OwnSession.extend({ currentPassword: z.string().max(1000), newPassword: Password });
const CreatePasswordReset = z.object({
  organizationId,
  userId,
  actorRole: optional(Role),
  idempotencyKey: optional(IdempotencyKey),
});
const ResetPassword = z.object({ token, newPassword: Password });
const UpdateUser = z.object({ userId, name: nameSchema(200).optional(), ifMatch });

/** Registers the gRPC service about people and their sessions. */
export function registerPeople(router: ConnectRouter, { database, settings }: AuthDeps): void {
  const { kysely } = database;
  const { session } = settings;
  const handlers: ServiceImpl<typeof PeopleService> = {
    async signIn(request) {
      const { sessionId: id, token: secret } = await signIn(database, parse(SignIn, request));
      return { token: secret, ...document(await signedInOf(kysely, id, session)) };
    },
    async signInByIdentity(request) {
      const started = await signInByIdentity(database, parse(SignInByIdentity, request), settings.identity);
      return { token: started.token, ...document(await signedInOf(kysely, started.sessionId, session)) };
    },
    async authenticateSession(request) {
      const found = await authenticateSession(database, session, request.token, request.rotate);
      const { csrfToken, newToken, ...principal } = found;
      return { principal, csrfToken, newToken: newToken ?? '' };
    },
    async getSignedIn(request) {
      return document(await signedInOf(kysely, parse(sessionId, request.sessionId), session));
    },
    async listSessions(request) {
      const { userId: user, sessionId: asking } = parse(ListSessions, request);
      const sessions = await listSessions(kysely, user, asking, session);
      return { json: sessions.map((one) => JSON.stringify(one)) };
    },
    async getSession(request) {
      const { userId: user, sessionId: id, currentId } = parse(OneSession, request);
      return document(await readSession(kysely, user, id, currentId, session));
    },
    async revokeSession(request) {
      const input = parse(RevokeSession, request);
      await database.transaction((trx) => revokeSession(trx, input.userId, input.sessionId, input.ifMatch));
      return {};
    },
    async selectOrganization(request) {
      const { userId: user, sessionId: id, organizationId: wanted, ifMatch: seen } = parse(SelectOrganization, request);
      await database.transaction((trx) => selectOrganization(trx, user, id, wanted, seen));
      return {};
    },
    async changePassword(request) {
      await changePassword(database, parse(ChangePassword, request));
      return {};
    },
    async createPasswordReset(request) {
      const { idempotencyKey: key, ...input } = parse(CreatePasswordReset, request);
      const { organizationId: id, actorRole } = input;
      const attempt = { organizationId: id, key, operation: 'createPasswordReset', content: input.userId };
      // The answer holds the token, which is nowhere else to be read.
      const within = once(database, IDEMPOTENCY_TABLE, attempt, SEALED);
      return document(await within.transaction((trx) => createPasswordReset(trx, { ...input, actorRole })));
    },
    async resetPassword(request) {
      await resetPassword(database, parse(ResetPassword, request));
      return {};
    },
    async getUser(request) {
      return document(toUser(await readUser(kysely, parse(userId, request.userId))));
    },
    async updateUser(request) {
      const { userId: id, name, ifMatch: seen } = parse(UpdateUser, request);
      return document(toUser(await database.transaction((trx) => renameUser(trx, id, name, seen))));
    },
  };
  router.service(PeopleService, inScopes(database, PeopleService, handlers));
}
