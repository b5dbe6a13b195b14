import type { ColumnType, Generated, Kysely } from 'kysely';
import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { RecordedType } from '#contracts/events/events.ts';
import type {
  AssetId,
  BatchId,
  DerivativeId,
  EnvironmentId,
  JobId,
  OrganizationId,
  ProjectId,
  RenderId,
  VersionId,
  WebhookDeliveryId,
  WebhookId,
} from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { FrameCamera, RenderStats } from '#contracts/jobs/job-kinds.ts';
import type { ModelReport } from '#contracts/model/model-report.ts';
import type { OptimizeReport } from '#contracts/operations/optimize-report.ts';
import type { ProfileRule } from '#contracts/profiles/profile.ts';
import type { ProgressPicture } from '#contracts/render/progress-picture.ts';
import type { PassMeaning, RenderFileRole, RenderMedia } from '#contracts/render/render-file.ts';
import type { RenderTask } from '#contracts/render/render-request.ts';
import type { AssetState, Derivative } from '#contracts/rest/resources/asset.ts';
import type { Environment } from '#contracts/rest/resources/environment.ts';
import type { Render, RenderPurpose } from '#contracts/rest/resources/render.ts';
import type { WebhookDisabling } from '#contracts/rest/resources/webhook.ts';
import type { DeliveryState, WebhookDelivery } from '#contracts/rest/resources/webhook-delivery.ts';
import type { BusTables, Json, Timestamp } from '#platform/bus/tables.ts';
import type { Database, Trx } from '#platform/database/database.ts';
import type { SharesTable, UploadPiecesTable, UploadsTable } from './upload-tables.ts';

type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
type NullableTimestamp = ColumnType<Date | null, Date | null | undefined, Date | null>;

