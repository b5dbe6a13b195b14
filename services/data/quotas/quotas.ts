import type { OrganizationId } from '#contracts/ids/ids.ts';

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

/** Quotas as an operator sets them. */
export interface Quotas {
  /** Of an organisation without one of its own. */
  usual: Quota;
  /** What is different for single organisations. */
  of: Readonly<Record<OrganizationId, Partial<Quota>>>;
}

export const NO_QUOTAS: Quotas = { usual: { storage: null, renderSeconds: null, queued: null, running: null }, of: {} };

/** What one organisation may use. */
export function quotaOf({ usual, of }: Quotas, organizationId: OrganizationId): Quota {
  return { ...usual, ...of[organizationId] };
}
