import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { JobId } from '#contracts/ids/ids.ts';

/** A worker speaks for a lease that it does not hold any more. */
export function leaseLost(jobId: JobId, token: number, why: string): MaquetteError {
  return new MaquetteError('lease_lost', `Lease ${token} on job ${jobId} does not count any more: ${why}.`, {
    remedy: 'Throw the work away; whoever holds the newest lease does it, if it is still wanted.',
    where: jobId,
  });
}
