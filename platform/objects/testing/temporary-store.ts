import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderStore } from '../folder-store.ts';
import type { ObjectStore } from '../objects.ts';

/** A store in a folder of its own, which goes with it. */
export interface TemporaryStore {
  store: ObjectStore;
  directory: string;
  /** The hashes of its blobs. */
  names(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openTemporaryStore(): Promise<TemporaryStore> {
  const directory = await mkdtemp(join(tmpdir(), 'maquette-objects-'));
  const store = await openFolderStore({ directory });
  return {
    store,
    directory,
    async names() {
      const found: string[] = [];
      for await (const { sha256 } of store.list()) found.push(sha256);
      return found;
    },
    async close() {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
