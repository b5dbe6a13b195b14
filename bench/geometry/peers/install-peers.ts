import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MINUTES = 60_000;

/** A program to compare with. */
export interface Peer {
  version: string;
  /** Folder of its package. */
  folder: string;
}

/**
 * Installs the pinned peers into a folder of their own, where they are not there yet.
 *
 * @returns Those that are there, by name; without a registry that can be reached perhaps none.
 */
export async function installPeers(folder: string): Promise<Record<string, Peer | undefined>> {
  const pinned = join(import.meta.dirname, 'package.json');
  const { dependencies } = JSON.parse(await readFile(pinned, 'utf8')) as { dependencies: Record<string, string> };
  const find = async (): Promise<Record<string, Peer>> => {
    const peers: Record<string, Peer> = {};
    for (const [name, version] of Object.entries(dependencies)) {
      const place = join(folder, 'node_modules', name);
      const found = await readFile(join(place, 'package.json'), 'utf8').catch(() => null);
      if (found && JSON.parse(found).version === version) peers[name] = { version, folder: place };
    }
    return peers;
  };
  const there = await find();
  if (Object.keys(there).length === Object.keys(dependencies).length) return there;
  await mkdir(folder, { recursive: true });
  await copyFile(pinned, join(folder, 'package.json'));
  try {
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder], { timeout: 5 * MINUTES });
  } catch (error) {
    console.error(`The peers cannot be installed and are left out: ${(error as Error).message.split('\n')[0]}`);
  }
  return find();
}
