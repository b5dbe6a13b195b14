import { sql } from 'kysely';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { DataDatabase } from '../tables.ts';

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
    await sql`insert into test_organizations (organization_id) values (${id}) on conflict do nothing`.execute(
      this.#database.kysely,
    );
    this.#known.set(id, true);
  }

  async has(id: OrganizationId): Promise<boolean> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const { rows } = await sql`select 1 from test_organizations where organization_id = ${id}`.execute(
      this.#database.kysely,
    );
    this.#known.set(id, rows.length > 0);
    return rows.length > 0;
  }
}
