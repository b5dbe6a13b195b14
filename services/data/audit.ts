import { AsyncLocalStorage } from 'node:async_hooks';
import { ID_PREFIXES } from '#contracts/ids/ids.ts';
import { type AuditNote, writeAudit } from '#platform/audit/audit-log.ts';
import type { DataDatabase } from './tables.ts';

/** Table of what was done in the data service. */
export const AUDIT_TABLE = 'data_audit_log';

/** The change that the current call makes, until it is written down. */
const pending = new AsyncLocalStorage<{ note: AuditNote | undefined }>();

/** Does the work of a change, which the first transaction of it that `auditing` runs writes down. */
export function withAudit<T>(note: AuditNote, work: () => T): T {
  return pending.run({ note }, work);
}

/**
 * The same database, whose transactions write the change that they are part of into the audit log: both happen or
 * neither. In one place, so that no operation can forget it.
 */
export function auditing(database: DataDatabase): DataDatabase {
  return {
    ...database,
    async transaction(work) {
      const change = pending.getStore();
      const note = change?.note;
      if (!change || !note) return database.transaction(work);
      change.note = undefined;
      try {
        return await database.transaction(async (trx) => {
          const made = await work(trx);
          await writeAudit(trx, AUDIT_TABLE, { ...note, subject: note.subject ?? subjectOf(made) });
          return made;
        });
      } catch (thrown) {
        // Nothing was changed: what the call does instead is to be written down.
        change.note = note;
        throw thrown;
      }
    },
  };
}

/** What a path or an answer names by its id. */
export function subjectOf(named: unknown): AuditNote['subject'] {
  if (named === null || typeof named !== 'object' || !('id' in named)) return undefined;
  const { id } = named;
  if (typeof id !== 'string') return undefined;
  const kind = Object.entries(ID_PREFIXES).find(([, prefix]) => id.startsWith(`${prefix}_`));
  return kind && { type: kind[0], id };
}
