import { existsSync, realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jailCommand, networkCommand, type Protection, pdeathsig } from './namespaces.ts';
import type { SandboxOptions } from './sandbox.ts';
import type { SystemTools } from './system-tools.ts';

/** The checkout, or the installed package. */
const PROJECT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/**
 * What a process may read of the project: its code, never the root itself, in which the data folder may lie.
 */
const CODE_FOLDERS = ['contracts', 'engine', 'platform', 'services'];

/**
 * Address space that Node itself counts as data before it does anything (heap reservations, stacks of its threads);
 * measured 576 MB, and 70 to 140 MB for each worker thread.
 */
const NODE_DATA_BYTES = 1024 ** 3;
const THREAD_DATA_BYTES = 192 * 1024 ** 2;

/** The server answers requests first, on machines with as many busy sandboxes as cores. */
export const NICENESS = 3;

/** A command line, ready for `spawn`. */
export interface LaunchCommand {
  file: string;
  args: string[];
  env: Record<string, string>;
}

/** Folders of one sandboxed process. */
export interface ProcessFolders {
  /** Its own folder: the only place it may write to. */
  own: string;
  /** An empty folder beside it, for the root of its jail. */
  root: string;
}

/**
 * The command line of a sandboxed process: resource limits, then namespaces, then Node with its permission model and
 * the program `child.ts`.
 */
export function launchCommand(
  options: SandboxOptions,
  folders: ProcessFolders,
  tools: SystemTools,
  protection: Protection,
): LaunchCommand {
  const readable = readablePaths(options);
  const node = [process.execPath, ...nodeFlags(options, readable, folders.own)];
  const program = [join(import.meta.dirname, 'child.ts'), options.entry.href, folders.own];
  const command = [
    ...(tools.nice === null ? [] : [tools.nice, '-n', String(NICENESS)]),
    ...resourceLimits(options, tools, protection),
    ...namespaces(tools, protection, folders, readable),
    ...node,
    ...program,
  ];
  const [file, ...args] = command as [string, ...string[]];
  // Nothing of the server's environment: it holds secrets. One time zone and locale, so that results do not depend on
  // the machine's. Two arenas keep glibc from holding on to memory for each thread that ever allocated; large blocks
  // that always come from the system go back to it when they are freed.
  const malloc = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '262144', MALLOC_TRIM_THRESHOLD_: '1048576' };
  return { file, args, env: { TZ: 'UTC', LANG: 'C.UTF-8', ...malloc } };
}

function namespaces(tools: SystemTools, protection: Protection, folders: ProcessFolders, readable: string[]): string[] {
  switch (protection.namespaces) {
    case 'jail': {
      const paths = { root: folders.root, readable: [...readable, process.execPath], writable: [folders.own] };
      return jailCommand(tools, protection, paths) ?? [];
    }
    case 'network':
      return networkCommand(tools, protection) ?? [];
    case 'none':
      return pdeathsig(tools, protection);
  }
}

function resourceLimits(options: SandboxOptions, tools: SystemTools, protection: Protection): string[] {
  if (tools.prlimit === null || !protection.resourceLimits) return [];
  const { memoryBytes, outputBytes, seconds } = { ...options.limits, ...options.ceilings };
  const threads = options.allow?.workers ? availableParallelism() + 4 : 0;
  // The resident memory is what is limited, and it is watched from outside; this stops what grows faster than that.
  // RLIMIT_AS is of no use: WebAssembly reserves 8 GiB of addresses for each memory.
  const data = memoryBytes + NODE_DATA_BYTES + threads * THREAD_DATA_BYTES;
  const cpuSeconds = Math.ceil(seconds * (options.tasksPerProcess ?? 200) * availableParallelism()) + 60;
  return [
    tools.prlimit,
    `--data=${Math.ceil(data)}`,
    `--fsize=${Math.ceil(outputBytes)}`,
    `--cpu=${cpuSeconds}`,
    '--nofile=512',
    '--core=0',
  ];
}

function nodeFlags(options: SandboxOptions, readable: string[], own: string): string[] {
  const heapMib = Math.max(64, Math.floor(options.limits.memoryBytes / 1024 ** 2));
  return [
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path.endsWith('.json') ? path : join(path, '*')}`),
    `--allow-fs-read=${join(own, '*')}`,
    `--allow-fs-write=${join(own, '*')}`,
    ...(options.allow?.workers
      ? ['--allow-worker', `--import=${new URL('lock-down-threads.ts', import.meta.url).href}`]
      : []),
    ...(options.allow?.addons ? ['--allow-addons'] : []),
    `--max-old-space-size=${heapMib}`,
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=PERM0001',
    '--disable-warning=PERM0006',
  ];
}

function readablePaths(options: SandboxOptions): string[] {
  const paths = CODE_FOLDERS.map((folder) => join(PROJECT, folder));
  const entryFolder = dirname(fileURLToPath(options.entry));
  if (!paths.some((path) => entryFolder.startsWith(path))) paths.push(entryFolder);
  // An installed package finds its dependencies in a `node_modules` further up.
  for (let folder = PROJECT; ; folder = dirname(folder)) {
    paths.push(join(folder, 'node_modules'));
    if (dirname(folder) === folder) break;
  }
  const existing = [...paths, join(PROJECT, 'package.json')].filter((path) => existsSync(path));
  // A folder of dependencies may be a link to one that several checkouts share.
  return [...new Set([...existing, ...existing.map((path) => realpathSync(path))])];
}
