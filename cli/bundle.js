// Where the command line lies bundled, and for which commands that bundle may stand for the sources. Plain JavaScript,
// because it is looked at before anything else.
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../', import.meta.url);

/** Folder of the bundle; beside the packages that go into it, so that it goes when they are installed anew. */
export const BUNDLE = new URL('node_modules/.cache/maquette/cli/', ROOT);

/**
 * The commands that begin with the bundle, and the modules that each begins with. All are short, so that loading some
 * hundred modules would be a good part of their time.
 *
 * @type {Record<string, string[]>}
 */
export const BUNDLED = {
  render: ['cli/early-start.ts', 'cli/commands/render.ts', 'cli/commands/server/render-asset.ts'],
  inspect: ['cli/commands/inspect.ts', 'cli/commands/server/inspect-asset.ts'],
  validate: ['cli/commands/validate.ts', 'cli/commands/server/validate-asset.ts'],
  convert: ['cli/commands/convert-to-glb.ts', 'cli/commands/convert.ts', 'cli/commands/server/convert-asset.ts'],
  optimize: ['cli/commands/optimize.ts', 'cli/commands/server/optimize-asset.ts'],
};

/**
 * A source file as it was bundled: its path from the root of the project, its size in bytes and when it was changed (ms).
 *
 * @typedef {[path: string, size: number, changed: number]} BundledFile
 */

/**
 * The bundled program, undefined where it has not been made or a source that the command may load has changed since.
 *
 * @param {string | undefined} command
 * @returns {string | undefined} URL of the module, with the exports of `main.ts`
 */
export function bundleFor(command) {
  if (command === undefined || !Object.hasOwn(BUNDLED, command)) return undefined;
  try {
    /** @type {BundledFile[]} */
    const files = JSON.parse(readFileSync(new URL(`${command}.json`, BUNDLE), 'utf8'));
    const root = fileURLToPath(ROOT);
    return files.every((file) => isUnchanged(root, file)) ? new URL('main.js', BUNDLE).href : undefined;
  } catch {
    // Not made, or just being replaced: the sources are always there.
    return undefined;
  }
}

/**
 * @param {string} root
 * @param {BundledFile} file
 */
function isUnchanged(root, [path, size, changed]) {
  const now = statSync(root + path, { throwIfNoEntry: false });
  return now !== undefined && now.size === size && now.mtimeMs === changed;
}
