import { execFileSync } from 'node:child_process';
import { createSandbox } from '../create-sandbox.ts';
import type { HostileInput } from './hostile-task.ts';

// A server that runs an endless task, prints the id of the sandboxed process, and waits to be killed.
const sandbox = await createSandbox<HostileInput, unknown>({
  name: 'doomed',
  entry: new URL('./hostile-task.ts', import.meta.url),
  size: 1,
  limits: { memoryBytes: 512 * 1024 ** 2, seconds: 60, outputBytes: 1024 ** 2 },
  folder: process.argv[2] as string,
});
const task = { prepare: async () => {}, collect: async () => {} };
await sandbox.run({ ...task, input: { do: 'echo', value: 1 } });
const looping = sandbox.run({ ...task, input: { do: 'loop' } });
const pids = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
console.log(Number.parseInt(pids.split('\n').find((line) => line.includes('hostile-task')) ?? '', 10));
await looping;
