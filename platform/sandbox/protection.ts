import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { jailCommand, networkCommand, type Protection } from './namespaces.ts';
import type { SystemTools } from './system-tools.ts';

let probed: Promise<Protection> | undefined;

/**
 * What this machine permits, tried out with Node itself; the strongest that works.
 *
 * @param folder any folder; the attempt mounts its root over it, which nobody else sees
 */
export function probeProtection(tools: SystemTools, folder = tmpdir()): Promise<Protection> {
  probed ??= probe(tools, folder);
  return probed;
}

async function probe(tools: SystemTools, folder: string): Promise<Protection> {
  const userNamespace = process.getuid?.() !== 0;
  const jail: Protection = { namespaces: 'jail', userNamespace, resourceLimits: true, parentDeathSignal: true };
  const network: Protection = { namespaces: 'network', userNamespace, resourceLimits: true, parentDeathSignal: false };
  const paths = { root: folder, readable: [process.execPath], writable: [] };
  const node = [process.execPath, '-e', 'process.exit(0)'];
  const version = [process.execPath, '--version'];
  const limit = tools.prlimit === null ? null : [tools.prlimit, '--core=0'];
  const deathSignal = tools.setpriv === null ? null : [tools.setpriv, '--pdeathsig', 'KILL', '--no-new-privs'];
  // At once, because a server that starts waits for the answers.
  const [jails, isolates, resourceLimits, parentDeathSignal] = await Promise.all([
    succeeds(jailCommand(tools, jail, paths), node),
    succeeds(networkCommand(tools, network), version),
    succeeds(limit, version),
    succeeds(deathSignal, version),
  ]);
  const namespaces = jails && parentDeathSignal ? 'jail' : isolates ? 'network' : 'none';
  return { namespaces, userNamespace, resourceLimits, parentDeathSignal };
}

function succeeds(wrapper: string[] | null, program: string[]): Promise<boolean> {
  if (wrapper === null) return Promise.resolve(false);
  const [file, ...args] = [...wrapper, ...program] as [string, ...string[]];
  return new Promise((resolve) => {
    execFile(file, args, { env: {}, timeout: 10_000 }, (error) => resolve(error === null));
  });
}
