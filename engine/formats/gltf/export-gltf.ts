import type { Document } from '@gltf-transform/core';
import type { ExportedFile } from '../exported-model.ts';
import type { Exporter } from '../exporter.ts';
import { FileNames, IMAGE_ENDINGS, stemOf } from '../file-names.ts';
import { writeGlb, writeGltf } from './write-glb.ts';

/** One file with everything in it. */
export const exportGlb: Exporter = async (document, { stem }) => ({
  files: [{ path: `${stem}.glb`, bytes: await writeGlb(document) }],
  warnings: [],
});

/** The JSON with its buffers and images beside it. */
export const exportGltf: Exporter = async (document, { stem }) => {
  const { json, resources } = await withFileNames(document, stem, () => writeGltf(document, stem));
  const text = new TextEncoder().encode(JSON.stringify(json));
  const others = Object.entries(resources).map(([path, bytes]): ExportedFile => ({ path, bytes }));
  return { files: [{ path: `${stem}.gltf`, bytes: text }, ...others], warnings: [] };
};

/**
 * Gives buffers and textures names of their own while `write` runs. Those that came with the model may lead out of the
 * folder, and two may be alike.
 */
async function withFileNames<T>(document: Document, stem: string, write: () => Promise<T>): Promise<T> {
  const names = new FileNames();
  const root = document.getRoot();
  const buffers = root.listBuffers().map((buffer) => ({ named: buffer, name: stem, ending: '.bin' }));
  const textures = root.listTextures().map((texture) => ({
    named: texture,
    name: `${stem}_${stemOf(texture.getName() || texture.getURI()) || 'texture'}`,
    ending: IMAGE_ENDINGS[texture.getMimeType()] ?? '.bin',
  }));
  const all = [...buffers, ...textures];
  const before = all.map(({ named }) => named.getURI());
  for (const { named, name, ending } of all) named.setURI(names.unique(name, ending));
  try {
    return await write();
  } finally {
    for (const [index, { named }] of all.entries()) named.setURI(before[index]!);
  }
}
