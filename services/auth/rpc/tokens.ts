import type { ConnectRouter, ServiceImpl } from '@connectrpc/connect';
import { z } from 'zod';
import { KEY_SCOPES } from '#contracts/access/policy.ts';
import { TokenService } from '#contracts/generated/tokens_pb.js';
import { idSchema } from '#contracts/ids/ids.ts';
import { audit } from '../audit.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { homeOf } from '../store/organizations.ts';
import { issueToken, type TokenSource } from '../tokens/issue-token.ts';
import { revocationsSince } from '../tokens/revocations.ts';
import { currentKey, publicKeys } from '../tokens/signing-keys.ts';
import { optional, parse } from './requests.ts';
import { inScopes } from './scopes.ts';

const organizationId = idSchema('organization');
const scopes = z.array(z.enum(KEY_SCOPES));

const Source = z
  .object({
    organizationId,
    apiKeyId: z.string(),
    userId: z.string(),
    sessionId: z.string(),
  })
  .transform((principal): TokenSource => {
    const { organizationId: id } = principal;
    if (principal.apiKeyId !== '') {
      return { kind: 'key', organizationId: id, apiKeyId: idSchema('apiKey').parse(principal.apiKeyId) };
    }
    const userId = idSchema('user').parse(principal.userId);
    return { kind: 'session', organizationId: id, userId, sessionId: idSchema('session').parse(principal.sessionId) };
  });

const NoteLink = z.object({
  organizationId,
  subjectId: z.union([idSchema('asset'), idSchema('derivative')]),
  path: z.string(),
  expiresAt: optional(z.iso.datetime()),
});

/** Registers the gRPC service of access tokens, and of what else is signed. */
export function registerTokens(router: ConnectRouter, { database, sealer, settings }: AuthDeps): void {
  const handlers: ServiceImpl<typeof TokenService> = {
    async issueToken(request) {
      const source = parse(Source, request.principal);
      const wanted = parse(scopes, request.scopes);
      return issueToken({ database, sealer, issuer: settings.issuer }, source, wanted);
    },
    async getSigningKeys() {
      await currentKey(database, sealer);
      return { jwksJson: JSON.stringify(await publicKeys(database.kysely)) };
    },
    async noteLink(request) {
      const { organizationId: id, subjectId, path, expiresAt = null } = parse(NoteLink, request);
      const subject = { type: subjectId.startsWith('ast_') ? 'asset' : 'derivative', id: subjectId };
      const home = await homeOf(database.kysely, id);
      const details = { path, expiresAt };
      await audit(database.kysely, { organizationId: home, action: 'createLink', subject, details });
      return {};
    },
    async listRevocations({ since }) {
      const { revocations, now } = await revocationsSince(database.kysely, Number(since));
      return {
        revocations: revocations.map(({ subjectId, at }) => ({ subjectId, at: BigInt(at) })),
        now: BigInt(now),
      };
    },
  };
  router.service(TokenService, inScopes(database, TokenService, handlers));
}
