import { type AuditNote, writeAudit } from '#platform/audit/audit-log.ts';
import { AUDIT_TABLE, type AuthReader } from './tables.ts';

/** Writes what was done to the audit log of the auth service, in the transaction that does it. */
export function audit(db: AuthReader, note: AuditNote): Promise<void> {
  return writeAudit(db, AUDIT_TABLE, note);
}
