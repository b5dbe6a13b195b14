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
  state: AssetState.optional().describe('Only those in this state'),
  name: nameSchema(200).optional().describe('Part of the name, whatever its case'),
});
/** Filters of the list of jobs. */
export const JobFilter = PageQuery.extend({
  state: JobState.optional().describe('Only those in this state'),
  kind: ShownJobKind.optional().describe('Only those of this kind'),
  assetId: idSchema('asset').optional(),
  projectId: idSchema('project').optional(),
});
/** Filters of the lists of batches and webhooks. */
export const ProjectFilter = PageQuery.extend({ projectId: idSchema('project').optional() });
/** Filters of the list of renders. */
export const RenderFilter = PageQuery.extend({
  assetId: idSchema('asset').optional(),
  state: JobState.optional().describe('Only those in this state'),
});
/** Filters of the list of deliveries of a webhook. */
export const DeliveryFilter = PageQuery.extend({
  state: DeliveryState.optional().describe('Only those in this state'),
  eventType: z
    .enum([...RECORDED_TYPES, 'webhook_test'])
    .optional()
    .describe('Only those of events of this type'),
});
/** What is compared with a column: a database takes no NUL, and nothing that is there has any other control character. */
const compared = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^\P{Cc}*$/u, 'has control characters')
    .optional();
/** Filters of the audit log. */
export const AuditFilter = PageQuery.extend({
  action: compared(100).describe('Operation id, such as `deleteAsset`, or `signIn`'),
  actorId: compared(100).describe('Id of the user, service account or key that did it'),
  subjectId: compared(200).describe('Id of what it was done to'),
  since: z.iso.datetime({ offset: true }).optional().describe('Entries of that time and later'),
  until: z.iso.datetime({ offset: true }).optional().describe('Entries before that time'),
});
