import type { OrganizationId, UploadId } from '#contracts/ids/ids.ts';
import type { KeptShare } from '#contracts/rest/data/shares.ts';
import type { Asset, Derivative } from '#contracts/rest/resources/asset.ts';
import type { Batch } from '#contracts/rest/resources/batch.ts';
import type { Environment } from '#contracts/rest/resources/environment.ts';
import type { Job } from '#contracts/rest/resources/job.ts';
import type { Render } from '#contracts/rest/resources/render.ts';
import type { Upload } from '#contracts/rest/resources/upload.ts';
import type { Webhook } from '#contracts/rest/resources/webhook.ts';
import type { WebhookDelivery } from '#contracts/rest/resources/webhook-delivery.ts';
import type { TestDataService } from './open-data-service.ts';

/** What organisation A owns. */
export interface Owned {
  asset: Asset;
  derivative: Derivative;
  render: Render;
  job: Job;
  environment: Environment;
  upload: Upload;
  /** An upload straight to the storage. */
  directUploadId: UploadId;
  share: KeptShare;
  webhook: Webhook;
  delivery: WebhookDelivery;
  batch: Batch;
}

export const NOT_FOUND = 'not_found';
export const EMPTY = 'empty';

/** Calls an operation as a stranger on what A owns. */
export type Attempt = (data: TestDataService, stranger: OrganizationId, owned: Owned) => Promise<unknown>;

/** What a stranger gets of every operation of an API: one without an entry does not compile. */
export type Attempts<A> = Record<keyof A, { expects: typeof NOT_FOUND | typeof EMPTY | 'own'; call: Attempt }>;
