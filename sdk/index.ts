/** What `maquette/sdk` gives: the client, the error it rejects with, and the types of what it takes and gives. */

export type { ErrorCode, Fault } from '#contracts/errors/codes.ts';
export type { ErrorItem } from '#contracts/errors/maquette-error.ts';
export { MaquetteError } from '#contracts/errors/maquette-error.ts';
export type { AnyEvent, EventOf, EventType } from '#contracts/events/events.ts';
export type {
  ApiKeyId,
  AssetId,
  BatchId,
  DerivativeId,
  EnvironmentId,
  JobId,
  OrganizationId,
  ProjectId,
  RenderId,
  ServiceAccountId,
  ShareId,
  UploadId,
  UserId,
  VersionId,
  WebhookId,
} from '#contracts/ids/ids.ts';
export type { ModelReport } from '#contracts/model/model-report.ts';
export type { Me } from '#contracts/rest/resources/api-key.ts';
export type { Asset, AssetFile, AssetState, AssetVersion, Derivative } from '#contracts/rest/resources/asset.ts';
export type { AssetReport } from '#contracts/rest/resources/asset-report.ts';
export type { Job, JobState } from '#contracts/rest/resources/job.ts';
export type { Project } from '#contracts/rest/resources/project.ts';
export type { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
export type { Render, RenderEstimate } from '#contracts/rest/resources/render.ts';
export type { Share } from '#contracts/rest/resources/share.ts';
export type { Usage } from '#contracts/rest/resources/usage.ts';
export type { ModelSource, ModelWish, PictureParameters, RecipeWish, UploadOptions } from './assets.ts';
export { createClient, type MaquetteClient } from './client.ts';
export type { EventOptions } from './events.ts';
export type { WaitOptions } from './jobs.ts';
export type { ListOptions } from './pages.ts';
export type { RenderWish } from './renders.ts';
export type { Connection } from './request.ts';
export type { UploadFile, UploadProgress } from './uploads.ts';
