import { type Kysely, sql } from 'kysely';

/** Work that was asked for with one request. No key refers to a job, which may be pruned. */
export async function addBatches(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table batches (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index batches_by_organization on batches (organization_id, id desc)`.execute(db);
  await sql`
    create table batch_items (
      batch_id text collate "C" not null references batches (id) on delete cascade,
      ordinal integer not null,
      job_id text collate "C",
      began boolean not null,
      render_id text collate "C",
      error json,
      primary key (batch_id, ordinal),
      check ((job_id is null) = (error is not null))
    )`.execute(db);
}

/** The project that a batch named. It stays named when the project goes. */
export async function addBatchProjects(db: Kysely<unknown>): Promise<void> {
  await sql`alter table batches add column project_id text collate "C"`.execute(db);
}

/**
 * What organisations use. What is stored is counted by triggers of the tables that refer to blobs, in the transaction of
 * the change, so that no way to make or delete something passes the count by: each statement adds or takes its sum once.
 */
export async function addUsage(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table storage_use (
      organization_id text collate "C" primary key,
      bytes bigint not null
    )`.execute(db);
  await sql`
    create table usage_days (
      organization_id text collate "C" not null,
      day date not null,
      render_seconds double precision not null default 0,
      work_seconds double precision not null default 0,
      jobs integer not null default 0,
      uploaded_bytes bigint not null default 0,
      storage_bytes bigint not null default 0,
      primary key (organization_id, day)
    )`.execute(db);
  await sql`
    create function use_storage(organization text, change bigint, uploaded bigint) returns void language sql as $$
      with used as (
        insert into storage_use as before (organization_id, bytes) values (organization, change)
        on conflict (organization_id) do update set bytes = before.bytes + excluded.bytes
        returning bytes
      )
      insert into usage_days as today (organization_id, day, uploaded_bytes, storage_bytes)
      select organization, (now() at time zone 'utc')::date, uploaded, used.bytes from used
      on conflict (organization_id, day) do update set
        uploaded_bytes = today.uploaded_bytes + excluded.uploaded_bytes,
        storage_bytes = greatest(today.storage_bytes, excluded.storage_bytes)
    $$`.execute(db);
  await sql`
    create function count_storage() returns trigger language plpgsql as $$
    declare direction integer := case tg_op when 'DELETE' then -1 else 1 end;
    begin
      perform use_storage(organization_id, direction * bytes, greatest(0, direction * uploads)) from (
        select organization_id, sum(bytes)::bigint as bytes,
          case when tg_argv[0] = 'upload' then sum(bytes)::bigint else 0 end as uploads
        from changed_rows group by organization_id having sum(bytes) <> 0 order by organization_id
      ) as sums;
      return null;
    end $$`.execute(db);
  await sql`
    create function count_changed_storage() returns trigger language plpgsql as $$
    begin
      perform use_storage(organization_id, bytes, greatest(0, bytes)) from (
        select now_rows.organization_id, sum(now_rows.bytes - old_rows.bytes)::bigint as bytes
        from now_rows join old_rows on old_rows.id = now_rows.id where now_rows.bytes <> old_rows.bytes
        group by now_rows.organization_id order by now_rows.organization_id
      ) as sums;
      return null;
    end $$`.execute(db);
  // A version is recorded before its bytes have come.
  await sql`
    create trigger count_storage_of_changed_versions after update on versions
    referencing old table as old_rows new table as now_rows for each statement execute function count_changed_storage()`.execute(
    db,
  );
  for (const [table, what] of [
    ['versions', 'upload'],
    ['environments', 'upload'],
    ['derivatives', 'made'],
  ] as const) {
    await sql`
      create trigger ${sql.id(`count_storage_of_new_${table}`)} after insert on ${sql.id(table)}
      referencing new table as changed_rows for each statement execute function count_storage(${sql.lit(what)})`.execute(
      db,
    );
    await sql`
      create trigger ${sql.id(`count_storage_of_gone_${table}`)} after delete on ${sql.id(table)}
      referencing old table as changed_rows for each statement execute function count_storage(${sql.lit(what)})`.execute(
      db,
    );
    await sql`
      insert into storage_use as used (organization_id, bytes)
      select organization_id, sum(bytes) from ${sql.id(table)} group by organization_id
      on conflict (organization_id) do update set bytes = used.bytes + excluded.bytes`.execute(db);
  }
}
