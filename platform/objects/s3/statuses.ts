import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** The HTTP status of what the storage answered. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

/** Whether the storage says that there is no such thing. */
export function isMissing(error: unknown): boolean {
  return !(error instanceof MaquetteError) && statusOf(error) === 404;
}
