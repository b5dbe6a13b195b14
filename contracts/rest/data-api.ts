import { ASSET_DATA_OPERATIONS } from './data/assets.ts';
import { AUDIT_DATA_OPERATIONS } from './data/audit-log.ts';
import { DERIVATIVE_DATA_OPERATIONS } from './data/derivatives.ts';
import { DIRECT_UPLOAD_DATA_OPERATIONS } from './data/direct-uploads.ts';
import { ENVIRONMENT_DATA_OPERATIONS } from './data/environments.ts';
import { GENERATION_DATA_OPERATIONS } from './data/generation.ts';
import { JOB_PROGRESS_DATA_OPERATIONS } from './data/job-progress.ts';
import { JOB_DATA_OPERATIONS } from './data/jobs.ts';
import { PROJECT_DATA_OPERATIONS } from './data/projects.ts';
import { RENDER_DATA_OPERATIONS } from './data/renders.ts';
import { SHARE_DATA_OPERATIONS } from './data/shares.ts';
import { UPLOAD_DATA_OPERATIONS } from './data/uploads.ts';
import { VALIDATION_PROFILE_DATA_OPERATIONS } from './data/validation-profiles.ts';
import { WEBHOOK_DATA_OPERATIONS } from './data/webhooks.ts';
import type { Endpoints } from './endpoint.ts';

/** The data service's own REST API, which only the gateway calls. */
export const DATA_API = {
  ...PROJECT_DATA_OPERATIONS,
  ...ASSET_DATA_OPERATIONS,
  ...DERIVATIVE_DATA_OPERATIONS,
  ...RENDER_DATA_OPERATIONS,
  ...ENVIRONMENT_DATA_OPERATIONS,
  ...VALIDATION_PROFILE_DATA_OPERATIONS,
  ...JOB_PROGRESS_DATA_OPERATIONS,
  ...JOB_DATA_OPERATIONS,
  ...WEBHOOK_DATA_OPERATIONS,
  ...UPLOAD_DATA_OPERATIONS,
  ...DIRECT_UPLOAD_DATA_OPERATIONS,
  ...SHARE_DATA_OPERATIONS,
  ...AUDIT_DATA_OPERATIONS,
  ...GENERATION_DATA_OPERATIONS,
} as const satisfies Endpoints;
