import { sql } from 'kysely';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { DataDatabase, DataReader } from '../tables.ts';

/** Lists the organisations that are test sides. */
export const TEST_ORGANIZATIONS_TABLE = 'test_organizations';

/** Which organisations are the test sides of others: each call in test mode says so, and it never changes. */
export class TestOrganizations {
  readonly #database: DataDatabase;
  readonly #known = new Map<OrganizationId, boolean>();

  constructor(database: DataDatabase) {
    this.#database = database;
  }

  /** Takes note of one, before anything of it is recorded. */
  async note(id: OrganizationId): Promise<void> {
    if (this.#known.get(id)) return;
    await sql`insert into ${sql.table(TEST_ORGANIZATIONS_TABLE)} (organization_id) values (${id}) on conflict do nothing`.execute(
      this.#database.kysely,
    );
    this.#known.set(id, true);
  }

  /** @param db where it is looked up: the caller's transaction, if one is open */
  async has(id: OrganizationId, db: DataReader = this.#database.kysely): Promise<boolean> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const { rows } =
      await sql`select 1 from ${sql.table(TEST_ORGANIZATIONS_TABLE)} where organization_id = ${id}`.execute(db);
    this.#known.set(id, rows.length > 0);
    return rows.length > 0;
  }
}
