/** Rows that one INSERT carries: PostgreSQL takes no more than 65,535 parameters, and no row here needs 20. */
const BATCH_ROWS = 1000;

/** Rows in groups that fit one statement each. */
export function* batches<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += BATCH_ROWS) yield rows.slice(start, start + BATCH_ROWS);
}
