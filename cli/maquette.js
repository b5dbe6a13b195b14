#!/usr/bin/env node
// Starts the command line under Node 24, which runs TypeScript as it is. Plain JavaScript, because older Nodes run it.
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { fileURLToPath } from 'node:url';
import { startWorker } from '../platform/render-threads/start-worker.js';
import { bundleFor } from './bundle.js';

if (Number(process.versions.node.split('.')[0]) >= 24) {
  // Compiled code is kept between starts: it saves about a third of the time until a command begins.
  module.enableCompileCache?.();
  const args = process.argv.slice(2);
  // It starts in the time that the rest takes to load.
  const thread = args[0] === 'render' && args.length > 1 ? startWorker(0) : undefined;
  const bundle = bundleFor(args[0]);
  const { main } = await import(bundle ?? './main.ts');
  await main(args, thread);
  // A short command has ended; taking everything down in order takes a tenth of a picture's time. What is written to a
  // pipe on Windows may still be on its way. What could not be written elsewhere is told of in the next turn.
  if (bundle !== undefined && process.platform !== 'win32') setImmediate(() => process.exit());
} else {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const node = fileURLToPath(
    new URL(`../node_modules/node-${platform}-${process.arch}/bin/node${suffix}`, import.meta.url),
  );
  if (!existsSync(node)) {
    console.error(
      `Maquette needs Node 24, and this is ${process.version}. Install Node 24, or run npm ci to get the packaged one.`,
    );
    process.exit(3);
  }
  const { spawn } = await import('node:child_process');
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal) process.removeAllListeners(signal);
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 3);
  });
}
