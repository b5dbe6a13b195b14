import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSdk } from '../../scripts/sdk-package/build-sdk.ts';
import { makeCube } from '../models/cube.ts';
import { CHROMIUM } from '../page-in-chromium.ts';
import { useClientInChromium } from './client-in-chromium.ts';
import { KEY, type TestServer } from './server.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const ROOT = join(import.meta.dirname, '../..');
const SDK = join(ROOT, 'sdk');
const PYTHON = join(import.meta.dirname, '../../clients/python');

/** Wrong in its fifth and sixth line. */
const WRONGLY_TYPED = `import { type Asset, createClient, MaquetteError } from 'maquette/sdk';
const maquette = createClient({ baseUrl: 'http://127.0.0.1:3000', key: 'mq_live_' });
export const name = async (): Promise<string> => (await maquette.assets.get('ast_1')).name;
export const code = (error: unknown) => (error instanceof MaquetteError ? error.code : undefined);
export const width = () => maquette.renders.create({ assetId: 'ast_1', width: 'wide' });
export const report = (asset: Asset): number => asset.report.triangles;
`;

let workshop: Workshop;
let server: TestServer;
let folder: string;
let environment: Record<string, string>;
beforeAll(async () => {
  workshop = await openWorkshop();
  ({ server, folder, environment } = workshop);
});
afterAll(() => workshop?.close());

describe('the TypeScript client', () => {
  it('is a package that does what its README shows, with types for other projects', { timeout: 120_000 }, async () => {
    await buildSdk(join(folder, 'node_modules/maquette'));
    await writeFile(join(folder, 'chair.glb'), await makeCube(5));
    const readme = await readFile(join(SDK, 'README.md'), 'utf8');
    const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block);
    // What the examples have from elsewhere.
    const given = "const gltf = '{}', png = 'png';\n";
    await writeFile(join(folder, 'readme.ts'), given + blocks.join('\n'));
    const env = { ...environment, MAQUETTE_URL: server.url, MAQUETTE_KEY: KEY };
    const child = spawn(process.execPath, ['readme.ts'], { cwd: folder, env });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ready 12\n5 of 5|^ready 12\n0 of 5 bytes/);
    expect(stdout).toMatch(/\nimage\/webp\n12\n(?:.*\n)*Chair\n(?:.*\n)*model_uploaded\n(?:.*\n)*render_complete\n$/);
    await writeFile(join(folder, 'wrong.ts'), WRONGLY_TYPED);
    // A project of its own, which takes neither this one's options nor its packages.
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const options =
      '--strict --noEmit --target es2022 --module nodenext --lib es2022,dom,dom.asynciterable --types'.split(' ');
    const check = [
      join(ROOT, 'scripts/run.js'),
      'typescript',
      ...options,
      '',
      '--ignoreConfig',
      join(folder, 'wrong.ts'),
    ];
    const { stdout: found } = spawnSync(process.execPath, check, { cwd: folder, encoding: 'utf8' });
    expect(found.match(/\((\d+),\d+\): error/g)).toEqual([expect.stringMatching('5,'), expect.stringMatching('6,')]);
  });

  it.skipIf(!existsSync(CHROMIUM))(
    'does the same in a browser, on a page of an origin that the organisation allows',
    { timeout: 120_000 },
    async () => {
      const glb = await makeCube(3);
      const { before, seen } = await useClientInChromium({ baseUrl: server.url, key: KEY }, glb);
      expect(before).toBe('unavailable');
      expect(seen).toMatchObject({ role: 'owner', state: 'ready', triangles: 12, missing: 'not_found' });
      expect(seen).toMatchObject({ picture: [64, 48], model: 'glTF' });
      expect(seen.progress.length).toBeGreaterThan(2);
      expect(seen.progress.at(-1)).toBe(glb.length);
      expect(seen.names).toEqual(expect.arrayContaining(['from a page.glb', 'whole']));
      expect(seen.heard).toEqual(expect.arrayContaining(['model_uploaded', 'model_processed', 'render_complete']));
    },
  );
});

