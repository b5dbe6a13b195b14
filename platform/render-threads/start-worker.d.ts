import type { Worker } from 'node:worker_threads';

/**
 * Starts a worker that is a thread of the renderer. It keeps no process alive.
 *
 * @param thread its number
 */
export function startWorker(thread: number): Worker;
