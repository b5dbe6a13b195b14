import { type JobWorker, startWorker, type WorkerOptions } from '../jobs/worker.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Service } from './service.ts';

/**
 * The life of a service that does jobs in sandboxed processes: its worker begins with it and takes no job while no
 * process can start; both end with it.
 */
export function sandboxWorker<Input>(
  sandbox: Sandbox<Input, unknown>,
  options: Omit<WorkerOptions, 'able'>,
): Pick<Service, 'start' | 'ready' | 'stop'> {
  let worker: JobWorker | undefined;
  return {
    async start() {
      worker = startWorker({ ...options, able: () => sandbox.ready().ready });
    },
    async ready() {
      const processes = sandbox.ready();
      if (!processes.ready) return processes;
      const connection = worker?.connection();
      if (connection === undefined) return { ready: false, reason: 'the worker has not begun' };
      return connection.connected ? { ready: true } : { ready: false, reason: connection.reason };
    },
    async stop() {
      await worker?.stop();
      await sandbox.close();
    },
  };
}
