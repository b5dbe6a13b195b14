import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** An idempotency key came with another request than the one it was first used for. */
export function keyConflict(before: string, now: string): MaquetteError {
  const what = before === now ? 'with other contents' : `for another operation (${before})`;
  return new MaquetteError('idempotency_key_conflict', `The Idempotency-Key was used before ${what}.`, {
    remedy: 'Use a new key for each new request, and the same one only to repeat a request as it was.',
  });
}

/** An answer that was kept under an idempotency key cannot be read with it. */
export function answerUnreadable(cause: unknown): MaquetteError {
  return new MaquetteError('internal', 'The answer that was kept under the Idempotency-Key cannot be read.', { cause });
}
