import { randomUUID } from 'node:crypto';

/** Begins as a query does, and says nowhere that it changes or locks anything. */
const READS_ONLY = /^\s*select\b(?!.*\b(?:insert|update|delete|merge|truncate|into|call)\b)/is;

/**
 * Counts what may have changed a database that this process alone uses: every statement that is not a plain query, the
 * end of each transaction among them. A query that changes something by a function that it calls is not noticed by itself:
 * the project's own functions that do so are called by triggers alone.
 */
export class ChangeCount {
  /** Of this opening of the database: another process's count would begin anew. */
  readonly #opened = randomUUID();
  #changes = 0;

  /** Notes that a statement has ended, well or not. @param statement SQL, values left out */
  note(statement: string): void {
    if (!READS_ONLY.test(statement)) this.#changes++;
  }

  /** Another after each change. */
  generation(): string {
    return `${this.#opened}.${this.#changes}`;
  }
}
