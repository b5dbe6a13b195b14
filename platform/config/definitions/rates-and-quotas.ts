import { z } from 'zod';
import { idSchema } from '#contracts/ids/ids.ts';
import type { Definition } from '../definition.ts';
import { json, OrganizationQuota, optionalCount, rate, size } from '../setting-schemas.ts';

/** What one client or organisation may ask for. */
export const RATES_AND_QUOTAS = {
  quotaStorage: {
    schema: z.union([z.literal('off').transform(() => null), size]),
    default: 'off',
    group: 'Rates and quotas',
    description: 'Bytes that one organisation may store, uploads and what was made of them; `off`: any number.',
  },
  quotaRenderSeconds: {
    schema: optionalCount,
    default: 'off',
    group: 'Rates and quotas',
    description: 'Seconds of workers that one organisation may use for renders in a month; `off`: any number.',
  },
  quotaQueued: {
    schema: optionalCount,
    default: 'off',
    group: 'Rates and quotas',
    description: 'Jobs of one organisation that may wait; `off`: any number.',
  },
  quotaRunning: {
    schema: optionalCount,
    default: 'off',
    group: 'Rates and quotas',
    description:
      'Jobs of one organisation that are at work at once; `off`: any number. Without it, too, organisations take turns.',
  },
  quotaTest: {
    schema: json.pipe(OrganizationQuota),
    default: '{}',
    group: 'Rates and quotas',
    description:
      'What is different for the test sides of organisations, each of which is counted by itself: a JSON object such as `{"storage":1e9,"renderSeconds":600,"queued":100,"running":1}`; null: any number.',
  },
  organizationQuotas: {
    schema: json.pipe(z.record(idSchema('organization'), OrganizationQuota)),
    default: '{}',
    group: 'Rates and quotas',
    description:
      'What is different for single organisations, or their test sides: a JSON object by their ids, such as `{"org_…":{"storage":1e12,"running":8}}`, with `storage` (bytes), `renderSeconds`, `queued` and `running`; null: any number.',
  },
  rateRead: {
    schema: rate,
    default: '12000/min',
    group: 'Rates and quotas',
    description:
      'Requests of one API key that read; `off`: no limit. Gateways count together: each hears within a second, or when a tenth of a quota is used, what the others have let in.',
  },
  rateWrite: {
    schema: rate,
    default: '3000/min',
    group: 'Rates and quotas',
    description: 'Requests of one API key that change something.',
  },
  rateWork: {
    schema: rate,
    default: '1200/min',
    group: 'Rates and quotas',
    description: 'Requests of one API key that start long work: uploads, renders, recipes.',
  },
  rateFailures: {
    schema: rate,
    default: '120/min',
    group: 'Rates and quotas',
    description:
      'Requests from one address without a valid API key, after which no further key from there is looked at for a while.',
  },
  rateAddress: {
    schema: rate,
    default: '30000/min',
    group: 'Rates and quotas',
    description: 'Requests from one address, whoever asks; `off`: no limit.',
  },
} as const satisfies Record<string, Definition>;
