import { baseName, type ModelFile } from '../model-file.ts';

/** Larger text layers hold geometry, and are not what brings others together. */
const MOST_BYTES = 64 * 1024 ** 2;

/**
 * Which of some USD files text layers among them name, as sublayers or in references: parts of a stage, not the stage
 * itself. What crate layers name is packed and not looked into.
 */
export function namedLayers(files: readonly ModelFile[]): Set<ModelFile> {
  const names = new Set<string>();
  for (const { bytes } of files) {
    if (bytes[0] !== 0x23 || bytes.byteLength > MOST_BYTES) continue;
    const text = new TextDecoder().decode(bytes);
    for (const [, path] of text.matchAll(/@([^@\n]{1,1000}\.usd[acz]?)@/gi)) names.add(nameOf(path!));
  }
  return new Set(files.filter(({ name }) => names.has(nameOf(name))));
}

function nameOf(path: string): string {
  return baseName(path.replaceAll('\\', '/')).toLowerCase();
}
