import { readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { processStart } from './process-start.ts';

/** Names one process, over reused pids and on machines that share a folder. */
export interface ProcessClaim {
  pid: number;
  /** When it began (see `processStart`); null where the system does not tell. */
  started: string | null;
  /** The machine, or the container, in which `pid` is a process id. */
  host: string;
}

let own: Promise<ProcessClaim> | null = null;

/** The claim of this process. */
export function ownClaim(): Promise<ProcessClaim> {
  own ??= (async () => ({
    pid: process.pid,
    started: await processStart(process.pid),
    host: await machine(),
  }))();
  return own;
}

/** Whether the process that made a claim still runs; `foreign` when it is another machine's and cannot be asked. */
export async function claimState(claim: ProcessClaim): Promise<'alive' | 'dead' | 'foreign'> {
  if (claim.host !== (await ownClaim()).host) return 'foreign';
  try {
    process.kill(claim.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'dead';
  }
  const started = await processStart(claim.pid);
  return claim.started === null || started === null || claim.started === started ? 'alive' : 'dead';
}

async function machine(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return hostname() + namespace.replace('pid:', '');
}
