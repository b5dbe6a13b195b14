// Plain JavaScript, because the command line starts a thread before it has loaded anything that is not.
import { Worker } from 'node:worker_threads';

/**
 * Starts a worker that is a thread of the renderer. It keeps no process alive.
 *
 * @param {number} thread its number
 */
export function startWorker(thread) {
  const url = new URL('./kernel-thread.js', import.meta.url);
  const worker = new Worker(url, { workerData: { kernelThread: thread }, execArgv: [] });
  worker.unref();
  return worker;
}
