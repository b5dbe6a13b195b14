import { sql } from 'kysely';
import type { Database, Trx } from './database.ts';

/**
 * The database as seen from inside of an open transaction: each transaction of the view is a savepoint of the open one,
 * so that several pieces of work become one transaction, and what one of them did is undone when it fails.
 */
export function nested<Tables>(database: Database<Tables>, trx: Trx<Tables>): Database<Tables> {
  return {
    ...database,
    kysely: trx,
    async transaction(work) {
      await sql`savepoint nested`.execute(trx);
      try {
        const result = await work(trx);
        await sql`release savepoint nested`.execute(trx);
        return result;
      } catch (error) {
        await sql`rollback to savepoint nested`.execute(trx);
        throw error;
      }
    },
  };
}
