import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jailCommand, networkCommand, type Protection } from './namespaces.ts';
import type { SystemTools } from './system-tools.ts';

let probed: Promise<Protection> | undefined;

/** What this machine permits, tried out with Node itself; the strongest that works. */
export function probeProtection(tools: SystemTools): Promise<Protection> {
  probed ??= probe(tools);
  return probed;
}

async function probe(tools: SystemTools): Promise<Protection> {
  const [resourceLimits, parentDeathSignal] = await Promise.all([
    tools.prlimit !== null && succeeds([tools.prlimit, '--core=0', process.execPath, '--version']),
    tools.setpriv !== null && succeeds([tools.setpriv, '--pdeathsig', 'KILL', process.execPath, '--version']),
  ]);
  const userNamespace = process.getuid?.() !== 0;
  const base = { resourceLimits, parentDeathSignal, userNamespace };
  const jail: Protection = { ...base, namespaces: 'jail' };
  const folder = await mkdtemp(join(tmpdir(), 'maquette-probe-'));
  try {
    const paths = { root: folder, readable: [process.execPath], writable: [] };
    const node = [process.execPath, '-e', 'process.exit(0)'];
    const jailed = jailCommand(tools, jail, paths);
    if (jailed !== null && (await succeeds([...jailed, ...node]))) return jail;
    const network: Protection = { ...base, namespaces: 'network' };
    const alone = networkCommand(tools, network);
    if (alone !== null && (await succeeds([...alone, ...node]))) return network;
    return { ...base, namespaces: 'none' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function succeeds(command: string[]): Promise<boolean> {
  const [file, ...args] = command as [string, ...string[]];
  return new Promise((resolve) => {
    execFile(file, args, { env: {}, timeout: 10_000 }, (error) => resolve(error === null));
  });
}
