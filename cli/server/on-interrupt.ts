const INTERRUPTED = 130;

/**
 * Waits, and when the user stops the command (Ctrl-C) says first what goes on without it: work of a server does not end
 * with the command that asked for it.
 */
export async function sayWhenInterrupted<T>(message: string | (() => string), work: Promise<T>): Promise<T> {
  const stop = () => {
    process.stderr.write(`\n${typeof message === 'string' ? message : message()}\n`);
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', stop);
  try {
    return await work;
  } finally {
    process.off('SIGINT', stop);
  }
}

/** What to do about a job that goes on. */
export function jobGoesOn(job: string): string {
  return `${job} goes on: the same command again takes up what it makes, maquette jobs cancel ${job} ends it.`;
}
