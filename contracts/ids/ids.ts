import { typeidUnboxed } from 'typeid-js';
import { z } from 'zod';

/**
 * Prefix of every kind of id. An id is a TypeID: the prefix, an underscore and a UUIDv7 in base 32, so ids sort by the
 * time they were made.
 */
export const ID_PREFIXES = {
  organization: 'org',
  user: 'usr',
  apiKey: 'key',
  serviceAccount: 'sva',
  session: 'sgn',
  invitation: 'inv',
  auditEntry: 'aud',
  project: 'prj',
  asset: 'ast',
  version: 'ver',
  derivative: 'drv',
  render: 'rnd',
  job: 'job',
  environment: 'env',
  batch: 'bat',
  webhook: 'whk',
  webhookDelivery: 'whd',
  upload: 'upl',
  share: 'shr',
} as const;

/** What an id can name. */
export type IdKind = keyof typeof ID_PREFIXES;

/** An id of one kind; ids of different kinds do not mix. */
export type Id<K extends IdKind> = `${(typeof ID_PREFIXES)[K]}_${string}`;

export type OrganizationId = Id<'organization'>;
export type UserId = Id<'user'>;
export type ApiKeyId = Id<'apiKey'>;
export type ServiceAccountId = Id<'serviceAccount'>;
export type SessionId = Id<'session'>;
export type InvitationId = Id<'invitation'>;
export type AuditEntryId = Id<'auditEntry'>;
export type ProjectId = Id<'project'>;
export type AssetId = Id<'asset'>;
export type VersionId = Id<'version'>;
export type DerivativeId = Id<'derivative'>;
export type RenderId = Id<'render'>;
export type EnvironmentId = Id<'environment'>;
export type JobId = Id<'job'>;
export type BatchId = Id<'batch'>;
export type WebhookId = Id<'webhook'>;
export type WebhookDeliveryId = Id<'webhookDelivery'>;
export type UploadId = Id<'upload'>;
export type ShareId = Id<'share'>;

/** A new id, later in order than any made before on this machine. */
export function newId<K extends IdKind>(kind: K): Id<K> {
  return typeidUnboxed(ID_PREFIXES[kind]) as string as Id<K>;
}

/** Schema of an id of one kind: prefix and 26 base-32 characters. */
export function idSchema<K extends IdKind>(kind: K) {
  const prefix = ID_PREFIXES[kind];
  const pattern = new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`);
  return z
    .string()
    .regex(pattern, `give an id that begins with \`${prefix}_\``)
    .transform((text) => text as Id<K>)
    .meta({ description: `Id of the ${kind}`, example: `${prefix}_01kb2v4t9wf6x8q3m5n7p0r2s4` });
}
