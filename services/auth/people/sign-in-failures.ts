import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { tooManySignIns } from '../errors.ts';
import type { AuthDatabase, AuthReader } from '../tables.ts';

/** Wrong passwords that have no consequence. */
const FREE_FAILURES = 5;
const LONGEST_WAIT_SECONDS = 900;

/**
 * Counts an attempt to sign in before the password is looked at, so that many at once count as many. After five that
 * failed, each further one has to wait twice as long as the one before, up to 15 minutes; whether the account exists does
 * not matter. Limits by address are the gateway's.
 *
 * @throws MaquetteError `rate_limited`
 */
export async function countAttempt(database: AuthDatabase, email: string): Promise<void> {
  const wait = await database.transaction(async (trx) => {
    const { rows } = await sql<{ failures: number; seconds: number }>`
      select failures, extract(epoch from now() - last_at)::float8 as seconds from sign_in_failures
      where email_sha256 = ${keyOf(email)} for update`.execute(trx);
    const [known] = rows;
    const excess = (known?.failures ?? 0) - FREE_FAILURES;
    if (known && excess >= 0) {
      const left = Math.min(2 ** excess, LONGEST_WAIT_SECONDS) - known.seconds;
      if (left > 0) return Math.ceil(left);
    }
    await sql`
      insert into sign_in_failures as known (email_sha256, failures, last_at) values (${keyOf(email)}, 1, now())
      on conflict (email_sha256) do update set failures = known.failures + 1, last_at = now()`.execute(trx);
    return 0;
  });
  if (wait > 0) throw tooManySignIns(wait);
}

/** A right password: earlier wrong ones count no more. */
export async function forgetFailures(db: AuthReader, email: string): Promise<void> {
  await sql`delete from sign_in_failures where email_sha256 = ${keyOf(email)}`.execute(db);
}

/** Deletes counts that have had no consequence for a day. */
export async function pruneFailures(db: AuthReader): Promise<void> {
  await sql`delete from sign_in_failures where last_at < now() - interval '1 day'`.execute(db);
}

/** Addresses that nobody has an account with need not be kept in clear. */
function keyOf(email: string): string {
  return createHash('sha256').update(email.toLowerCase()).digest('hex');
}
