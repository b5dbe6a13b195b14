import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { API_VERSION } from '#contracts/rest/version.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Makes the TypeScript client a package that is installed like any other: one file of JavaScript, since Node takes no
 * TypeScript out of `node_modules`, and declarations, since a project's own compiler options are not those of this one.
 * It depends on nothing: the types of zod, of which the schemas' types are made, lie in it.
 */
export async function buildSdk(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await Promise.all([bundle(folder), declare(join(folder, 'types'))]);
  await cp(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  await cp(join(ROOT, 'sdk/README.md'), join(folder, 'README.md'));
  const about = {
    name: 'maquette',
    version: API_VERSION,
    description: 'A client of a Maquette server, for Node and browsers.',
    license: 'Apache-2.0',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=22' },
    exports: { './sdk': { types: './types/sdk/index.d.ts', default: './sdk.js' } },
  };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
}

async function bundle(folder: string): Promise<void> {
  const build = await rolldown({ cwd: ROOT, input: 'sdk/index.ts', platform: 'neutral' });
  try {
    await build.write({ file: join(folder, 'sdk.js'), format: 'esm' });
  } finally {
    await build.close();
  }
}

/** Writes the declarations of the client and of what it is made of. */
async function declare(folder: string): Promise<void> {
  const project = await mkdtemp(join(tmpdir(), 'maquette-sdk-'));
  try {
    const options = { outDir: folder, rootDir: ROOT, noEmit: false, declaration: true, emitDeclarationOnly: true };
    await writeFile(
      join(project, 'tsconfig.json'),
      JSON.stringify({
        extends: join(ROOT, 'tsconfig.json'),
        compilerOptions: {
          ...options,
          incremental: false,
          types: ['node'],
          typeRoots: [join(ROOT, 'node_modules/@types')],
        },
        files: [join(ROOT, 'sdk/index.ts')],
        include: [],
      }),
    );
    await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/run.js'), 'typescript', '-p', project]);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
  const zod = join(ROOT, 'node_modules/zod');
  for (const part of ['LICENSE', 'index.d.ts', 'v4/classic', 'v4/core', 'v4/locales']) {
    await cp(join(zod, part), join(folder, 'zod', part), {
      recursive: true,
      filter: (path) => !/\.[a-z]+$/.test(path) || path.endsWith('.d.ts'),
    });
  }
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.d.ts'));
  await Promise.all(names.map((name) => pointWithin(folder, join(folder, name))));
}

/** Has a declaration name its neighbours as they lie in the package. */
async function pointWithin(folder: string, path: string): Promise<void> {
  const up = relative(dirname(path), folder).replaceAll('\\', '/') || '.';
  const text = await readFile(path, 'utf8');
  const within = text
    .replaceAll(/(['"])#(\w+\/[^'"]+)\.ts\1/g, `'${up}/$2.js'`)
    .replaceAll(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, "'$2.js'")
    .replaceAll(/(from |import\()(['"])zod\2/g, `$1'${up}/zod/index.js'`);
  if (within !== text) await writeFile(path, within);
}
