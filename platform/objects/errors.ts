import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';

/** There is no blob of this name. */
export function objectNotFound(sha256: Sha256): MaquetteError {
  return new MaquetteError('not_found', `There is no stored object ${sha256}.`, { where: sha256 });
}

/** There is no complete upload of this name in the storage. */
export function arrivalNotFound(id: string): MaquetteError {
  return new MaquetteError('not_found', `The storage holds no complete upload ${id}.`, { where: id });
}

/** A stream went on after the limit. */
export function objectTooLarge(limitBytes: number): MaquetteError {
  return new MaquetteError('payload_too_large', `The upload is larger than the limit of ${limitBytes} bytes.`, {
    remedy: 'Send a smaller file, or raise the limit (MAQUETTE_UPLOAD_LIMIT).',
  });
}

/** A range that the blob does not have. */
export function rangeOutside(sha256: Sha256, start: number, end: number, bytes: number): MaquetteError {
  return new MaquetteError(
    'range_not_satisfiable',
    `Bytes ${start} to ${end} were asked of object ${sha256}, which has ${bytes}.`,
    { where: sha256 },
  );
}

/** The folder did not take or give what it should. */
export function objectStorageFailed(what: string, cause: unknown): MaquetteError {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MaquetteError('storage_failed', `${what}: ${reason}`, {
    remedy: full ? 'Free space on the disk of the data directory.' : 'Check the data directory and its permissions.',
    cause,
  });
}

/** The object storage did not take or give what it should. */
export function bucketFailed(what: string, cause: unknown): MaquetteError {
  return new MaquetteError('storage_failed', `${what}: ${reasonOf(cause)}`, {
    remedy: 'Check the bucket, its endpoint and the credentials (MAQUETTE_S3_BUCKET, MAQUETTE_S3_ENDPOINT, AWS_*).',
    cause,
  });
}

/** An answer without a body has no message: what is known of it is its status. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { httpStatusCode: status } = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
  if (cause.message !== '' && cause.message !== 'UnknownError') return `${cause.name}: ${cause.message}`;
  return status === undefined ? cause.name : `${cause.name} (${status})`;
}
