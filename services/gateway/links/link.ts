import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { idSchema } from '#contracts/ids/ids.ts';
import type { LinkSigner } from '#platform/secrets/link-signer.ts';

/** What a link says beside its path: whose it is, until when it is good, and which share it belongs to. */
export const LinkClaims = z.strictObject({
  organizationId: idSchema('organization'),
  /** Milliseconds since 1970; null: as long as its key. */
  expires: z.int().nullable(),
  shareId: idSchema('share').nullable(),
});
export type LinkClaims = z.infer<typeof LinkClaims>;

/** A link: `/i/` claims `.` signature, then the path as it would be without the link. */
const LINK = /^\/i\/([A-Za-z0-9_-]{1,600})\.([A-Za-z0-9_-]{43})(\/v1\/.*)$/;

/** Tokens of requests that came by a link. */
const tokens = new WeakMap<IncomingMessage, { claims: string; signature: string }>();

/** A share is good for all of its asset, which its own id tells; any other link for its very path and query. */
function coveredBy(claims: LinkClaims, path: string): string {
  return claims.shareId === null ? path : 'share';
}

/** The address of a path, signed. @param path begins with `/v1/`, query included */
export function linkTo(path: string, claims: LinkClaims, signer: LinkSigner): string {
  const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `/i/${text}.${signer.sign(text, coveredBy(claims, path))}${path}`;
}

/** The path that a request is for: without the link, when it comes by one; what the link says is kept aside. */
export function withoutLink(request: IncomingMessage): string {
  const url = request.url ?? '';
  const [, claims, signature, path] = LINK.exec(url) ?? [];
  if (claims === undefined || signature === undefined || path === undefined) return url;
  tokens.set(request, { claims, signature });
  return path;
}

/** Whether a request came by a link. */
export function cameByLink(request: IncomingMessage): boolean {
  return tokens.has(request);
}

/**
 * What the link of a request says.
 * @returns undefined when it is not good: changed, of another path, signed with a key that is gone, or expired
 */
export function claimsOf(request: IncomingMessage, path: string, signer: LinkSigner): LinkClaims | undefined {
  const token = tokens.get(request);
  if (!token) return undefined;
  const parsed = LinkClaims.safeParse(jsonOf(token.claims));
  if (!parsed.success) return undefined;
  const claims = parsed.data;
  if (!signer.verify(token.claims, coveredBy(claims, path), token.signature)) return undefined;
  if (claims.expires !== null && claims.expires <= Date.now()) return undefined;
  return claims;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/**
 * How long the link of an admitted request is good still, in seconds.
 * @returns undefined when it came by none, or by a share, which may be revoked
 */
export function publicSeconds(request: IncomingMessage): number | undefined {
  const token = tokens.get(request);
  const claims = token && LinkClaims.safeParse(jsonOf(token.claims)).data;
  if (!claims || claims.shareId !== null) return undefined;
  return claims.expires === null ? Number.POSITIVE_INFINITY : Math.floor((claims.expires - Date.now()) / 1000);
}
