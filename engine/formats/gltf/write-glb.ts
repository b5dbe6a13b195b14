import type { Document, JSONDocument, PlatformIO } from '@gltf-transform/core';
import { writeGlbParts } from './glb-parts.ts';
import { createGltfIo } from './gltf-io.ts';

/** Extensions whose data comes about while a document is written. */
const COMPRESSING = ['EXT_meshopt_compression', 'KHR_draco_mesh_compression'];

/** Writes a document as GLB with everything it carries, compressed as its extensions say. */
export async function writeGlb(document: Document): Promise<Uint8Array<ArrayBuffer>> {
  const parts = await writeGlbInParts(document);
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(byteLengthOf(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/**
 * The same as parts that stand one after the other: large arrays as views of what the document holds, valid until it
 * changes. For files that are written and not looked at again.
 */
export async function writeGlbInParts(document: Document): Promise<Uint8Array<ArrayBuffer>[]> {
  const io = await createWriter(document);
  const compresses = document
    .getRoot()
    .listExtensionsUsed()
    .some((used) => COMPRESSING.includes(used.extensionName));
  return compresses ? [await io.writeBinary(document)] : writeGlbParts(io, document);
}

/** Bytes of all parts together. */
export function byteLengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}

/** Writes a document as JSON with its buffers and images beside it, by file name, which begins with `stem`. */
export async function writeGltf(document: Document, stem: string): Promise<JSONDocument> {
  return (await createWriter(document)).writeJSON(document, { basename: stem });
}

/** The encoders are loaded where a document needs them: each is a WebAssembly module of its own. */
async function createWriter(document: Document): Promise<PlatformIO> {
  const extensions = document
    .getRoot()
    .listExtensionsUsed()
    .map(({ extensionName }) => extensionName)
    .sort();
  const io = createGltfIo(extensions);
  if (extensions.includes('EXT_meshopt_compression')) {
    const { MeshoptEncoder } = await import('meshoptimizer/encoder');
    await MeshoptEncoder.ready;
    io.registerDependencies({ 'meshopt.encoder': MeshoptEncoder });
  }
  if (extensions.includes('KHR_draco_mesh_compression')) {
    const { default: draco3d } = await import('draco3dgltf');
    io.registerDependencies({ 'draco3d.encoder': await draco3d.createEncoderModule() });
  }
  return io;
}
