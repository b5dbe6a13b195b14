/** Seconds until the first picture in the making, and fewest between two of them. */
const LEAST_SECONDS = 1;

/**
 * When a picture in the making is worth showing: after 1, 2, 4, 8 … seconds. Noise falls with the root of the time, so
 * each shows about as much more than the one before.
 */
export class PictureTimes {
  readonly #now: () => number;
  readonly #startedAt: number;
  #next = LEAST_SECONDS;

  /** @param now milliseconds, from any beginning */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startedAt = now();
  }

  /** Whether one is due; the time until the next begins to run if so. */
  due(): boolean {
    const seconds = (this.#now() - this.#startedAt) / 1000;
    if (seconds < this.#next) return false;
    this.#next = Math.max(seconds * 2, seconds + LEAST_SECONDS);
    return true;
  }
}
