import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCube } from '#test/models/cube.ts';

const ROOT = dirname(import.meta.dirname);
const BUNDLE = join(ROOT, 'node_modules/.cache/maquette/cli');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-bundle-'));
  await writeFile(join(folder, 'cube.glb'), await makeCube());
  expect(node('scripts/bundle-cli.js')).toMatchObject({ status: 0, stderr: '' });
});
afterAll(() => rm(folder, { recursive: true }));

function node(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

/** Runs the command line whose `main` is that of a module. */
function run(module: string, ...args: string[]) {
  const program = `const { main } = await import(process.argv[1]); await main(process.argv.slice(2));`;
  return node('--input-type=module', '-e', program, pathToFileURL(module).href, ...args);
}

/** What `bundle.js` of a copy of the project finds for a command. */
async function bundleFor(project: string, command: string): Promise<string | undefined> {
  const { bundleFor } = (await import(pathToFileURL(join(project, 'cli/bundle.js')).href)) as {
    bundleFor(command: string): string | undefined;
  };
  return bundleFor(command);
}

test('the bundle stands for the sources of short commands until one of them changes', async () => {
  const project = join(folder, 'project');
  const source = join(project, 'cli/main.ts');
  const list = join(project, 'node_modules/.cache/maquette/cli/render.json');
  await cp(join(ROOT, 'cli/bundle.js'), join(project, 'cli/bundle.js'));
  expect(await bundleFor(project, 'render')).toBeUndefined();
  await writeFile(source, 'export {};');
  const { size, mtimeMs } = await stat(source);
  await mkdir(dirname(list), { recursive: true });
  await writeFile(list, JSON.stringify([['cli/main.ts', size, mtimeMs]]));
  expect(await bundleFor(project, 'render')).toMatch(/maquette\/cli\/main\.js$/);
  expect(await bundleFor(project, 'serve')).toBeUndefined();
  await writeFile(source, 'export { };');
  expect(await bundleFor(project, 'render')).toBeUndefined();
  await rm(source);
  expect(await bundleFor(project, 'render')).toBeUndefined();
});

test('a list names the sources that its command may load, and no other command', async () => {
  const names = async (command: string) =>
    (JSON.parse(await readFile(join(BUNDLE, `${command}.json`), 'utf8')) as [string][]).map(([path]) => path);
  const render = await names('render');
  expect(render).toContain('engine/formats/obj/import-obj.ts');
  expect(render).toContain('cli/render-sequence.ts');
  expect(render).toContain('node_modules/.package-lock.json');
  expect(render).not.toContain('cli/commands/optimize.ts');
  expect(await names('optimize')).toContain('engine/operations/run-plan.ts');
});

test.each([
  ['render', 'cube.glb', '-o', 'out.png', '--width', '64', '--height', '48'],
  ['optimize', 'cube.glb', 'out.glb', '--preset', 'mobile'],
  ['validate', 'missing.glb'],
])('bundle and sources do the same: %s', async (...args) => {
  const outputs = [join(BUNDLE, 'main.js'), join(ROOT, 'cli/main.ts')].map(async (main, i) => {
    await mkdir(join(folder, String(i)), { recursive: true });
    const words = args.map((word) =>
      /^(cube|missing)/.test(word)
        ? join(folder, word)
        : word.startsWith('out.')
          ? join(folder, String(i), word)
          : word,
    );
    const { status, stdout } = run(main, ...words);
    const out = args.find((word) => word.startsWith('out.'));
    const file = out === undefined ? '' : await readFile(join(folder, String(i), out), 'base64');
    return { status, stdout: stdout.replaceAll(/"\w*[sS]econds":[\d.e-]+/g, ''), file };
  });
  const [bundle, sources] = await Promise.all(outputs);
  expect(bundle).toEqual(sources);
  expect(bundle?.status).toBe(args[0] === 'validate' ? 1 : 0);
});
