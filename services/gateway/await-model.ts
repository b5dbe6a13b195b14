import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { hasEnded } from '#contracts/rest/resources/job-end.ts';
import { notYet, processingFailed } from './errors.ts';
import type { Gateway, TenantHeaders } from './gateway.ts';

/** How long a request waits for work, from the moment on when it was made. */
export interface Patience {
  /** In all. */
  seconds: number;
  /** Seconds that are left of them. */
  left(): number;
  /** Aborts when nobody waits any more. */
  signal: AbortSignal;
}

export function patience(seconds: number, signal: AbortSignal): Patience {
  const until = Date.now() + seconds * 1000;
  return { seconds, left: () => Math.max(0, (until - Date.now()) / 1000), signal };
}

/**
 * Asks for what is made of an asset's model. One that was just uploaded will have it in a moment: then it waits for
 * that, and asks again.
 *
 * @param ask is refused with `conflict` while there is no model
 * @throws MaquetteError `unavailable` when the model takes longer, `conflict` when it cannot be processed
 */
export async function withModel<Made>(
  data: Gateway['data'],
  headers: TenantHeaders,
  asset: Asset,
  waiting: Patience,
  ask: () => Promise<Made>,
): Promise<Made> {
  try {
    return await ask();
  } catch (refused) {
    if (!(refused instanceof MaquetteError) || refused.code !== 'conflict') throw refused;
    if (asset.state === 'failed') throw processingFailed(asset.id, asset.error);
    if (asset.state === 'ready') throw refused;
  }
  const { seconds, left, signal } = waiting;
  const job = await data.getJob({ headers, params: { jobId: asset.job }, query: { wait: left() } }, { signal });
  if (!hasEnded(job)) throw notYet(`The model of ${asset.id}`, seconds);
  if (job.state !== 'succeeded') throw processingFailed(asset.id, job.error);
  if (asset.state === 'processing') return ask();
  // Its bytes are there now, and another job works on them.
  const arrived = await data.getAsset({ headers, params: { assetId: asset.id } });
  return withModel(data, headers, arrived, waiting, ask);
}
