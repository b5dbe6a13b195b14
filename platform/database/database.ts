import type { Kysely, Transaction } from 'kysely';
import type { Migration } from 'kysely/migration';

/** An open transaction, handed on explicitly: a query beside it would deadlock on a pool of one connection. */
export type Trx<Tables> = Transaction<Tables>;

/** The migrations of one owner of tables. Their names sort in the order in which they run. */
export interface MigrationSet {
  /** The owner; its migrations are recorded in `<owner>_migrations`. */
  owner: string;
  migrations: Record<string, Migration>;
}

/**
 * The operational database: PostgreSQL, or PGlite in a worker thread, behind one Kysely. Every adapter passes
 * `database.contract.ts`. SQL is limited to PostgreSQL 15.
 */
export interface Database<Tables> {
  readonly kysely: Kysely<Tables>;
  /** Which engine answers; for messages and tests, not to branch on. */
  readonly engine: 'pglite' | 'postgresql';
  /**
   * Runs `work` in a transaction (read committed), again when it was chosen as a deadlock's or serialisation's victim, or
   * when a row that it relied on was deleted, or came to be referred to, after it had looked.
   */
  transaction<T>(work: (trx: Trx<Tables>) => Promise<T>): Promise<T>;
  /** Brings an owner's tables up to date. Safe when several processes start at once. */
  migrate(set: MigrationSet): Promise<void>;
  /**
   * Calls `heard` for each NOTIFY on the channel until the returned function is called. After a lost connection it
   * listens again and calls `heard('')` once, because something may have been missed.
   */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  /**
   * Names the state that queries from now on see. Between two calls that get the same, nothing was committed; so what was
   * read after the first is what the second would read. It says nothing of what changed: another may be called for by
   * anything at all, even by what changed nothing.
   */
  generation(): Promise<string>;
  /** The same database under another view of its tables: owners do not see each other's. */
  as<Other>(): Database<Other>;
  /**
   * Writes all that is in memory to the data files, so that the next open has nothing to recover. A database that
   * several processes share decides that for itself: there it does nothing.
   */
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}
