#!/usr/bin/env node
// Installs what is missing, then runs a program under Node 24:
//
//   node scripts/run.js vitest run          the program of an installed package
//   node scripts/run.js cli/maquette.js up  a file of this repository
//
// Plain JavaScript, because Node 20 runs it, before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

if (!installed()) {
  console.error('Installing dependencies (npm ci) …');
  const install = spawnSync('npm', ['ci', '--no-fund', '--no-audit'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (install.status !== 0) process.exit(install.status ?? 1);
}

const [program, ...args] = process.argv.slice(2);
const file = program.endsWith('.js') || program.endsWith('.ts') ? join(root, program) : binary(program);
const run = spawn(node24(), [file, ...args], { stdio: 'inherit' });
// Stopped, it waits for what the program does last. A terminal sends Ctrl-C to the program as well.
process.on('SIGINT', () => process.stdin.isTTY || run.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => run.kill(signal));
run.on('exit', (status) => process.exit(status ?? 1));

/** Whether node_modules holds what package-lock.json asks for. */
function installed() {
  const hidden = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
  );
}

/** The first program of an installed package, as a file, so that it runs under the Node of our choice. */
function binary(name) {
  const folder = join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : Object.values(bin)[0]);
}

/** This Node when it is new enough, else the one among the optional dependencies. */
function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const path = join(
    root,
    `node_modules/node-${platform}-${process.arch}/bin/node${process.platform === 'win32' ? '.exe' : ''}`,
  );
  if (existsSync(path)) return path;
  console.error(
    `Maquette needs Node 24, this is ${process.version}, and there is no packaged one for ${process.platform} ${process.arch}. Install Node 24 and try again.`,
  );
  process.exit(3);
}
