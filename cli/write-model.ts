import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Document } from '@gltf-transform/core';
import { zipSync } from 'fflate';
import { writeGltf } from '#engine/formats/gltf/write-glb.ts';

/** Zip has no earlier date: the same model gives the same archive at any time. */
const NO_DATE = new Date(1980, 0, 1);

/**
 * Writes a model as its name's ending says: `.glb`, `.gltf` with its buffers and textures beside it, or `.zip` of
 * these.
 *
 * @returns the files with their sizes, the model first
 */
export async function writeModel(
  output: string,
  { glb, document }: { glb: Uint8Array; document: Document },
): Promise<{ path: string; bytes: number }[]> {
  const stem = basename(output, extname(output));
  switch (extname(output).toLowerCase()) {
    case '.gltf':
      return writeFiles(dirname(output), await separateFiles(document, stem));
    case '.zip': {
      const files = await separateFiles(document, stem);
      const archive = zipSync(Object.fromEntries(files), { level: 6, mtime: NO_DATE });
      return writeFiles(dirname(output), [[basename(output), archive]]);
    }
    default:
      return writeFiles(dirname(output), [[basename(output), glb]]);
  }
}

/** The JSON first, then what it refers to. */
async function separateFiles(document: Document, stem: string): Promise<[name: string, bytes: Uint8Array][]> {
  const { json, resources } = await writeGltf(document, stem);
  const text = new TextEncoder().encode(JSON.stringify(json));
  return [[`${stem}.gltf`, text], ...Object.entries(resources)];
}

async function writeFiles(folder: string, files: [name: string, bytes: Uint8Array][]) {
  const written = [];
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    written.push({ path, bytes: bytes.byteLength });
  }
  return written;
}
