/** npm and scripts/run.js hand on a signal that their whole group has had: what comes this soon is the same again. */
const ECHO_MS = 1000;

/** The signal that asks this process to stop, SIGINT or SIGTERM, when it comes. One that comes later ends it at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      const heard = (): void => {
        resolve(name);
        setTimeout(() => process.off(name, heard), ECHO_MS).unref();
      };
      process.on(name, heard);
    }
  });
}
