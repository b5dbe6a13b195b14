import { type Extension, type GLTF, type JSONDocument, Logger, PlatformIO, VertexLayout } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { passThroughExtension } from './pass-through.ts';

/** Reads and writes in memory only: whatever would make it open a file or an address throws. */
class MemoryIO extends PlatformIO {
  /**
   * No list of glTF is empty (2.0, the JSON schemas): a scene of nothing does not name its nodes. Sparse accessors of
   * normalised numbers are written whole, since glTF-Transform would write what they mean in place of what is stored.
   */
  override async writeJSON(...[document, options]: Parameters<PlatformIO['writeJSON']>): Promise<JSONDocument> {
    const accessors = document.getRoot().listAccessors();
    const sparse = accessors.filter((accessor) => accessor.getSparse() && accessor.getNormalized());
    for (const accessor of sparse) accessor.setSparse(false);
    try {
      const written = await super.writeJSON(document, options);
      const scenes: Partial<GLTF.IScene>[] = written.json.scenes ?? [];
      for (const scene of scenes) if (scene.nodes?.length === 0) delete scene.nodes;
      return written;
    } finally {
      for (const accessor of sparse) accessor.setSparse(true);
    }
  }

  protected override readURI(uri: string, type: 'view'): Promise<Uint8Array<ArrayBuffer>>;
  protected override readURI(uri: string, type: 'text'): Promise<string>;
  protected override readURI(uri: string, _type: 'view' | 'text'): Promise<never> {
    return Promise.reject(new Error(`Attempt to read "${uri}" from outside.`));
  }

  protected override resolve(_base: string, path: string): string {
    return path;
  }

  protected override dirname(_uri: string): string {
    return '';
  }
}

const KNOWN = new Set(ALL_EXTENSIONS.map((extension: typeof Extension) => extension.EXTENSION_NAME));

/**
 * The glTF reader and writer of the engine: all extensions of glTF-Transform, and a pass-through class for each of
 * the `extensions` that it does not know.
 *
 * Attributes are written one after the other, not interleaved: the reader copies such arrays whole, which is about ten
 * times faster than element by element.
 */
export function createGltfIo(extensions: readonly string[]): PlatformIO {
  const unknown = extensions.filter((name) => !KNOWN.has(name)).map(passThroughExtension);
  return new MemoryIO()
    .setLogger(new Logger(Logger.Verbosity.SILENT))
    .setVertexLayout(VertexLayout.SEPARATE)
    .registerExtensions([...ALL_EXTENSIONS, ...unknown]);
}

/** Whether the engine interprets the extension, as opposed to carrying it along. */
export function isKnownExtension(name: string): boolean {
  return KNOWN.has(name);
}
