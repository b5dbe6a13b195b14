import { z } from 'zod';
import { RECORDED_TYPES } from '../events/events.ts';
import { idSchema } from '../ids/ids.ts';
import { ShownJobKind } from '../jobs/job-kinds.ts';
import { PageQuery } from './page.ts';
import { AssetState } from './resources/asset.ts';
import { JobState } from './resources/job.ts';
import { nameSchema } from './resources/name.ts';
import { DeliveryState } from './resources/webhook-delivery.ts';

/** Filters of the list of assets. */
export const AssetFilter = PageQuery.extend({
  projectId: idSchema('project').optional(),
  state: AssetState.optional(),
  name: nameSchema(200).optional().describe('Part of the name, whatever its case'),
});
/** Filters of the list of jobs. */
export const JobFilter = PageQuery.extend({
  state: JobState.optional(),
  kind: ShownJobKind.optional(),
  assetId: idSchema('asset').optional(),
  projectId: idSchema('project').optional(),
});
/** Filters of the list of renders. */
export const RenderFilter = PageQuery.extend({ assetId: idSchema('asset').optional(), state: JobState.optional() });
/** Filters of the list of deliveries of a webhook. */
export const DeliveryFilter = PageQuery.extend({
  state: DeliveryState.optional(),
  eventType: z.enum([...RECORDED_TYPES, 'webhook_test']).optional(),
});
