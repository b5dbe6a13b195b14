import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { asTenant } from '#platform/database/tenant-scope.ts';
import { testEngines } from '#test/databases.ts';
import { ROW_RULES } from './row-rules.ts';
import { openDataService, type TestDataService } from './testing/open-data-service.ts';

describe.each(await testEngines({ oneConnection: false }))('row-level security on $name', (engine) => {
  let data: TestDataService;
  const query = (statement: string) => sql.raw<{ count: number }>(statement).execute(data.deps.database.kysely);
  const count = async (table: string) => (await query(`select count(*)::int as count from ${table}`)).rows[0]?.count;

  beforeAll(async () => {
    data = await openDataService(engine, { alone: true });
    await data.uploadReady('owned');
    await data.api.createProject({ ...data.as(), body: { name: 'Ours' } });
  });
  afterAll(() => data?.close());

  it('has a rule for every table, and a policy for every table of organisations', async () => {
    const { rows } = await sql<{ name: string; secured: boolean }>`
      select relname as name, relrowsecurity as secured from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like '%\\_migrations%'`.execute(
      data.deps.database.kysely,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(ROW_RULES).sort());
    const wanted = Object.entries(ROW_RULES).filter(([, rule]) => 'column' in rule || 'parent' in rule);
    const secured = rows.filter((row) => row.secured).map(({ name }) => name);
    expect(secured.sort()).toEqual(wanted.map(([name]) => name).sort());
  });

  it('shows rows to their organisation alone, without any condition in the query', async () => {
    const stranger = newId('organization');
    for (const [table, rule] of Object.entries(ROW_RULES)) {
      if (!('column' in rule || 'parent' in rule)) continue;
      const [all, ours, theirs] = [
        await count(table),
        await asTenant(data.organization, () => count(table)),
        await asTenant(stranger, () => count(table)),
      ];
      expect([table, ours, theirs]).toEqual([table, all, 0]);
    }
    expect(await asTenant(data.organization, () => count('versions'))).toBe(1);
    expect(await asTenant(data.organization, () => count('version_files'))).toBe(1);
  });

  it('shows nothing to whoever forgets to say for whom', async () => {
    // What a connection would see that lost its setting and kept its role.
    const seen = await asTenant(data.organization, () =>
      data.deps.database.kysely.transaction().execute(async (trx) => {
        await sql`select set_config('maquette.organization', '', true)`.execute(trx);
        return (await sql<{ count: number }>`select count(*)::int as count from projects`.execute(trx)).rows[0]?.count;
      }),
    );
    expect(seen).toBe(0);
  });

  it('lets nobody write into another organisation, nor take a row out of it', async () => {
    const stranger = newId('organization');
    const insert = () =>
      query(`insert into projects (id, organization_id, name)
        values ('${newId('project')}', '${data.organization}', 'Planted')`);
    await expect(asTenant(stranger, insert)).rejects.toThrow(/row-level security/);
    const steal = () => query(`update projects set organization_id = '${stranger}'`);
    expect((await asTenant(stranger, steal)).numAffectedRows).toBe(0n);
    await expect(asTenant(data.organization, steal)).rejects.toThrow(/row-level security/);
    expect((await asTenant(stranger, () => query('delete from projects'))).numAffectedRows).toBe(0n);
  });

  it('keeps what is the server’s own from organisations', async () => {
    await expect(asTenant(data.organization, () => count('inbox'))).rejects.toThrow(/permission denied/);
    expect(await count('inbox')).toBeGreaterThan(0);
  });

  it('is left by whoever comes next on the connection', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await asTenant(newId('organization'), () => count('projects'))).toBe(0);
      expect(await count('projects')).toBe(2);
    }
  });

  it('has each change in the audit log, in its transaction', async () => {
    const made = await data.api.createProject({ ...data.as(), body: { name: 'Noted' } });
    const params = { projectId: made.id };
    await data.api.updateProject({ ...data.as(), params, body: { name: 'Renamed' } });
    const failing = data.api.updateProject({ ...data.as(), params, query: { ifRevision: 99 }, body: { name: 'X' } });
    await expect(failing).rejects.toMatchObject({ code: 'precondition_failed' });
    const { rows } = await sql<{ action: string; subject_id: string }>`
      select action, subject_id from data_audit_log where subject_id = ${made.id} order by id`.execute(
      data.deps.database.kysely,
    );
    expect(rows.map(({ action }) => action)).toEqual(['createProject', 'updateProject']);
  });
});
