import { accessSync, constants } from 'node:fs';

/** Where the tools of util-linux lie; the processes get no `PATH`. */
export interface SystemTools {
  nice: string | null;
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
  return {
    nice: find('nice'),
    prlimit: find('prlimit'),
    setpriv: find('setpriv'),
    unshare: find('unshare'),
    sh: find('sh'),
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
