import { ERROR_CODES, type ErrorCode, type Fault } from './codes.ts';

/** What a `MaquetteError` may carry beside its code and message. */
export interface ErrorDetails {
  /** What the reader can do about it, one sentence. */
  remedy?: string;
  /** Where in the input: a file name, a JSON pointer, a byte offset, a line. */
  where?: string;
  /** Single findings, e.g. one for each invalid field of a request. */
  errors?: ErrorItem[];
  /** When the same may succeed, in seconds from now: the header Retry-After (RFC 9110, 10.2.3) of an HTTP answer. */
  retryAfterSeconds?: number;
  /** The underlying error; logged, never sent to a client. */
  cause?: unknown;
}

/** One finding inside an error. */
export interface ErrorItem {
  /** JSON pointer or field name. */
  pointer: string;
  message: string;
}

/** The form in which errors cross a wire or a process border. */
export interface ErrorValue {
  code: ErrorCode;
  message: string;
  fault: Fault;
  remedy?: string;
  where?: string;
  errors?: ErrorItem[];
  retryAfterSeconds?: number;
}

/**
 * The one error type of the project: a code out of the closed set, a message for people, whose fault, what to do.
 * Modules construct it through functions in their own `errors.ts`.
 */
export class MaquetteError extends Error {
  readonly code: ErrorCode;
  readonly fault: Fault;
  readonly status: number;
  readonly remedy: string | undefined;
  readonly where: string | undefined;
  readonly errors: ErrorItem[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'MaquetteError';
    this.code = code;
    this.fault = ERROR_CODES[code].fault;
    this.status = ERROR_CODES[code].status;
    this.remedy = details.remedy;
    this.where = details.where;
    this.errors = details.errors;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  /** The serialisable form. `cause` and the stack stay behind. */
  toValue(): ErrorValue {
    return {
      code: this.code,
      message: this.message,
      fault: this.fault,
      ...(this.remedy !== undefined && { remedy: this.remedy }),
      ...(this.where !== undefined && { where: this.where }),
      ...(this.errors !== undefined && { errors: this.errors }),
      ...(this.retryAfterSeconds !== undefined && { retryAfterSeconds: this.retryAfterSeconds }),
    };
  }

  /** The inverse of `toValue`; a code that this version does not know becomes `internal`. */
  static fromValue(value: ErrorValue): MaquetteError {
    const code = value.code in ERROR_CODES ? value.code : 'internal';
    return new MaquetteError(code, value.message, value);
  }

  /** Any thrown thing as a `MaquetteError`; what is not one already becomes `internal` with it as the cause. */
  static from(thrown: unknown): MaquetteError {
    if (thrown instanceof MaquetteError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new MaquetteError('internal', message, { cause: thrown });
  }
}
