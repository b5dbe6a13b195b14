import { basename } from 'node:path';
import { DEFAULT_LIMITS } from '#contracts/model/default-limits.ts';
import { readModel } from '#engine/process/read-model.ts';
import { FileOnDisk } from '#platform/files/file-on-disk.ts';

/** Reads a model as everything that works on models does, `read-once.ts FILE`: one run in a process of its own. */
const [path] = process.argv.slice(2) as [string];
const start = performance.now();
const { document } = await readModel([new FileOnDisk(basename(path), path)], DEFAULT_LIMITS);
const seconds = (performance.now() - start) / 1000;
if (document.getRoot().listMeshes().length === 0) throw new Error('nothing was read');
Object.assign(globalThis, { measured: { readSeconds: seconds } });
