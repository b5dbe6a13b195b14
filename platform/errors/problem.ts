import { ERROR_ADVICE } from '#contracts/errors/advice.ts';
import { ERROR_CODES } from '#contracts/errors/codes.ts';
import { errorType } from '#contracts/errors/error-page.ts';
import type { ErrorItem, ErrorValue, MaquetteError } from '#contracts/errors/maquette-error.ts';

/** A problem document (RFC 9457), the body of every error answer. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  fault: 'input' | 'system';
  remedy?: string;
  requestId: string;
  errors: ErrorItem[];
}

/** Content type of a problem document. */
export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/**
 * An error as a problem document. A system fault that carries no message made for people says no more than its title:
 * internals do not leave the server.
 */
export function toProblem(error: MaquetteError, requestId: string, instance: string): Problem {
  return {
    type: errorType(error.code),
    title: ERROR_CODES[error.code].title,
    status: error.status,
    detail: publicMessage(error),
    instance,
    code: error.code,
    fault: error.fault,
    ...(error.remedy !== undefined && { remedy: error.remedy }),
    requestId,
    errors: error.errors ?? [],
  };
}

/**
 * A failure of the storage as it is told to others than the operator: what it says of paths, addresses and settings is for
 * the log. Any other error as it is.
 */
export function withoutStorageDetails<E extends Pick<ErrorValue, 'code' | 'message' | 'remedy'>>(error: E): E {
  if (error.code !== 'storage_failed') return error;
  return { ...error, message: `${ERROR_CODES.storage_failed.title}.`, remedy: ERROR_ADVICE.storage_failed };
}

/** The message of an error as far as it is for others than the operator. */
export function publicMessage(error: MaquetteError): string {
  if (error.code !== 'internal') return error.message;
  return `${ERROR_CODES.internal.title}. Tell the operator the request id.`;
}
