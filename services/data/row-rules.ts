import type { RowRules } from '#platform/database/row-security.ts';
import { AUDIT_TABLE } from './audit.ts';
import { IDEMPOTENCY_TABLE } from './idempotency.ts';

const column = 'organization_id';

/**
 * Whose the rows of each table are: those of the data service and of the bus. A test fails for a table that is not here.
 */
export const ROW_RULES: RowRules = {
  projects: { column },
  assets: { column },
  versions: { column },
  version_files: { parent: 'versions', foreignKey: 'version_id' },
  derivatives: { column },
  renders: { column },
  blobs: { shared: 'bytes that are the same are stored once for all; their hash is known only to who has them' },
  sequence_frames: { parent: 'jobs', foreignKey: 'job_id' },
  environments: { column },
  job_pictures: { parent: 'jobs', foreignKey: 'job_id' },
  validation_profiles: { column },
  recipe_states: { column },
  uploads: { column },
  upload_pieces: { parent: 'uploads', foreignKey: 'upload_id' },
  webhooks: { column },
  webhook_deliveries: { column },
  webhook_attempts: { parent: 'webhook_deliveries', foreignKey: 'delivery_id' },
  [IDEMPOTENCY_TABLE]: { column },
  [AUDIT_TABLE]: { column },
  batches: { column },
  batch_items: { parent: 'batches', foreignKey: 'batch_id' },
  storage_use: { column },
  usage_days: { column },
  shares: { column },
  test_organizations: { column },
  jobs: { column },
  outbox: { column },
  inbox: { system: 'what consumers have handled' },
};