describe('the Python client', () => {
  const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;
  if (!hasPython) console.warn('The Python client is not run: there is no python3 of 3.9 or later.');

  /** Runs a program beside the client, in the folder of the models. */
  async function python(program: string) {
    const env = { ...environment, MAQUETTE_URL: server.url, MAQUETTE_KEY: KEY, PYTHONPATH: PYTHON };
    const child = spawn('python3', ['-'], { cwd: folder, env: { ...env, PYTHONDONTWRITEBYTECODE: '1' } });
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.stdin.end(program);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { status: await closed, stdout, stderr };
  }

  it.skipIf(!hasPython)('does what its README shows', { timeout: 120_000 }, async () => {
    await writeFile(join(folder, 'chair.glb'), await makeCube(4));
    const readme = await readFile(join(PYTHON, 'README.md'), 'utf8');
    await writeFile(
      join(folder, 'scan.ply'),
      'ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\nend_header\n0 0 0\n',
    );
    const program = [...readme.matchAll(/```python\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
    const { status, stdout, stderr } = await python(program);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^ready 12\n[\s\S]*\d+%\n(ast_\w+ Chair\n)+not_found .*\n106 of 106 bytes\nhttp:\S+ast_\w+\n$/,
    );
    expect((await readFile(join(folder, 'chair.png'))).readUInt32BE(16)).toBe(320);
    expect((await readFile(join(folder, 'chair-small.glb'), 'latin1')).slice(0, 4)).toBe('glTF');
  });

  it.skipIf(!hasPython)('types everything, hears events, and says what the server says', async () => {
    const { status, stdout, stderr } = await python(`
import io, os, threading, typing
from maquette import Client, MaquetteError, models
for name, value in vars(models).items():
    if typing.is_typeddict(value) if hasattr(typing, "is_typeddict") else isinstance(value, type):
        typing.get_type_hints(value)
client = Client(os.environ["MAQUETTE_URL"], os.environ["MAQUETTE_KEY"])
heard = client.listen_to_events(types="model_uploaded")
threading.Timer(0.7, lambda: client.create_asset(files=[("a/streamed.glb", io.BytesIO(b"glTF"))], name="Heard")).start()
event = next(heard)
print(event["type"], client.get_asset(event["data"]["assetId"])["name"])
try:
    client.create_project({"name": ""})
except MaquetteError as error:
    print(error.status, error.code, error.fault, error.errors[0]["pointer"])
project = client.create_project({"name": "From Python"})
print(client.update_project(project["id"], {"name": "Renamed"})["name"], client.delete_project(project["id"]))
try:
    client.create_asset(files=["nowhere.glb"])
except FileNotFoundError as error:
    print(error.filename)

class Cut(Client):
    """Loses each second answer to a part, after the server has stored it."""
    parts = 0
    def _send(self, method, path, **request):
        answer = super()._send(method, path, **request)
        if method == "PATCH":
            Cut.parts += 1
            if Cut.parts % 2:
                answer.close()
                raise MaquetteError("unavailable", "cut off")
        return answer

with open("cut.stl", "wb") as file:
    file.write(os.urandom(300_000))
begun = []
def stop(sent, total):
    if sent >= 130_000:
        raise KeyboardInterrupt
cut = Cut(os.environ["MAQUETTE_URL"] + "/v1/", os.environ["MAQUETTE_KEY"])
try:
    cut.upload("cut.stl", part_bytes=65_536, on_begun=begun.append, on_progress=stop)
except KeyboardInterrupt:
    pass
sent = []
asset = cut.upload("cut.stl", part_bytes=65_536, resume=begun[0], on_progress=lambda now, _: sent.append(now))
[whole] = [asset for asset in client.iter_assets(name="cut.stl")]
client.wait_for_asset(whole["id"])
[file] = [file for file in client.list_files(whole["id"])["data"] if file["role"] == "original"]
print(sent[0] > 130_000, len(begun), client.download(file["url"]).read() == open("cut.stl", "rb").read())
`);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      'model_uploaded Heard\n400 invalid_request input /body/name\nRenamed None\nnowhere.glb\nTrue 1 True\n',
    );
  });
});
