import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '#sdk/client.ts';
import { withPage } from '../page-in-chromium.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a page has to say so that the client's own sources run in it: types are stripped when they are served. */
const PAGE = `<!doctype html><script type="importmap">{"imports":{"#contracts/":"/contracts/"}}</script>
<script type="module">
import { createClient } from '/sdk/client.ts';
window.refused = async (connection) => createClient({ ...connection, retries: 0 }).me().then(() => 'let in', (error) => error.code);
window.useClient = async (connection, bytes) => {
  const maquette = createClient(connection);
  const { role } = await maquette.me();
  const heard = [];
  const opened = Promise.withResolvers();
  const ended = Promise.withResolvers();
  const stop = new AbortController();
  const listen = async () => {
    const options = { transport: 'websocket', onOpen: opened.resolve, signal: stop.signal };
    for await (const { type, data } of maquette.events(options)) {
      heard.push({ type, assetId: data.assetId });
      if (type === 'render_complete') ended.resolve();
    }
  };
  listen().catch(opened.reject);
  await opened.promise;
  const progress = [];
  const file = new File([Uint8Array.from(bytes)], 'from a page.glb');
  const { id } = await maquette.assets.upload(file, { onProgress: ({ sent }) => progress.push(sent), partBytes: 400 });
  const { state, report } = await maquette.assets.waitUntilReady(id);
  await ended.promise;
  stop.abort();
  const picture = await createImageBitmap(await maquette.assets.picture(id, 'png', { width: 64, height: 48 }));
  const model = await maquette.assets.model(id);
  await maquette.assets.upload(new Blob([Uint8Array.from(bytes)]), { name: 'whole' });
  const names = [];
  for await (const { name } of maquette.assets.list({ pageSize: 1 })) names.push(name);
  const missing = await maquette.assets.get('ast_01kb2v4t9wf6x8q3m5n7p0r2s4').catch(({ code }) => code);
  return {
    role, progress, state, triangles: report.triangles, names, missing,
    heard: heard.filter(({ assetId }) => assetId === id).map(({ type }) => type),
    picture: [picture.width, picture.height],
    model: new TextDecoder().decode((await model.arrayBuffer()).slice(0, 4)),
  };
};
window.ready = true;
</script>`;

/** What a page found that used the client. */
export interface SeenByPage {
  role: string;
  /** Bytes that were stored after each part. */
  progress: number[];
  state: string;
  triangles: number;
  /** Of all assets, read in pages of one. */
  names: string[];
  /** Code of the error for an asset that is not there. */
  missing: string;
  /** Types of the events about the asset, heard over a WebSocket. */
  heard: string[];
  /** Width and height as the browser decodes it. */
  picture: [number, number];
  /** How the normalised model begins. */
  model: string;
}

/**
 * Uses the client's own sources in headless Chromium, on a page of another origin than the server, which the organisation
 * allows by then.
 * @returns what the page was told before that, and what it found afterwards
 */
export async function useClientInChromium(
  connection: { baseUrl: string; key: string },
  glb: Uint8Array,
): Promise<{ before: string; seen: SeenByPage }> {
  const problems: string[] = [];
  const files = {
    async bodyOf(path: string) {
      if (path === '/') return PAGE;
      const file = await readFile(join(ROOT, normalize(path)), 'utf8');
      return extname(path) === '.ts' ? stripTypeScriptTypes(file) : file;
    },
    onMessage: (text: string) => problems.push(text),
  };
  return withPage(files, async (page) => {
    await page.waitForFunction('window.ready', undefined, { timeout: 40_000 }).catch((error: unknown) => {
      throw new Error(`The page did not start: ${problems.join('; ')}`, { cause: error });
    });
    const given = JSON.stringify(connection);
    const before = await page.evaluate<string>(`window.refused(${given})`);
    const { organization } = createClient(connection);
    await organization.update((await organization.get()).id, { allowedOrigins: [new URL(page.url()).origin] });
    const bytes = JSON.stringify([...glb]);
    const seen = await page.evaluate<SeenByPage>(`window.useClient(${given}, ${bytes})`).catch((error: unknown) => {
      throw new Error(`The page failed: ${problems.join('; ')}`, { cause: error });
    });
    return { before, seen };
  });
}
