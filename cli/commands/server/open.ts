import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { MaquetteClient } from '#sdk/client.ts';
import { createClient } from '#sdk/client.ts';
import { type Command, UsageError } from '../../command.ts';
import { connectionFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { idFrom } from '../../server/id-argument.ts';

/** `maquette open [ASSET]`: the preview of an asset, or the reference of the server, in the program that shows such things. */
export const open: Command = {
  name: 'open',
  summary:
    "Shows the preview of an asset in this machine's own program for pictures; without an asset the reference page of the server. Prints what it opened.",
  usage: '[ASSET]',
  positionals: [0, 1],
  options: {
    'no-show': { type: 'boolean', help: 'print alone: the file of the preview, or the address' },
    ...SERVER_OPTIONS,
  },
  async run({ values, positionals: [word] }) {
    const connection = await connectionFrom(values);
    const client = createClient({ baseUrl: connection.url, key: connection.key });
    const place = word === undefined ? `${connection.url}/docs` : await previewFile(client, word);
    console.log(values.json ? JSON.stringify({ opened: place }) : place);
    if (values['no-show'] !== true) await show(place);
  },
};

/** The preview as a file: a browser could not get it, since it does not have the key. */
async function previewFile(client: MaquetteClient, word: string): Promise<string> {
  const { id, name, preview, error } = await client.assets.get(idFrom('asset', word));
  if (preview === null) {
    throw new MaquetteError('conflict', `${name} (${id}) has no preview: ${error?.message ?? 'it is not ready yet'}.`, {
      remedy: 'Wait for its job: maquette jobs list --asset …, maquette jobs wait …',
    });
  }
  const answer = await client.assets.download(preview);
  const ending = /^image\/(\w+)/.exec(answer.headers.get('content-type') ?? '')?.[1] ?? 'webp';
  const path = join(await mkdtemp(join(tmpdir(), 'maquette-')), `${id}.${ending}`);
  await writeFile(path, new Uint8Array(await answer.arrayBuffer()));
  return path;
}

/** Starts what shows a file or an address: `$BROWSER`, or what the system has for it. */
async function show(place: string): Promise<void> {
  const { BROWSER: chosen } = process.env;
  const [program, ...args] = chosen
    ? [chosen]
    : process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['explorer.exe']
        : ['xdg-open'];
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program as string, [...args, place], { stdio: 'ignore', detached: true });
    child.once('error', () => reject(new UsageError(`${program} cannot be started: set BROWSER, or use --no-show`)));
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
