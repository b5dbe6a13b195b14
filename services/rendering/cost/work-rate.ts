/** Weight of the newest measurement. */
const WEIGHT = 0.2;
/** A single measurement counts as at most so many times too slow or too fast. */
const FACTOR = 8;

/**
 * How long work takes on this machine, under its load, in proportion to what the constants of the estimate say. Starts
 * at 1 and follows what is measured.
 */
export class WorkRate {
  #factor = 1;

  get factor(): number {
    return this.#factor;
  }

  /** Takes in that what was estimated with a factor of 1 took so long, both in seconds. */
  measured(estimated: number, actual: number): void {
    if (!(estimated > 0) || !(actual > 0)) return;
    const ratio = Math.min(FACTOR, Math.max(1 / FACTOR, actual / estimated));
    this.#factor += (ratio - this.#factor) * WEIGHT;
  }
}
