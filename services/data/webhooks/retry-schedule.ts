const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Pauses after the first failed attempt, the second and so on, as the Standard Webhooks specification proposes them. */
const PAUSES_MS = [
  5_000,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];
/** No answer can put a delivery off for longer. */
const LONGEST_MS = 24 * HOUR_MS;
/** A pause is longer or shorter by up to this share, so that what failed together does not come back together. */
const JITTER = 0.2;

/** Between two attempts in test mode, always. */
const TEST_PAUSE_MS = 1000;

/** Attempts of one delivery, over three days and a bit. */
export const MOST_ATTEMPTS = PAUSES_MS.length + 1;
/** An endpoint that nothing has reached for so long is switched off. */
export const FAILING_MS = 5 * 24 * HOUR_MS;

/**
 * The pause after a failed attempt, in milliseconds.
 *
 * @param attempt 1 after the first
 * @param retryAfterSeconds what the answer asked for: it is tried no earlier, within a day
 * @param random from 0 up to 1
 */
export function pauseAfter(attempt: number, retryAfterSeconds: number | null, random: number): number {
  const pause = (PAUSES_MS[attempt - 1] ?? LONGEST_MS) * (1 - JITTER + 2 * JITTER * random);
  return Math.max(pause, Math.min(LONGEST_MS, (retryAfterSeconds ?? 0) * 1000));
}

/** The same in test mode: a second, or what the answer asked for. */
export function pauseInTestMode(retryAfterSeconds: number | null): number {
  return Math.min(LONGEST_MS, Math.max(TEST_PAUSE_MS, (retryAfterSeconds ?? 0) * 1000));
}
