import type { Message } from './kernel-worker.ts';

/**
 * A thread with no kernel yet: what it does with a message, and answers; throws what the kernel throws.
 *
 * @param thread its number
 */
export function kernelThread(thread: number): (message: Message) => unknown;
