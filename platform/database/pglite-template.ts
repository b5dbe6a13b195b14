import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyTree, syncPath } from './copy-tree.ts';

/** Where templates lie unless told otherwise: beside the packages, gone with them. */
export const TEMPLATE_DIRECTORY = fileURLToPath(new URL('../../node_modules/.cache/maquette', import.meta.url));

const require = createRequire(import.meta.url);
let version: Promise<string> | null = null;

/**
 * Puts a fresh database cluster at `cluster` (which must not exist): a copy of the template, which is made first where
 * there is none. Making one takes `initialize` (initdb, 4 to 10 s), copying 40 MB takes about 0.1 s.
 * The cluster is there whole or not at all, whenever the process dies; with `sync` whenever the machine does, too.
 */
export async function copyTemplate(
  cluster: string,
  templateDirectory: string,
  initialize: (directory: string) => Promise<void>,
  sync = false,
): Promise<void> {
  const fresh = `${cluster}.${process.pid}.new`;
  await rm(fresh, { recursive: true, force: true });
  const template = join(templateDirectory, await templateName());
  if ((await exists(template)) || (await makeTemplate(template, initialize))) await copyTree(template, fresh, sync);
  else await initialize(fresh);
  await rename(fresh, cluster);
  if (sync) await syncPath(dirname(cluster));
}

/** What the template is called in its folder: by PGlite's version, as a cluster of one is no template for another. */
export async function templateName(): Promise<string> {
  version ??= readVersion();
  return `pglite-${await version}`;
}

/** @returns whether there is one now: a read-only installation keeps none. */
async function makeTemplate(template: string, initialize: (directory: string) => Promise<void>): Promise<boolean> {
  const fresh = `${template}.${process.pid}.${Date.now()}.new`;
  try {
    await mkdir(dirname(template), { recursive: true });
  } catch {
    return false;
  }
  try {
    await initialize(fresh);
    await rename(fresh, template);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another process was faster: its template is as good.
    if (!(await exists(template))) throw error;
  }
  return true;
}

async function readVersion(): Promise<string> {
  const main = dirname(require.resolve('@electric-sql/pglite'));
  const text = await readFile(join(main, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
