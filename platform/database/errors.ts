import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** The data directory belongs to a process that still runs. */
export function dataDirectoryLocked(directory: string, pid: number, host: string | null): MaquetteError {
  const holder = host === null ? `process ${pid}` : `process ${pid} on ${host}`;
  return new MaquetteError('data_directory_locked', `The data directory ${directory} is in use by ${holder}.`, {
    remedy: `Stop ${holder}, or give this one another directory (MAQUETTE_DATA).`,
    where: directory,
  });
}

/** The embedded database could not be opened or ended by itself. */
export function embeddedDatabaseFailed(directory: string, cause: unknown): MaquetteError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MaquetteError('storage_failed', `The embedded database in ${directory} failed: ${reason}`, {
    remedy: 'Check the free space and the permissions of the data directory, then start again.',
    where: directory,
    cause,
  });
}

/** PostgreSQL cannot be reached or refuses the connection. `address` holds no password. */
export function databaseUnreachable(address: string, cause: unknown): MaquetteError {
  const reason = cause instanceof Error ? cause.message || String(cause) : String(cause);
  return new MaquetteError('unavailable', `PostgreSQL at ${address} cannot be reached: ${reason}`, {
    remedy: 'Check that PostgreSQL runs and that MAQUETTE_DATABASE_URL names it, its user and its password.',
    where: address,
    cause,
  });
}

/** A migration could not be applied; the database is as it was before. */
export function migrationFailed(owner: string, migration: string | undefined, cause: unknown): MaquetteError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const name = migration === undefined ? 'The migrations' : `Migration \`${migration}\``;
  return new MaquetteError('storage_failed', `${name} of ${owner} failed: ${reason}`, {
    remedy: 'Nothing was changed. If the database was made by a newer version of Maquette, use that version.',
    where: owner,
    cause,
  });
}

/** A query went to the pool while the same call holds a transaction: with one connection it would wait forever. */
export function queryBesideTransaction(): MaquetteError {
  return new MaquetteError(
    'internal',
    'A query was sent to the database itself inside of an open transaction: with one connection it would never run.',
    { remedy: 'Hand the transaction (`trx`) on and send the query through it.' },
  );
}

/** No connection became free in time. */
export function noFreeConnection(milliseconds: number, cause: unknown): MaquetteError {
  return new MaquetteError('unavailable', `No database connection became free in ${milliseconds} ms.`, {
    remedy: 'Look for transactions that stay open, or allow more connections.',
    cause,
  });
}

/** The role of queries in the name of organisations is not there, and this user may not make it. */
export function tenantRoleMissing(role: string, cause: unknown): MaquetteError {
  return new MaquetteError('storage_failed', `The role ${role} is not there and could not be made.`, {
    remedy: `As a superuser: CREATE ROLE ${role} NOLOGIN; GRANT ${role} TO the user that the server connects as.`,
    cause,
  });
}

/** The disk of the database took nothing more; the transaction is undone. */
export function databaseFull(cause: unknown): MaquetteError {
  return new MaquetteError('storage_failed', 'The disk of the database is full.', {
    remedy: 'Free space on it; nothing of the request was kept.',
    cause,
  });
}
