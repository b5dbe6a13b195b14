import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** The process used more memory than its limit. */
export function memoryLimitExceeded(limitBytes: number, cause?: unknown): MaquetteError {
  return new MaquetteError(
    'memory_limit_exceeded',
    `the work needed more memory than its limit of ${mib(limitBytes)}`,
    {
      remedy: 'Use a smaller or simpler model, or ask the operator for a higher memory limit.',
      cause,
    },
  );
}

/** The task ran longer than its limit. */
export function timeLimitExceeded(limitSeconds: number): MaquetteError {
  return new MaquetteError('time_limit_exceeded', `the work took longer than its limit of ${limitSeconds} s`, {
    remedy: 'Use a smaller or simpler model, or ask the operator for a higher time limit.',
  });
}

/** The task wrote more than its limit, into its folder or to its standard streams. */
export function outputLimitExceeded(what: string): MaquetteError {
  return new MaquetteError('output_limit_exceeded', what, {
    remedy: 'Use a smaller or simpler model, or ask the operator for a higher output limit.',
  });
}

/** The caller gave the task up. */
export function taskCanceled(): MaquetteError {
  return new MaquetteError('canceled', 'the work was canceled');
}

/** The process ended, or said something that it may not say. */
export function sandboxCrashed(what: string, cause?: unknown): MaquetteError {
  return new MaquetteError('sandbox_crashed', what, {
    remedy: 'Try again; if it happens each time with the same model, report it with the model.',
    cause,
  });
}

/** The pool takes no more tasks. */
export function sandboxClosed(name: string): MaquetteError {
  return new MaquetteError('unavailable', `the sandbox ${name} is shutting down`);
}

/** A size for people. */
export function mib(bytes: number): string {
  const value = bytes / 1024 ** 2;
  return `${value >= 10 ? Math.round(value) : value.toFixed(2)} MiB`;
}
