import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes the bundle of the command line anew: as after an installation, whatever was changed since. */
export function bundleAnew(): void {
  const root = join(import.meta.dirname, '..');
  const bundled = spawnSync(process.execPath, ['scripts/bundle-cli.js'], { cwd: root, encoding: 'utf8' });
  if (bundled.status !== 0) throw new Error(`bundle-cli.js: ${bundled.stderr}`);
}
