import type { RowRules } from '#platform/database/row-security.ts';
import { AUDIT_TABLE, IDEMPOTENCY_TABLE } from './tables.ts';

const column = 'organization_id';

/** Whose the rows of each table of the auth service are. A test fails for a table that is not here. */
export const AUTH_ROW_RULES: RowRules = {
  organizations: { column: 'id', or: 'test_of' },
  allowed_origins: { column },
  memberships: { column },
  project_memberships: { column },
  invitations: { column },
  service_accounts: { column },
  api_keys: { column },
  sessions: { column },
  [IDEMPOTENCY_TABLE]: { column },
  [AUDIT_TABLE]: { column },
  users: { members: 'memberships', foreignKey: 'user_id' },
  revocations: { shared: 'ids of what has ended, which say nothing of it; gateways read those of all organisations' },
  identities: { system: 'whom people are at OpenID providers: looked up before it is known who asks' },
  password_resets: { system: 'of people, who may be in several organisations' },
  sign_in_failures: { system: 'by addresses, of which most belong to nobody' },
  signing_keys: { system: 'the server’s own, sealed' },
  rate_counts: { system: 'what gateways have let in, by what they call their clients' },
};
