import type { ConnectRouter, ServiceImpl } from '@connectrpc/connect';
import { z } from 'zod';
import { RateService } from '#contracts/generated/rates_pb.js';
import type { AuthDeps } from '../auth-deps.ts';
import { countRequests } from '../rates/rate-counts.ts';
import { parse } from './requests.ts';
import { inScopes } from './scopes.ts';

/** More buckets than any gateway sends at once. */
const MOST = 10_000;

const CountRequests = z.object({
  counted: z
    .array(z.object({ bucket: z.string().min(1).max(300), milliseconds: z.number().positive().max(1e10) }))
    .max(MOST)
    .refine((counted) => new Set(counted.map(({ bucket }) => bucket)).size === counted.length, 'names a bucket twice'),
});

/** Registers the gRPC service of what all gateways together have let in. */
export function registerRates(router: ConnectRouter, { database }: AuthDeps): void {
  const handlers: ServiceImpl<typeof RateService> = {
    async countRequests(request) {
      const { counted } = parse(CountRequests, request);
      return { untilFull: await countRequests(database.kysely, counted) };
    },
  };
  router.service(RateService, inScopes(database, RateService, handlers));
}
