import type { SystemTools } from './system-tools.ts';

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

/** What a jailed process sees of the file system, by absolute path. */
export interface JailPaths {
  /** An empty folder on which the jail's root is mounted. */
  root: string;
  readable: string[];
  writable: string[];
}

/** Folders and files of the system that Node and native add-ons need: libraries, and two devices. */
const SYSTEM_PATHS = ['/usr', '/lib', '/lib64', '/bin', '/sbin', '/etc/ld.so.cache', '/dev/null', '/dev/urandom'];

/**
 * Makes a new root on an in-memory file system, mounts what may be seen, enters it and forgets the old one; then drops
 * every capability and becomes the command. It runs inside new namespaces, so nothing outside changes, and the kernel
 * undoes it all when the process ends.
 *
 * The working folder becomes the (last) writable one: Node lets worker threads read the working folder whatever the
 * permission flags say, and with `/` that would be everything.
 *
 * Arguments: root, read-only paths, `--`, writable paths, `--`, command.
 */
const JAIL_SCRIPT = `
set -eu
PATH=/usr/bin:/bin:/usr/sbin:/sbin
root=$1; own=/; shift
mount -t tmpfs -o size=1m,mode=755,nosuid,nodev sandbox "$root"
place() {
  if [ -L "$1" ]; then mkdir -p "$root$(dirname "$1")"; ln -sfn "$(readlink "$1")" "$root$1"; return 1; fi
  [ -e "$1" ] || return 1
  [ -d "$1" ] || [ ! -e "$root$1" ] || return 1
  if [ -d "$1" ]; then mkdir -p "$root$1"; else mkdir -p "$root$(dirname "$1")"; : > "$root$1"; fi
  mount --bind "$1" "$root$1"
}
while [ "$1" != -- ]; do
  if place "$1"; then case "$1" in /dev/*) ;; *) mount -o remount,bind,ro,nosuid "$root$1";; esac; fi
  shift
done
shift
while [ "$1" != -- ]; do
  if place "$1"; then mount -o remount,bind,nosuid,nodev,noexec "$root$1"; own=$1; fi
  shift
done
shift
mkdir -p "$root/proc" "$root/.before"
mount -t proc -o ro,nosuid,nodev,noexec,hidepid=2 proc "$root/proc"
cd "$root"
pivot_root . .before
umount -l /.before
rmdir /.before
mount -o remount,bind,ro,nosuid,nodev /
cd "$own"
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all --pdeathsig KILL "$@"
`;

/** The beginning of a command line that runs what follows in a jail; null where a tool is missing. */
export function jailCommand(tools: SystemTools, protection: Protection, paths: JailPaths): string[] | null {
  if (tools.unshare === null || tools.sh === null || tools.setpriv === null) return null;
  return [
    ...pdeathsig(tools, protection),
    tools.unshare,
    ...(protection.userNamespace ? ['--user', '--map-root-user'] : []),
    ...['--mount', '--net', '--ipc', '--uts', '--pid', '--fork', '--kill-child=KILL'],
    tools.sh,
    '-c',
    JAIL_SCRIPT,
    'jail',
    paths.root,
    ...SYSTEM_PATHS,
    ...paths.readable,
    '--',
    ...paths.writable,
    '--',
  ];
}

/** The beginning of a command line that runs what follows without a network; null where `unshare` is missing. */
export function networkCommand(tools: SystemTools, protection: Protection): string[] | null {
  if (tools.unshare === null) return null;
  return [
    tools.unshare,
    ...(protection.userNamespace ? ['--user', '--map-current-user'] : []),
    '--net',
    // Last, because changing credentials forgets the signal.
    ...pdeathsig(tools, protection),
  ];
}

/** The beginning of a command line whose process the kernel kills when the server dies; empty where it cannot. */
export function pdeathsig(tools: SystemTools, protection: Protection): string[] {
  if (tools.setpriv === null || !protection.parentDeathSignal) return [];
  return [tools.setpriv, '--pdeathsig', 'KILL', '--no-new-privs'];
}
