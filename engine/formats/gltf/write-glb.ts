import type { Document, JSONDocument, PlatformIO } from '@gltf-transform/core';
import { createGltfIo } from './gltf-io.ts';

/** Writes a document as GLB with everything it carries, compressed as its extensions say. */
export async function writeGlb(document: Document): Promise<Uint8Array<ArrayBuffer>> {
  return (await createWriter(document)).writeBinary(document);
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
