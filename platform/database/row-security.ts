import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import { tenantRoleMissing } from './errors.ts';
import { TENANT_ROLE, TENANT_SETTING } from './tenant-scope.ts';

/** How the rows of a table belong to organisations. */
export type RowRule =
  /** By a column of its own; `or` is a second one, where a row may belong by either. */
  | { column: string; or?: string }
  /** With the row of another table: `foreignKey` holds that one's id. */
  | { parent: string; foreignKey: string }
  /**
   * To several, by the rows of another table, whose `foreignKey` holds this one's id. Each may see it; none may change what
   * is the others' too.
   */
  | { members: string; foreignKey: string }
  /** Not at all; for the reason given. Queries of organisations may use it. */
  | { shared: string }
  /** Not at all, and queries of organisations have no business there. */
  | { system: string };

/** The rule of every table of an owner. */
export type RowRules = Readonly<Record<string, RowRule>>;

const POLICY = 'of_organization';

/**
 * Lays row-level security under the tables of an owner (PostgreSQL, "Row Security Policies"): whoever works in the name of
 * an organisation, by `TENANT_ROLE`, sees and changes rows of that organisation alone. Changes nothing where all is as it
 * should be. The server's own work runs as the owner of the tables, whom policies do not concern.
 *
 * @throws MaquetteError `storage_failed` when the role is not there and may not be made
 */
export async function secureRows(database: Database<unknown>, rules: RowRules): Promise<void> {
  if ((await unsecured(database.kysely, rules)).length === 0) return;
  await database.transaction(async (trx) => {
    // Services that start at once grant one after another: two at a time would be an error.
    await sql`select pg_advisory_xact_lock(hashtextextended('maquette row security', 0))`.execute(trx);
    await makeRole(trx);
    for (const table of await unsecured(trx, rules)) await secure(trx, table, rules[table] as RowRule);
  });
}

/** Tables of the rules whose policy or grant is not there yet. */
async function unsecured(db: Kysely<unknown>, rules: RowRules): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'
      and (relrowsecurity or exists (
        select from information_schema.role_table_grants
        where table_schema = 'public' and table_name = relname and grantee = ${TENANT_ROLE}))`.execute(db);
  const done = new Set(rows.map(({ name }) => name));
  return Object.keys(rules).filter((table) => !done.has(table) && !('system' in (rules[table] as RowRule)));
}

async function secure(db: Kysely<unknown>, name: string, rule: RowRule): Promise<void> {
  const table = sql.table(name);
  const role = sql.ref(TENANT_ROLE);
  const condition = conditionOf(name, rule);
  if (condition) {
    await sql`alter table ${table} enable row level security`.execute(db);
    await sql`create policy ${sql.ref(POLICY)} on ${table} to ${role} using (${condition}) with check (${condition})`.execute(
      db,
    );
  }
  const may = 'members' in rule ? sql`select` : sql`select, insert, update, delete`;
  await sql`grant ${may} on ${table} to ${role}`.execute(db);
}

function conditionOf(name: string, rule: RowRule) {
  // As a sub-select it is computed once for a query, not for each row.
  const here = sql`(select current_setting(${sql.lit(TENANT_SETTING)}, true))`;
  if ('column' in rule) {
    const own = sql`${sql.ref(rule.column)} = ${here}`;
    return rule.or === undefined ? own : sql`(${own} or ${sql.ref(rule.or)} = ${here})`;
  }
  if ('members' in rule) {
    // That table's own policy hides what is of others.
    return sql`exists (select from ${sql.table(rule.members)} as member where ${sql.ref(`member.${rule.foreignKey}`)} = ${sql.ref(`${name}.id`)})`;
  }
  if ('parent' in rule) {
    // The parent's own policy hides what is of others.
    return sql`exists (select from ${sql.table(rule.parent)} as parent where parent.id = ${sql.ref(`${name}.${rule.foreignKey}`)})`;
  }
  return undefined;
}

/** Roles belong to the whole server: another database of it may have made it already, or be about to. */
async function makeRole(db: Kysely<unknown>): Promise<void> {
  const role = TENANT_ROLE;
  try {
    await sql
      .raw(
        `do $$ begin
          if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
        exception when duplicate_object or unique_violation then null; end $$`,
      )
      .execute(db);
    await sql.raw(`grant usage on schema public to ${role}`).execute(db);
    await sql.raw(`grant usage on all sequences in schema public to ${role}`).execute(db);
    const { rows } = await sql<{ may: boolean }>`
      select pg_has_role(current_user, ${role}, 'member') as may`.execute(db);
    if (!rows[0]?.may) await sql.raw(`grant ${role} to current_user`).execute(db);
  } catch (cause) {
    throw tenantRoleMissing(role, cause);
  }
}
