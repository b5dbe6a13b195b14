import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jailCommand, networkCommand } from './namespaces.ts';

/** What the operating system adds to Node's permission model; found out once, at the first start of a pool. */
export interface Protection {
  /**
   * `jail`: own file system, processes, network and host name, no capabilities. `network`: own network only.
   * `none`: neither; Node's permission model and the lock-down of Node's modules remain.
   */
  namespaces: 'jail' | 'network' | 'none';
  /** Whether namespaces are made through a user namespace (the server does not run as root). */
  userNamespace: boolean;
  /** Whether `prlimit` bounds memory, file sizes, open files and core dumps. */
  resourceLimits: boolean;
  /** Whether the kernel kills the processes when the server dies, even while they compute. */
  parentDeathSignal: boolean;
}

/** Where the tools of util-linux lie; the processes get no `PATH`. */
export interface SystemTools {
  prlimit: string | null;
  setpriv: string | null;
  unshare: string | null;
  sh: string | null;
}

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** The tools of this machine. */
export function findSystemTools(): SystemTools {
  const find = (name: string) => {
    if (process.platform !== 'linux') return null;
    return FOLDERS.map((folder) => `${folder}/${name}`).find(isExecutable) ?? null;
  };
  return { prlimit: find('prlimit'), setpriv: find('setpriv'), unshare: find('unshare'), sh: find('sh') };
}

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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
