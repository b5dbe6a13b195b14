// Bundles the command line into few files, which load in a fifth of the time that its modules take. Runs after every
// installation; without the bundle, or with sources that have changed since, the command line runs from its sources.
//
//   node scripts/bundle-cli.js
//
// Plain JavaScript, because npm runs it under whatever Node there is.
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLE, BUNDLED } from '../cli/bundle.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = fileURLToPath(BUNDLE).replace(/[\\/]$/, '');

/** Packages that go into the bundle: those that a short command loads, and all that share their classes. */
const PACKAGES =
  /^(zod|fflate|@gltf-transform\/.*|property-graph|ktx-parse|meshoptimizer|ndarray-pixels|ndarray|ndarray-lanczos|sharp|semver|detect-libc|@img\/colour)(\/|$)/;

/**
 * What glTF-Transform's functions load and Maquette never comes to call: a codec for images, with all of sharp, and
 * filters. The engine gets its codec from its host.
 */
const UNUSED = /^ndarray(-pixels|-lanczos)?$/;
const NOTHING = `const nothing = () => { throw new Error('This is not in the bundle.'); };
export { nothing as default, nothing as getPixels, nothing as savePixels, nothing as lanczos2, nothing as lanczos3 };`;

/** Made when the functions are loaded, which takes 20 ms, for messages that nobody hears. */
const NUMBER_FORMAT = /new Intl\.NumberFormat\((?:undefined|void 0), \{ maximumFractionDigits: 0 \}\)/;

/** What sharp takes of Node's modules for its own installation: they load a fourth of Node, for nothing. */
const INSTALLING = /^import \{ (spawnSync|createHash) \} from '(node:child_process|node:crypto)';$/gm;
const WHEN_CALLED = "const $1 = (...args) => process.getBuiltinModule('$2').$1(...args);";

/**
 * Without comments and blanks, names as they are. Node reads and hashes the whole text at each start, also of code that
 * it has kept compiled, and half as fast where one character of a file is not ASCII.
 *
 * @type {import('rolldown').OutputOptions}
 */
const SHORT = { charset: 'ascii', minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } } };

const { rolldown } = await import('rolldown').catch(() => ({ rolldown: undefined }));
// Installed without what only its development needs.
if (rolldown) await bundle(rolldown);

/** @param {typeof import('rolldown').rolldown} rolldown */
async function bundle(rolldown) {
  /** Modules that each module may load. @type {Map<string, string[]>} */
  const imports = new Map();
  const build = await rolldown({
    cwd: root,
    input: { main: 'cli/main.ts' },
    platform: 'node',
    external: (id) => id.endsWith('.node') || !(/^[./#]|^[A-Za-z]:/.test(id) || PACKAGES.test(id)),
    checks: { ineffectiveDynamicImport: false, circularDependency: false },
    plugins: [
      {
        name: 'unused',
        resolveId: (id) => (UNUSED.test(id) ? '\0nothing' : null),
        load: (id) => (id === '\0nothing' ? NOTHING : null),
        transform(code, id) {
          if (/@gltf-transform[\\/]functions/.test(id)) return code.replace(NUMBER_FORMAT, '{ format: String }');
          return /sharp[\\/]dist[\\/]libvips/.test(id) ? code.replaceAll(INSTALLING, WHEN_CALLED) : undefined;
        },
      },
      {
        name: 'places',
        // Modules find files beside them by their own place, which is not where the bundle lies.
        transform(code, id) {
          if (!code.includes('import.meta.')) return undefined;
          const place = `new URL(${JSON.stringify(withSlashes(relative(folder, id)))}, import.meta.url)`;
          return code
            .replaceAll('import.meta.url', `${place}.href`)
            .replaceAll('import.meta.dirname', `process.getBuiltinModule('url').fileURLToPath(new URL('.', ${place}))`);
        },
        moduleParsed({ id, importedIds, dynamicallyImportedIds }) {
          imports.set(withSlashes(id), [...importedIds, ...dynamicallyImportedIds].map(withSlashes));
        },
      },
    ],
  });
  const making = `${folder}-${process.pid}`;
  await mkdir(dirname(making), { recursive: true });
  try {
    await build.write({ dir: making, format: 'esm', chunkFileNames: '[name]-[hash].js', ...SHORT });
    // Without it Node parses each file once more, to find out what it is.
    await writeFile(`${making}/package.json`, '{ "type": "module" }');
    for (const [command, entries] of Object.entries(BUNDLED)) {
      const files = await Promise.all(sourcesOf(imports, entries).map(asBundled));
      await writeFile(`${making}/${command}.json`, JSON.stringify(files));
    }
    await rm(folder, { recursive: true, force: true });
    await rename(making, folder);
  } finally {
    await rm(making, { recursive: true, force: true });
    await build.close();
  }
}

/**
 * The project's own files that modules may come to load, and the list of the installed packages.
 *
 * @param {Map<string, string[]>} imports
 * @param {string[]} entries
 */
function sourcesOf(imports, entries) {
  const project = withSlashes(root);
  const begin = ['cli/main.ts', ...entries].map((path) => project + path);
  const missing = begin.filter((id) => !imports.has(id));
  // A list that lacks sources would let an old bundle stand for new ones.
  if (missing.length > 0) throw new Error(`Not in the bundle: ${missing.join(', ')}`);
  const found = new Set(begin);
  const isOfTable = (id) => id === `${project}cli/command-table.ts`;
  for (const id of found) {
    // The table of commands loads every command, of which only these are meant.
    const next = isOfTable(id)
      ? (imports.get(id) ?? []).filter((other) => !other.includes('/commands/'))
      : imports.get(id);
    for (const other of next ?? []) if (imports.has(other) && !other.includes('node_modules')) found.add(other);
  }
  return [...found, `${project}node_modules/.package-lock.json`];
}

/** @param {string} path */
function withSlashes(path) {
  return path.replaceAll(sep, '/');
}

/** @param {string} file */
async function asBundled(file) {
  const { size, mtimeMs } = await stat(file);
  return [withSlashes(relative(root, file)), size, mtimeMs];
}