/** `projects`: groups of assets within an organisation. */
export interface ProjectsTable {
  id: ProjectId;
  organization_id: OrganizationId;
  name: string;
  revision: Generated<number>;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/**
 * `assets`: what clients see of a model is this row and its newest version's. A transaction that changes anything of
 * an asset locks this row first, so that uploads, settlements, renders and deletions of one asset happen in turn.
 */
export interface AssetsTable {
  id: AssetId;
  organization_id: OrganizationId;
  project_id: ProjectId;
  name: string;
  /** The newest version. */
  version_id: VersionId;
  revision: Generated<number>;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** `versions`: one upload of an asset and what processing made of it. */
export interface VersionsTable {
  id: VersionId;
  organization_id: OrganizationId;
  asset_id: AssetId;
  /** 1 for the first of an asset. */
  number: number;
  state: AssetState;
  format: string | null;
  /** Of all files together. */
  bytes: number;
  report: NullableJson<ModelReport>;
  glb_sha256: Sha256 | null;
  glb_bytes: number | null;
  /** Hash of the hashes of its files: equal for equal files, whatever they are called. */
  content_key: Generated<Sha256 | null>;
  /** An asset that had the same files before. */
  duplicate_of: Generated<AssetId | null>;
  /** The derivative that is the preview. */
  preview_id: DerivativeId | null;
  error: NullableJson<ErrorValue>;
  /** The job that processes the version. */
  job_id: JobId;
  created_at: Timestamp;
}

/** `version_files`: the original files of a version. */
export interface VersionFilesTable {
  version_id: VersionId;
  ordinal: number;
  name: string;
  sha256: Sha256;
  bytes: number;
}

/** `derivatives`: what was made from a version, named by `derivativeKey`; one row a version and key. */
export interface DerivativesTable {
  id: DerivativeId;
  organization_id: OrganizationId;
  asset_id: AssetId;
  version_id: VersionId;
  operation: string;
  parameters: Json<Record<string, unknown>>;
  /** Every version that it was made of, its own first; null where that is the only one. */
  sources: NullableJson<Derivative['sources']>;
  key: Sha256;
  content_type: string;
  width: number | null;
  height: number | null;
  bytes: number;
  sha256: Sha256;
  /** What making it took. */
  cost: Json<RenderStats>;
  /** Of a file of a render; null for what is none. */
  role: RenderFileRole | null;
  /** The derivative of the main file with which this pass or poster was made; null for the main file. */
  picture_id: DerivativeId | null;
  /** Of a video or an archive. */
  media: NullableJson<RenderMedia>;
  /** Of a pass as PNG. */
  meaning: NullableJson<PassMeaning>;
  /** Of a recipe. */
  report: NullableJson<OptimizeReport>;
  /** The job that made it. */
  job_id: JobId;
  created_at: Timestamp;
}

/** Whether a render waits for its job (whose own state says queued or running), or how it ended. */
export type RenderRowState = 'pending' | 'succeeded' | 'failed' | 'canceled';

/** `sequence_frames`: what the parts of a sequence's job have made; gone soon after the job has ended. */
export interface SequenceFramesTable {
  /** The job of the sequence. */
  job_id: JobId;
  /** From 0. */
  frame: number;
  role: 'image' | 'depth';
  sha256: Sha256;
  bytes: number;
  /** With the image. */
  camera: NullableJson<FrameCamera>;
}

/** `job_pictures`: pictures in the making of a job; gone soon after the job has ended. */
export interface JobPicturesTable {
  job_id: JobId;
  /** Samples of a pixel. */
  samples: number;
  sha256: Sha256;
  bytes: number;
  content_type: ProgressPicture['contentType'];
  width: number;
  height: number;
  created_at: Timestamp;
}

/** `renders`: requests for an image or a sequence. Several may wait for one job when they ask for the same. */
export interface RendersTable {
  id: RenderId;
  organization_id: OrganizationId;
  asset_id: AssetId;
  version_id: VersionId;
  purpose: RenderPurpose;
  state: RenderRowState;
  request: Json<RenderTask>;
  /** What it was expected to take. */
  estimate: NullableJson<NonNullable<Render['estimate']>>;
  /** The derivative's key. */
  key: Sha256;
  job_id: JobId;
  /** Whether the job was made for this render; at most one pending render of a version and key leads. */
  leads: boolean;
  /** Whether pictures in the making are wanted. */
  progress_pictures: Generated<boolean>;
  derivative_id: DerivativeId | null;
  /** Whether the image was there before the request. */
  cached: boolean;
  error: NullableJson<ErrorValue>;
  created_at: Timestamp;
  finished_at: NullableTimestamp;
}

/**
 * `blobs`: the objects that rows refer to or did. The row is the lock between those who begin to refer to a blob and
 * the sweep which deletes what nobody refers to.
 */
export interface BlobsTable {
  sha256: Sha256;
  bytes: number;
  /** When a row last began to refer to it. */
  referenced_at: Timestamp;
}

/** `environments`: pictures that light models. */
export interface EnvironmentsTable {
  id: EnvironmentId;
  organization_id: OrganizationId;
  name: string;
  format: Environment['format'];
  width: number;
  height: number;
  sha256: Sha256;
  bytes: number;
  created_at: Timestamp;
}

/** `validation_profiles`: limits of an organisation that models are judged by. */
export interface ValidationProfilesTable {
  organization_id: OrganizationId;
  name: string;
  description: string;
  rules: Json<ProfileRule[]>;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** `recipe_states`: what steps of recipes have made, for recipes that begin alike. */
export interface RecipeStatesTable {
  organization_id: OrganizationId;
  /** Of the step. */
  key: Sha256;
  /** Whose recipe made it. */
  version_id: VersionId;
  sha256: Sha256;
  bytes: number;
  used_at: Timestamp;
}

/** `webhooks`: endpoints that are told of events. */
export interface WebhooksTable {
  id: WebhookId;
  organization_id: OrganizationId;
  url: string;
  description: string;
  /** Types that it asks for; all when empty. */
  events: Json<RecordedType[]>;
  project_id: ProjectId | null;
  enabled: boolean;
  disabled_because: WebhookDisabling | null;
  /** When it was last switched on: events from then on are its own. */
  active_since: Timestamp;
  /** Since when no delivery has reached it. */
  failing_since: NullableTimestamp;
  /** Sealed (`platform/secrets`), as is the one before. */
  secret: string;
  previous_secret: string | null;
  previous_secret_until: NullableTimestamp;
  revision: Generated<number>;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** `webhook_deliveries`: one event on its way to one webhook; its job sends it. */
export interface WebhookDeliveriesTable {
  id: WebhookDeliveryId;
  organization_id: OrganizationId;
  webhook_id: WebhookId;
  /** The same for each attempt and each replay of an event. */
  message_id: string;
  event_type: WebhookDelivery['eventType'];
  /** Of the event. */
  project_id: ProjectId | null;
  /** What is sent, to the byte. */
  body: string;
  state: Generated<DeliveryState>;
  attempts: Generated<number>;
  next_attempt_at: NullableTimestamp;
  replay_of: WebhookDeliveryId | null;
  job_id: JobId;
  created_at: Timestamp;
  finished_at: NullableTimestamp;
}

/** `webhook_attempts`: one request of a delivery. */
export interface WebhookAttemptsTable {
  delivery_id: WebhookDeliveryId;
  /** 1 for the first. */
  number: number;
  at: Timestamp;
  status: number | null;
  milliseconds: number;
  response: string | null;
  error: string | null;
}

/** `batches`: work that was asked for with one request. */
export interface BatchesTable {
  id: BatchId;
  organization_id: OrganizationId;
  project_id: ProjectId | null;
  created_at: Timestamp;
}

/** `batch_items`: one piece of it, taken or refused. */
export interface BatchItemsTable {
  batch_id: BatchId;
  ordinal: number;
  job_id: JobId | null;
  /** Whether the job was queued for this item; else others had asked for the same before. */
  began: boolean;
  render_id: RenderId | null;
  /** Why it was refused. */
  error: NullableJson<ErrorValue>;
}

/** `storage_use`: what an organisation has stored; triggers of the tables that refer to blobs keep it. */
export interface StorageUseTable {
  organization_id: OrganizationId;
  bytes: number;
}

export interface DataTables {
  batches: BatchesTable;
  batch_items: BatchItemsTable;
  storage_use: StorageUseTable;
  webhooks: WebhooksTable;
  webhook_deliveries: WebhookDeliveriesTable;
  webhook_attempts: WebhookAttemptsTable;
  uploads: UploadsTable;
  upload_pieces: UploadPiecesTable;
  shares: SharesTable;
  recipe_states: RecipeStatesTable;
  validation_profiles: ValidationProfilesTable;
  environments: EnvironmentsTable;
  projects: ProjectsTable;
  assets: AssetsTable;
  versions: VersionsTable;
  version_files: VersionFilesTable;
  derivatives: DerivativesTable;
  renders: RendersTable;
  sequence_frames: SequenceFramesTable;
  job_pictures: JobPicturesTable;
  blobs: BlobsTable;
}

/** All tables that the data service owns. */
export type DataSchema = DataTables & BusTables;
export type DataDatabase = Database<DataSchema>;
export type DataTrx = Trx<DataSchema>;
/** Where a query may read: in a transaction or outside of one. */
export type DataReader = Kysely<DataSchema>;
