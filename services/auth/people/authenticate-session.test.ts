import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrganizationId, UserId } from '#contracts/ids/ids.ts';
import { type OpenedDatabase, testEngines } from '#test/databases.ts';
import { AUTH_DEFAULTS } from '../auth-deps.ts';
import { bootstrap } from '../bootstrap.ts';
import { AUDIT_TABLE, type AuthDatabase, type AuthSchema } from '../tables.ts';
import { authenticateSession } from './authenticate-session.ts';
import { startSession } from './sessions.ts';

const MINUTE = 60_000;
const [engine] = await testEngines({ oneConnection: false });

describe('the token of a session', () => {
  let opened: OpenedDatabase;
  let database: AuthDatabase;
  let organizationId: OrganizationId;
  let userId: UserId;

  beforeAll(async () => {
    opened = await engine!.openMigrated();
    database = opened.database.as<AuthSchema>();
    const logger = pino({ enabled: false });
    ({ organizationId } = await bootstrap(database, logger, { organizationName: 'Workshop', apiKey: undefined }));
    const owner = await database.kysely.selectFrom('users').select('id').executeTakeFirstOrThrow();
    userId = owner.id;
  });
  afterAll(() => opened?.close());

  const start = () =>
    database.transaction((trx) => startSession(trx, { userId, organizationId, userAgent: 'a test', how: 'test' }));
  const use = (token: string, inMinutes: number, rotate = true) =>
    authenticateSession(database, AUTH_DEFAULTS.session, token, rotate, Date.now() + inMinutes * MINUTE);
  const SIGNED_OUT = { code: 'unauthenticated' };

  it('stays for a quarter of an hour, and is then exchanged where a new one can be handed on', async () => {
    const { token, sessionId } = await start();
    expect(await use(token, 14)).toMatchObject({ sessionId, newToken: undefined });
    expect(await use(token, 16, false)).toMatchObject({ sessionId, newToken: undefined });
    const { newToken } = await use(token, 16);
    expect(newToken).toMatch(/^mqs_/);
    expect(await use(newToken!, 0)).toMatchObject({ sessionId, newToken: undefined });
  });

  it('is exchanged once, however many requests come at the moment', async () => {
    const { token } = await start();
    const answers = await Promise.all(Array.from({ length: 6 }, () => use(token, 16)));
    expect(answers.filter(({ newToken }) => newToken !== undefined)).toHaveLength(1);
  });

  it('counts for a minute more: requests that were on their way bear it', async () => {
    const { token, sessionId } = await start();
    await use(token, 16);
    expect(await use(token, 0)).toMatchObject({ sessionId });
  });

  it('is exchanged again when its successor was lost on the way, which then counts no more', async () => {
    const { token, sessionId } = await start();
    const { newToken: lost } = await use(token, 16);
    expect(await use(token, 5, false)).toMatchObject({ sessionId, newToken: undefined });
    const { newToken } = await use(token, 5);
    expect(newToken).toMatch(/^mqs_/);
    expect(await use(token, 0)).toMatchObject({ sessionId, newToken: undefined });
    expect(await use(newToken!, 0)).toMatchObject({ sessionId, newToken: undefined });
    // It was not lost after all: two have come by the session.
    await expect(use(lost!, 0)).rejects.toMatchObject(SIGNED_OUT);
    await expect(use(newToken!, 0)).rejects.toMatchObject(SIGNED_OUT);
  });

  it('ends the session when it is used long after its successor has come, as only a thief would', async () => {
    const { token, sessionId } = await start();
    const { newToken } = await use(token, 16);
    await use(newToken!, 0);
    await expect(use(token, 5)).rejects.toMatchObject(SIGNED_OUT);
    await expect(use(newToken!, 0)).rejects.toMatchObject(SIGNED_OUT);
    const { rows: told } = await sql`
      select action, outcome from ${sql.table(AUDIT_TABLE)} where subject_id = ${sessionId}
      order by id desc limit 1`.execute(database.kysely);
    expect(told).toEqual([{ action: 'reuseSessionToken', outcome: 'refused' }]);
  });
});
