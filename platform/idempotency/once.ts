import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { canonicalJson } from '#contracts/canonical-json.ts';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import { IDEMPOTENCY_HOURS } from '#contracts/rest/idempotency.ts';
import type { Database, Trx } from '../database/database.ts';
import { currentContext } from '../telemetry/context.ts';
import { keyConflict } from './errors.ts';

/** A request that shall have its effect once, however often it comes. */
export interface OnceRequest {
  organizationId: OrganizationId;
  /** Chosen by the client; undefined: each request has its effect. */
  key: string | undefined;
  /** Operation id. */
  operation: string;
  /** What the request asks for, compared by value. */
  content: unknown;
}

/** How answers are written down. */
export interface AnswerForm {
  /** Whether answers hold secrets, which are told again to none but who was told them first. */
  secret: boolean;
  write(answer: unknown, key: string): string;
  /** @throws MaquetteError when it cannot be read */
  read(text: string, key: string): unknown;
}

/** As JSON, readable by whoever can read the database. */
export const PLAIN: AnswerForm = {
  secret: false,
  write: (answer) => JSON.stringify(answer),
  read: (text) => JSON.parse(text),
};

/** Makes the table of an owner's idempotency keys. */
export async function createIdempotencyTable(db: Kysely<unknown>, table: string): Promise<void> {
  await sql`
    create table ${sql.table(table)} (
      organization_id text collate "C" not null,
      key_sha256 text collate "C" not null,
      operation text not null,
      request_sha256 text collate "C" not null,
      answer text,
      created_at timestamptz not null default now(),
      primary key (organization_id, key_sha256)
    )`.execute(db);
  await sql`create index on ${sql.table(table)} (created_at)`.execute(db);
}

/**
 * The same database, in which the effect of a request happens once: the transaction that has the effect also writes down
 * the key and the answer, and a later one with the key is answered with what is written there. Two at the same moment
 * take turns on the key's row. What fails leaves the key free, and so does a transaction whose answer is undefined: that
 * means that nothing was done.
 *
 * The work that is given the database has its effect in one transaction, whose result is its answer as JSON.
 * (After the IETF draft "The Idempotency-Key HTTP Header Field".)
 *
 * @param table made by `createIdempotencyTable`
 * @throws MaquetteError (in `transaction`) `idempotency_key_conflict` when the key was used for something else
 */
export function once<Tables>(
  database: Database<Tables>,
  table: string,
  request: OnceRequest,
  form: AnswerForm = PLAIN,
): Database<Tables> {
  const { key } = request;
  if (key === undefined) return database;
  const asker = form.secret ? [currentContext()?.caller?.id ?? null] : [];
  const row = {
    organizationId: request.organizationId,
    key: sha256(key),
    operation: request.operation,
    request: sha256(canonicalJson([request.operation, request.content, ...asker])),
  };
  return {
    ...database,
    transaction: (work) =>
      database.transaction(async (trx) => {
        const answered = await claim(trx, table, row);
        if (answered !== undefined) return form.read(answered, key) as Awaited<ReturnType<typeof work>>;
        const answer = await work(trx);
        await writeDown(trx, table, row, answer === undefined ? undefined : form.write(answer, key));
        return answer;
      }),
  };
}

/** Deletes the keys that no longer count. */
export async function forgetKeys<Tables>(db: Kysely<Tables>, table: string): Promise<void> {
  await sql`delete from ${sql.table(table)} where created_at < ${oldest()}`.execute(db);
}

interface KeyRow {
  organizationId: OrganizationId;
  key: string;
  operation: string;
  request: string;
}

/** Takes the key, waiting for whoever has it just now. @returns the answer that was given under it */
async function claim<Tables>(trx: Trx<Tables>, table: string, row: KeyRow): Promise<string | undefined> {
  const { rows: taken } = await sql`
    insert into ${sql.table(table)} as known (organization_id, key_sha256, operation, request_sha256)
    values (${row.organizationId}, ${row.key}, ${row.operation}, ${row.request})
    on conflict (organization_id, key_sha256) do update
      set operation = excluded.operation, request_sha256 = excluded.request_sha256, answer = null, created_at = now()
      where known.created_at < ${oldest()}
    returning 1`.execute(trx);
  if (taken.length > 0) return undefined;
  const { rows } = await sql<{ operation: string; request_sha256: string; answer: string }>`
    select operation, request_sha256, answer from ${sql.table(table)}
    where organization_id = ${row.organizationId} and key_sha256 = ${row.key}`.execute(trx);
  const [known] = rows;
  // Deleted in between, as old: the next attempt finds it free.
  if (known === undefined) return claim(trx, table, row);
  if (known.request_sha256 !== row.request) throw keyConflict(known.operation, row.operation);
  return known.answer;
}

async function writeDown<Tables>(trx: Trx<Tables>, table: string, row: KeyRow, answer: string | undefined) {
  const here = sql`organization_id = ${row.organizationId} and key_sha256 = ${row.key}`;
  if (answer === undefined) await sql`delete from ${sql.table(table)} where ${here}`.execute(trx);
  else await sql`update ${sql.table(table)} set answer = ${answer} where ${here}`.execute(trx);
}

function oldest() {
  return sql`now() - make_interval(hours => ${IDEMPOTENCY_HOURS})`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
