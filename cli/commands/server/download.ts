import { stat } from 'node:fs/promises';
import { basename, extname, join, resolve, sep } from 'node:path';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { idSchema } from '#contracts/ids/ids.ts';
import type { MaquetteClient } from '#sdk/client.ts';
import { type Command, type CommandCall, UsageError } from '../../command.ts';
import { progressLine } from '../../progress-line.ts';
import { clientFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { idFrom } from '../../server/id-argument.ts';
import { saveAnswer } from '../../server/save-answer.ts';

/** `maquette download ASSET|DERIVATIVE [OUT]`: files of a server as they are there. */
export const download: Command = {
  name: 'download',
  summary:
    'Downloads the files of an asset as they were uploaded, or a derivative: a render, a converted or optimised model. OUT is the file, or a folder for it; several files go into a folder with their relative names. `maquette convert ASSET OUT.glb` gives the normalised model.',
  usage: 'ASSET|DERIVATIVE [OUT]',
  positionals: [1, 2],
  options: {
    version: { type: 'string', value: 'N', help: 'of an asset: this version; the newest without it' },
    ...SERVER_OPTIONS,
  },
  async run({ values, positionals: [word = '', output] }) {
    const client = await clientFrom(values);
    const { files, name } = await filesOf(client, word, values);
    const places = await placesOf(files, name, output);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const progress = progressLine(process.stderr);
    const written: { path: string; bytes: number }[] = [];
    let done = 0;
    try {
      for (const [index, file] of files.entries()) {
        const path = places[index] as string;
        const bytes = await saveAnswer(await client.assets.download(file), path);
        written.push({ path, bytes });
        done += bytes;
        progress.show(done / total);
      }
    } finally {
      progress.clear();
    }
    if (values.json) console.log(JSON.stringify({ files: written }));
    else for (const { path, bytes } of written) console.error(`${path}: ${bytes} bytes`);
  },
};

/** A file of the server. */
interface RemoteFile {
  name: string;
  url: string;
  bytes: number;
}

/** The files that an id means, and what a folder of them is called. */
async function filesOf(
  client: MaquetteClient,
  word: string,
  { version }: CommandCall['values'],
): Promise<{ files: RemoteFile[]; name: string }> {
  const derivativeId = idSchema('derivative').safeParse(word);
  if (derivativeId.success) {
    if (version !== undefined) throw new UsageError('--version: of an asset alone');
    const { id, url, bytes, contentType } = await client.assets.derivative(derivativeId.data);
    return { files: [{ name: id + endingOf(contentType), url, bytes }], name: id };
  }
  const number = version === undefined ? undefined : Number(version);
  if (number !== undefined && !(Number.isInteger(number) && number > 0)) {
    throw new UsageError('--version: give a whole number of at least 1');
  }
  const id = idFrom('asset', word);
  const [asset, files] = await Promise.all([client.assets.get(id), client.assets.files(id, number)]);
  const originals = files.filter(({ role }) => role === 'original');
  if (originals.length === 0) {
    throw new MaquetteError('conflict', `${asset.name} (${id}) has no files: ${asset.error?.message ?? asset.state}.`, {
      remedy: 'Wait until it is there: maquette jobs --asset …',
    });
  }
  return { files: originals, name: basename(asset.name, extname(asset.name)) };
}

/** Where files go: one to `output` or into that folder, several into the folder. */
async function placesOf(files: readonly RemoteFile[], name: string, output: string | undefined): Promise<string[]> {
  const [first, ...others] = files;
  if (first !== undefined && others.length === 0) {
    if (output === undefined) return [basename(first.name)];
    return [(await isFolder(output)) ? join(output, basename(first.name)) : output];
  }
  const folder = output ?? (name.replaceAll(/[/\\]/g, '_') || 'model');
  return files.map((file) => within(folder, file.name));
}

/** A file below a folder. @throws MaquetteError when its name leads out of it, which no honest server gives */
function within(folder: string, name: string): string {
  const path = join(folder, name);
  if (resolve(path).startsWith(resolve(folder) + sep)) return path;
  throw new MaquetteError('model_resource_unsafe', `${name} leads out of ${folder}.`);
}

async function isFolder(path: string): Promise<boolean> {
  if (/[/\\]$/.test(path)) return true;
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

const ENDINGS: Record<string, string> = {
  'model/gltf-binary': '.glb',
  'model/gltf+json': '.gltf',
  'image/jpeg': '.jpg',
  'image/x-exr': '.exr',
  'application/zip': '.zip',
};

/** The ending that goes with a content type, as far as it says one. */
function endingOf(contentType: string): string {
  const [type = ''] = contentType.split(';');
  return ENDINGS[type] ?? /^(?:image|video|model)\/([a-z0-9]+)$/.exec(type)?.[1]?.replace(/^/, '.') ?? '';
}
