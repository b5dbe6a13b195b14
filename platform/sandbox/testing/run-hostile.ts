import type { Sandbox, SandboxRun } from '../sandbox.ts';
import type { HostileInput } from './hostile-task.ts';

export const MIB = 1024 ** 2;

/** Limits of the pools that tests make. */
export const LIMITS = { memoryBytes: 300 * MIB, seconds: 30, outputBytes: 4 * MIB };

/** The module that does as it is told. */
export const ENTRY = new URL('./hostile-task.ts', import.meta.url);

/** Runs a task without files and answers with its output, unless told otherwise. */
export function runHostile(
  pool: Sandbox<HostileInput, unknown>,
  input: HostileInput,
  more: Partial<SandboxRun<HostileInput, unknown, unknown>> = {},
): Promise<unknown> {
  return pool.run({ input, prepare: async () => {}, collect: async (_, output) => output, ...more });
}
