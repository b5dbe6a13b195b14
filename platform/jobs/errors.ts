import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** The payload is not of the job's kind: another version queued it. */
export function jobPayloadInvalid(kind: string, cause?: unknown): MaquetteError {
  return new MaquetteError('internal', `the payload of a ${kind} job cannot be read`, {
    remedy: 'Run the same version of Maquette in every process.',
    cause,
  });
}

/** Another worker has the job, or nobody may have it any more. */
export function leaseLost(jobId: string): MaquetteError {
  return new MaquetteError('lease_lost', `the lease on job ${jobId} was lost`);
}

/** Nobody wants the job's result any more. */
export function jobCanceled(jobId: string): MaquetteError {
  return new MaquetteError('canceled', `job ${jobId} was canceled`);
}

/** The worker shuts down; the job goes to another. */
export function workerStopping(): MaquetteError {
  return new MaquetteError('unavailable', 'the worker is shutting down');
}
