import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { readModel } from '#engine/process/read-model.ts';

/** Reads a model as everything that works on models does, `read-once.ts FILE`: one run in a process of its own. */
const [path] = process.argv.slice(2) as [string];
const bytes = await readFile(path);
const start = performance.now();
const { document } = await readModel([{ name: basename(path), bytes }], ModelLimits.parse({}));
const seconds = (performance.now() - start) / 1000;
if (document.getRoot().listMeshes().length === 0) throw new Error('nothing was read');
Object.assign(globalThis, { measured: { readSeconds: seconds } });
