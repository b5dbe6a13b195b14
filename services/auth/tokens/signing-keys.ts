import { sql } from 'kysely';
import type { Sealer } from '#platform/secrets/sealer.ts';
import type { AuthDatabase, AuthReader, AuthTrx } from '../tables.ts';

/** A key signs for this long; then a new one does. */
const SIGNS_DAYS = 30;
/** It is published for so much longer: tokens that it signed live on, and gateways fetch keys only now and then. */
const OVERLAP_DAYS = 1;

/** A key of this server. */
export interface SigningKey {
  kid: string;
  /** The public part as a JSON Web Key (RFC 8037). */
  jwk: Record<string, unknown>;
  /** The private part, PKCS #8 in PEM. */
  privatePem: string;
}

/** The public parts of all keys whose tokens may be about, newest first, as a JSON Web Key Set. */
export async function publicKeys(db: AuthReader): Promise<{ keys: Record<string, unknown>[] }> {
  const rows = await db.selectFrom('signing_keys').select(['kid', 'jwk']).orderBy('created_at', 'desc').execute();
  return { keys: rows.map(({ kid, jwk }) => ({ ...jwk, kid, alg: 'EdDSA', use: 'sig' })) };
}

/** The key that signs now; made when there is none, or the last one has signed for long enough. */
export async function currentKey(database: AuthDatabase, sealer: Sealer): Promise<SigningKey> {
  const found = await newest(database.kysely, sealer);
  if (found) return found;
  return database.transaction(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('maquette signing key', 0))`.execute(trx);
    return (await newest(trx, sealer)) ?? makeKey(trx, sealer);
  });
}

/** Deletes keys whose last tokens are over. */
export async function pruneKeys(db: AuthReader): Promise<void> {
  const days = SIGNS_DAYS + OVERLAP_DAYS;
  await sql`delete from signing_keys where created_at < now() - make_interval(days => ${days})`.execute(db);
}

async function newest(db: AuthReader, sealer: Sealer): Promise<SigningKey | undefined> {
  const row = await db
    .selectFrom('signing_keys')
    .selectAll()
    .where('created_at', '>', sql<Date>`now() - make_interval(days => ${SIGNS_DAYS})`)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { kid: row.kid, jwk: row.jwk, privatePem: sealer.open(row.sealed_key, row.kid) };
}

async function makeKey(trx: AuthTrx, sealer: Sealer): Promise<SigningKey> {
  const { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair } = await import('jose');
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)) };
  const kid = await calculateJwkThumbprint(jwk);
  const privatePem = await exportPKCS8(pair.privateKey);
  await trx
    .insertInto('signing_keys')
    .values({ kid, jwk: JSON.stringify(jwk), sealed_key: sealer.seal(privatePem, kid) })
    .execute();
  return { kid, jwk, privatePem };
}
