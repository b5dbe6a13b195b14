/**
 * A process for `open-pglite.test.ts`: opens the database in its first argument and says `open`. With `hold` it waits
 * to be ended. With `write` it inserts 1, 2, 3, ... in transactions of their own and prints each number once it is
 * committed, from the number in its third argument on.
 */
import { sql } from 'kysely';
import { openPglite } from './open-pglite.ts';

const [directory = '', what = 'hold', first = '1'] = process.argv.slice(2);
// Ends when the parent goes away, too.
process.stdin.resume().on('end', () => process.exit());
try {
  const database = await openPglite({ directory });
  process.stdout.write('open\n');
  if (what === 'write') {
    for (let value = Number(first); ; value++) {
      await database.transaction(async (trx) => {
        // Two tables, so that half a transaction would show.
        await sql`insert into written values (${value}, ${'x'.repeat(500)})`.execute(trx);
        await sql`insert into counted values (${value})`.execute(trx);
      });
      process.stdout.write(`${value}\n`);
    }
  }
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  process.stdout.write(`${JSON.stringify({ code, message })}\n`);
  process.exit(1);
}
