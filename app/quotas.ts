import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { RunningLimits } from '#platform/bus/job-leasing.ts';
import type { Config } from '#platform/config/definitions.ts';
import type { Quotas } from '#services/data/quotas/quotas.ts';

/** What organisations may use, as the settings say. */
export function quotasIn(config: Config): Quotas {
  const {
    quotaStorage: storage,
    quotaRenderSeconds: renderSeconds,
    quotaQueued: queued,
    quotaRunning: running,
  } = config;
  return { usual: { storage, renderSeconds, queued, running }, of: withoutGaps(config) };
}

/** How many jobs of an organisation may be at work at once; undefined when there is no limit for any. */
export function runningLimits(config: Config): RunningLimits | undefined {
  const own = Object.entries(withoutGaps(config)).flatMap(([id, { running }]) =>
    running === undefined ? [] : [[id as OrganizationId, running] as const],
  );
  const limited = config.quotaRunning !== null || own.some(([, running]) => running !== null);
  // To tell a webhook takes a moment and no processor.
  return limited ? { usual: config.quotaRunning, of: Object.fromEntries(own), exempt: ['webhook.deliver'] } : undefined;
}

/** The settings of single organisations, without what they leave open. */
function withoutGaps({ organizationQuotas }: Config): Quotas['of'] {
  return Object.fromEntries(
    Object.entries(organizationQuotas).map(([id, quota]) => [
      id,
      Object.fromEntries(Object.entries(quota).filter(([, value]) => value !== undefined)),
    ]),
  );
}
