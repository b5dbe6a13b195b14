import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCube } from '../models/cube.ts';
import { startWhole, type TestServer } from './server.ts';

/** Somebody's machine with models on it, and a server that they use. */
export interface Workshop {
  server: TestServer;
  /** Where programs run: `models/cube.glb`, `models/deeper/larger.glb`, and `models/notes.txt`, which is no model. */
  folder: string;
  /** Of programs: a home of its own, so that they find nothing of whoever runs the tests. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

/** Starts a server beside a folder of models, which `close` ends and deletes. */
export async function openWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'maquette-workshop-'));
  const environment = { PATH: process.env.PATH ?? '', HOME: folder, XDG_CONFIG_HOME: join(folder, 'config') };
  await mkdir(join(folder, 'models/deeper'), { recursive: true });
  await writeFile(join(folder, 'models/cube.glb'), await makeCube(1));
  await writeFile(join(folder, 'models/deeper/larger.glb'), await makeCube(2));
  await writeFile(join(folder, 'models/notes.txt'), 'no model');
  const server = await startWhole();
  return {
    server,
    folder,
    environment,
    async close() {
      await server.stop();
      await server.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
