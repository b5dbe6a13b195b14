import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { currentContext } from '#platform/telemetry/context.ts';
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
 * From where a person has been signed in before, attempts have a count of their own: somebody elsewhere who sends wrong
 * passwords all the time must not keep them out.
 *
 * @returns under which the attempt was counted
 * @throws MaquetteError `rate_limited`
 */
export async function countAttempt(database: AuthDatabase, email: string): Promise<string> {
  const counter = await counterOf(database.kysely, email);
  const wait = await database.transaction(async (trx) => {
    // There before it is locked: of a row that is not, nobody would wait for anybody.
    await sql`
      insert into sign_in_failures (email_sha256, failures, last_at) values (${counter}, 0, now())
      on conflict (email_sha256) do nothing`.execute(trx);
    const { rows } = await sql<{ failures: number; seconds: number }>`
      select failures, extract(epoch from now() - last_at)::float8 as seconds from sign_in_failures
      where email_sha256 = ${counter} for update`.execute(trx);
    const { failures, seconds } = rows[0] ?? { failures: 0, seconds: 0 };
    const excess = failures - FREE_FAILURES;
    if (excess >= 0) {
      const left = Math.min(2 ** excess, LONGEST_WAIT_SECONDS) - seconds;
      if (left > 0) return Math.ceil(left);
    }
    await sql`
      update sign_in_failures set failures = failures + 1, last_at = now()
      where email_sha256 = ${counter}`.execute(trx);
    return 0;
  });
  if (wait > 0) throw tooManySignIns(wait);
  return counter;
}

/** A right password: earlier wrong ones count no more. @param counter of `countAttempt` */
export async function forgetFailures(db: AuthReader, counter: string): Promise<void> {
  await sql`delete from sign_in_failures where email_sha256 = ${counter}`.execute(db);
}

/** Deletes counts that have had no consequence for a day. */
export async function pruneFailures(db: AuthReader): Promise<void> {
  await sql`delete from sign_in_failures where last_at < now() - interval '1 day'`.execute(db);
}

/** The count of an address, or of it and the place where its person asks from, if they have been signed in there. */
async function counterOf(db: AuthReader, email: string): Promise<string> {
  const place = currentContext()?.caller?.address ?? null;
  const { rows } = await sql<{ known: boolean }>`
    select exists (
      select from users inner join sessions on sessions.user_id = users.id
      where lower(users.email) = ${email.toLowerCase()} and sessions.address = ${place}
    ) as known`.execute(db);
  // Addresses that nobody has an account with need not be kept in clear.
  const parts = rows[0]?.known ? [email.toLowerCase(), place] : [email.toLowerCase()];
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}
