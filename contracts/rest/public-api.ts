import { API_KEY_OPERATIONS } from './operations/api-keys.ts';
import { ASSET_OPERATIONS } from './operations/assets.ts';
import { AUDIT_OPERATIONS } from './operations/audit-log.ts';
import { BATCH_OPERATIONS } from './operations/batches.ts';
import { DIRECT_UPLOAD_OPERATIONS } from './operations/direct-uploads.ts';
import { DOWNLOAD_OPERATIONS } from './operations/downloads.ts';
import { ENVIRONMENT_OPERATIONS } from './operations/environments.ts';
import { EVENT_OPERATIONS } from './operations/events.ts';
import { LINK_OPERATIONS } from './operations/links.ts';
import { OIDC_OPERATIONS } from './operations/oidc.ts';
import { ORGANIZATION_OPERATIONS } from './operations/organizations.ts';
import { PROJECT_MEMBER_OPERATIONS } from './operations/project-members.ts';
import { PROJECT_OPERATIONS } from './operations/projects.ts';
import { RECIPE_OPERATIONS } from './operations/recipes.ts';
import { RENDER_OPERATIONS } from './operations/renders.ts';
import { SERVICE_OPERATIONS } from './operations/service.ts';
import { SERVICE_ACCOUNT_OPERATIONS } from './operations/service-accounts.ts';
import { SIGN_IN_OPERATIONS } from './operations/sign-in.ts';
import { TOKEN_OPERATIONS } from './operations/tokens.ts';
import { UPLOAD_OPERATIONS } from './operations/uploads.ts';
import { USAGE_OPERATIONS } from './operations/usage.ts';
import { VALIDATION_PROFILE_OPERATIONS } from './operations/validation-profiles.ts';
import { WEBHOOK_OPERATIONS } from './operations/webhooks.ts';
import type { PublicEndpoints } from './public-endpoint.ts';

/**
 * The public API: every operation that the gateway serves, by operation id. The server, the OpenAPI document and the
 * check of scopes are made of this table.
 */
export const PUBLIC_API = {
  ...ASSET_OPERATIONS,
  ...UPLOAD_OPERATIONS,
  ...DIRECT_UPLOAD_OPERATIONS,
  ...LINK_OPERATIONS,
  ...DOWNLOAD_OPERATIONS,
  ...RECIPE_OPERATIONS,
  ...RENDER_OPERATIONS,
  ...ENVIRONMENT_OPERATIONS,
  ...VALIDATION_PROFILE_OPERATIONS,
  ...BATCH_OPERATIONS,
  ...USAGE_OPERATIONS,
  ...EVENT_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  ...PROJECT_OPERATIONS,
  ...PROJECT_MEMBER_OPERATIONS,
  ...SIGN_IN_OPERATIONS,
  ...ORGANIZATION_OPERATIONS,
  ...OIDC_OPERATIONS,
  ...TOKEN_OPERATIONS,
  ...SERVICE_ACCOUNT_OPERATIONS,
  ...API_KEY_OPERATIONS,
  ...AUDIT_OPERATIONS,
  ...SERVICE_OPERATIONS,
} as const satisfies PublicEndpoints;

export type PublicApi = typeof PUBLIC_API;
export type OperationId = keyof PublicApi;
