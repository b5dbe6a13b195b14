import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { RunningLimits } from '#platform/bus/job-leasing.ts';
import type { Config } from '#platform/config/definitions.ts';
import type { Quota, Quotas } from '#services/data/quotas/quotas.ts';
import { TEST_ORGANIZATIONS_TABLE } from '#services/data/test-mode/test-organizations.ts';

/** What organisations may use, as the settings say. */
export function quotasIn(config: Config): Quotas {
  const {
    quotaStorage: storage,
    quotaRenderSeconds: renderSeconds,
    quotaQueued: queued,
    quotaRunning: running,
  } = config;
  return { usual: { storage, renderSeconds, queued, running }, test: given(config.quotaTest), of: withoutGaps(config) };
}

/** How many jobs of an organisation may be at work at once; undefined when there is no limit for any. */
export function runningLimits(config: Config): RunningLimits | undefined {
  const own = Object.entries(withoutGaps(config)).flatMap(([id, { running }]) =>
    running === undefined ? [] : [[id as OrganizationId, running] as const],
  );
  const test = given(config.quotaTest).running;
  const limited =
    config.quotaRunning !== null || typeof test === 'number' || own.some(([, running]) => running !== null);
  // To tell a webhook takes a moment and no processor.
  if (!limited) return undefined;
  return {
    usual: config.quotaRunning,
    ...(test !== undefined && { listed: { table: TEST_ORGANIZATIONS_TABLE, limit: test } }),
    of: Object.fromEntries(own),
    exempt: ['webhook.deliver'],
  };
}

/** The settings of single organisations, without what they leave open. */
function withoutGaps({ organizationQuotas }: Config): Quotas['of'] {
  return Object.fromEntries(Object.entries(organizationQuotas).map(([id, quota]) => [id, given(quota)]));
}

function given(quota: Config['quotaTest']): Partial<Quota> {
  return Object.fromEntries(Object.entries(quota).filter(([, value]) => value !== undefined));
}
