import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';

/** f3d with a virtual screen, since it needs one to render. */
export interface F3d {
  version: string;
  /**
   * Renders a model to a PNG file, with an environment where a panorama is given.
   * @returns seconds from the start of its process to its end
   */
  render(model: string, output: string, size: { width: number; height: number }, panorama?: string): number;
  close(): void;
}

/** Starts a virtual screen for f3d; undefined where f3d or Xvfb is not installed. */
export async function openF3d(): Promise<F3d | undefined> {
  const version = spawnSync('f3d', ['--version'], { encoding: 'utf8' });
  if (version.error || spawnSync('Xvfb', ['-help']).error) return undefined;
  const display = ':97';
  const screen: ChildProcess = spawn('Xvfb', [display, '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    stdio: 'ignore',
  });
  await setTimeout(1500);
  return {
    version: version.stdout.trim().split('\n')[0] ?? '',
    render(model, output, { width, height }, panorama) {
      const args = [model, `--output=${output}`, `--resolution=${width},${height}`];
      if (panorama) args.push('--tone-mapping', `--hdri=${panorama}`);
      const start = performance.now();
      const run = spawnSync('f3d', args, { env: { ...process.env, DISPLAY: display }, encoding: 'utf8' });
      if (run.status !== 0) throw new Error(`f3d ended with status ${run.status}: ${run.stderr}`);
      return (performance.now() - start) / 1000;
    },
    close: () => screen.kill(),
  };
}
