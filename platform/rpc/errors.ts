import { Code, ConnectError } from '@connectrpc/connect';
import type { ErrorCode } from '#contracts/errors/codes.ts';
import { type ErrorValue, MaquetteError } from '#contracts/errors/maquette-error.ts';

/** Trailer in which an error's value travels beside the gRPC status. */
const ERROR_METADATA = 'maquette-error';

/** gRPC status for the codes that other gRPC clients would want to tell apart; the rest go by their fault. */
const STATUS: Partial<Record<ErrorCode, Code>> = {
  unauthenticated: Code.Unauthenticated,
  forbidden: Code.PermissionDenied,
  not_found: Code.NotFound,
  conflict: Code.FailedPrecondition,
  precondition_failed: Code.FailedPrecondition,
  lease_lost: Code.FailedPrecondition,
  rate_limited: Code.ResourceExhausted,
  unavailable: Code.Unavailable,
  canceled: Code.Canceled,
};

/** A thrown thing as the error that goes over the wire. */
export function toConnectError(thrown: unknown): ConnectError {
  if (thrown instanceof ConnectError) return thrown;
  const error = MaquetteError.from(thrown);
  const code = STATUS[error.code] ?? (error.fault === 'input' ? Code.InvalidArgument : Code.Internal);
  const value = encodeURIComponent(JSON.stringify(error.toValue()));
  return new ConnectError(error.message, code, { [ERROR_METADATA]: value }, undefined, thrown);
}

/** The inverse of `toConnectError`. */
export function fromConnectError(thrown: unknown): MaquetteError {
  if (!(thrown instanceof ConnectError)) return MaquetteError.from(thrown);
  // In memory the original error is still there, with its stack.
  if (thrown.cause instanceof MaquetteError) return thrown.cause;
  if (thrown.cause instanceof ConnectError) return fromConnectError(thrown.cause);
  const value = thrown.metadata.get(ERROR_METADATA);
  if (value !== null) return MaquetteError.fromValue(JSON.parse(decodeURIComponent(value)) as ErrorValue);
  const details = { cause: thrown };
  if (brokenConnection(thrown.cause)) return new MaquetteError('unavailable', thrown.rawMessage, details);
  switch (thrown.code) {
    case Code.Canceled:
      return new MaquetteError('canceled', thrown.rawMessage, details);
    case Code.Unavailable:
    case Code.DeadlineExceeded:
    case Code.Aborted:
      return new MaquetteError('unavailable', thrown.rawMessage, details);
    case Code.Unauthenticated:
      return new MaquetteError('unauthenticated', thrown.rawMessage, details);
    default:
      return new MaquetteError('internal', thrown.rawMessage, details);
  }
}

/** Connect reports some broken connections as `unknown`, with Node's error as the cause. */
function brokenConnection(cause: unknown): boolean {
  return (
    cause instanceof Error && 'code' in cause && /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|ERR_HTTP2)/.test(String(cause.code))
  );
}
