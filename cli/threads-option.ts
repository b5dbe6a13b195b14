import { availableParallelism } from 'node:os';
import { UsageError } from './command.ts';

/** Threads of a render: the option, else `MAQUETTE_RENDER_THREADS`, else as many as cores. @throws UsageError */
export function threadsFrom(option: string | boolean | undefined): number {
  const text = option ?? process.env.MAQUETTE_RENDER_THREADS;
  if (text === undefined || text === '') return availableParallelism();
  const threads = Number(text);
  if (!Number.isInteger(threads) || threads < 1 || threads > 256)
    throw new UsageError('--threads: give a whole number from 1 to 256');
  return threads;
}
