import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { DataReader } from '../tables.ts';
import type { TestOrganizations } from '../test-mode/test-organizations.ts';

/** What an organisation may use; null: any amount. */
export interface Quota {
  /** Bytes of uploads and everything that was made of them. */
  storage: number | null;
  /** Seconds of workers for renders in a calendar month (UTC). */
  renderSeconds: number | null;
  /** Jobs that may wait. */
  queued: number | null;
  /** Jobs at work at once; more wait for these. */
  running: number | null;
}

/** What says how much somebody may use. */
export interface QuotaDeps {
  quotas: Quotas;
  testOrganizations: TestOrganizations;
}

/** Quotas as an operator sets them. */
export interface Quotas {
  /** Of an organisation without one of its own. */
  usual: Quota;
  /** What is different for the test sides of organisations. */
  test: Partial<Quota>;
  /** What is different for single organisations, or test sides. */
  of: Readonly<Record<OrganizationId, Partial<Quota>>>;
}

export const NO_QUOTAS: Quotas = {
  usual: { storage: null, renderSeconds: null, queued: null, running: null },
  test: {},
  of: {},
};

/** What one organisation, or the test side of one, may use. */
export async function quotaOf(
  db: DataReader,
  { quotas, testOrganizations }: QuotaDeps,
  organizationId: OrganizationId,
): Promise<Quota> {
  const { usual, test, of } = quotas;
  const tests = Object.keys(test).length > 0 && (await testOrganizations.has(organizationId, db));
  return { ...usual, ...(tests && test), ...of[organizationId] };
}
