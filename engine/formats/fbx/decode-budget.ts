import { formatBytes, modelTooLarge } from '../errors.ts';

/** Adds up what the arrays of a file take in memory, so that a small file cannot ask for a large amount of it. */
export class DecodeBudget {
  private used = 0;
  private readonly where: string;
  private readonly limit: number;

  /** @param limit bytes */
  constructor(where: string, limit: number) {
    this.where = where;
    this.limit = limit;
  }

  /** Call before allocating. @throws MaquetteError `model_too_large` */
  take(bytes: number): void {
    this.used += bytes;
    if (this.used <= this.limit) return;
    throw modelTooLarge(
      this.where,
      `The arrays of the file take more than ${formatBytes(this.limit)} of memory, which is the limit.`,
      'decodedBytes',
    );
  }
}
