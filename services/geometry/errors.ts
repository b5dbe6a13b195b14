import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** A blob that a job names is not in the store: the system lost it, whatever the store calls it. */
export function sourceMissing(name: string, cause: unknown): MaquetteError {
  // A disk that is full says so itself.
  if (cause instanceof MaquetteError && cause.code !== 'not_found') return cause;
  return new MaquetteError('storage_failed', `the stored file ${name} cannot be read`, { cause });
}

/** The sandboxed process handed back what no honest one would. */
export function resultInvalid(cause: unknown): MaquetteError {
  return new MaquetteError('sandbox_crashed', 'the processing of the model gave no valid result', { cause });
}

/** A file that is not the one that its client says. */
export function checksumMismatch(name: string, said: string, found: string): MaquetteError {
  return new MaquetteError('checksum_mismatch', `${name} was said to hash to ${said}; what came hashes to ${found}.`, {
    remedy: 'Upload it again.',
    where: name,
  });
}

/** A file came straight to a storage that this worker does not use. */
export function arrivalOutOfReach(name: string): MaquetteError {
  return new MaquetteError('storage_failed', `${name} came straight to a storage that this worker does not reach.`, {
    remedy: 'Give every process the same settings of the storage (MAQUETTE_S3_*).',
  });
}
