import type { ColumnType, Generated } from 'kysely';
import type { AssetId, JobId, OrganizationId, ProjectId, ShareId, UploadId } from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { Timestamp } from '#platform/bus/tables.ts';

/** `uploads`: files that come in pieces (tus), or straight to the storage. */
export interface UploadsTable {
  id: UploadId;
  organization_id: OrganizationId;
  /** Of the whole file; null until the client knows. */
  bytes: number | null;
  /** How many have come. */
  received: Generated<number>;
  /** Grows with each request that brings bytes: who holds an older number is refused. */
  writer: Generated<number>;
  file_name: string;
  /** Of the asset that is to be made; that of the file without it. */
  name: string | null;
  project_id: ProjectId | null;
  /** Whose further version it is to be. */
  asset_id: AssetId | null;
  /** What the client says that the whole file hashes to. */
  sha256: Sha256 | null;
  /** Whether it waits for `POST /v1/assets` to name it, instead of becoming an asset by itself. */
  held: boolean;
  /** As the client sent it. */
  metadata: string;
  /** The asset that was made of it. */
  made_asset_id: AssetId | null;
  /** The job that makes one file of its pieces. */
  job_id: JobId | null;
  /** Whether that has happened: the pieces can go. */
  released: Generated<boolean>;
  /** Of one that goes straight to the storage; null of one that comes through the server. */
  part_bytes: ColumnType<number | null, number | undefined, never>;
  /** What the storage calls it; null of one that comes through the server, and when the storage holds it no more. */
  storage_upload: ColumnType<string | null, string | undefined, null>;
  created_at: Timestamp;
  expires_at: ColumnType<Date, Date, Date>;
}

/** `upload_pieces`: what has come of an upload. */
export interface UploadPiecesTable {
  upload_id: UploadId;
  /** Its first byte within the file. */
  start: number;
  sha256: Sha256;
  bytes: number;
}

/** `shares`: links under which anybody may read an asset. */
export interface SharesTable {
  id: ShareId;
  organization_id: OrganizationId;
  asset_id: AssetId;
  name: string;
  created_at: Timestamp;
  expires_at: Date | null;
  revoked_at: Generated<Date | null>;
  /** Of the password that readers are asked for (argon2id). */
  password_hash: string | null;
}
