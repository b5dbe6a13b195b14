/** One file of a model: the model itself, a texture, a material library, or an archive of these. */
export interface ModelFile {
  /** File name, or a path relative to the model's folder with `/` between the parts. */
  name: string;
  bytes: Uint8Array;
}

/** Size of all files together, in bytes. */
export function totalBytes(files: readonly ModelFile[]): number {
  let sum = 0;
  for (const file of files) sum += file.bytes.byteLength;
  return sum;
}

/** The folder part of a path, without the trailing `/`; empty for a bare file name. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** The last part of a path. Takes `/` and `\` as separators. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The lower-case ending of a file name without the dot; empty where there is none. */
export function extensionOf(name: string): string {
  const base = baseName(name);
  const dot = base.lastIndexOf('.');
  return dot < 0 ? '' : base.slice(dot + 1).toLowerCase();
}
