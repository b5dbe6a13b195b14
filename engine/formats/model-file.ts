/** One file of a model: the model itself, a texture, a material library, or an archive of these. */
export interface ModelFile {
  /** File name, or a path relative to the model's folder with `/` between the parts. */
  name: string;
  /** All of the file. Where there are `parts`, it is only read into memory when this is asked for. */
  readonly bytes: Uint8Array;
  /** Reads the file in parts, for formats that need no more of it at a time. */
  readonly parts?: FileParts;
}

/** A file that need not be in memory. */
export interface FileParts {
  byteLength: number;
  /** Fills `into` with bytes from `position` on. Returns how many there were; 0 at the end. */
  read(into: Uint8Array, position: number): number;
}

/** Bytes of a file, which need not be read for it. */
export function sizeOf(file: ModelFile): number {
  return file.parts?.byteLength ?? file.bytes.byteLength;
}

/** The first bytes of a file, as many as there are up to `length`. */
export function headOf(file: ModelFile, length: number): Uint8Array {
  if (!file.parts) return file.bytes.subarray(0, length);
  const head = new Uint8Array(Math.min(length, file.parts.byteLength));
  return head.subarray(0, file.parts.read(head, 0));
}

/** Size of all files together, in bytes. */
export function totalBytes(files: readonly ModelFile[]): number {
  let sum = 0;
  for (const file of files) sum += sizeOf(file);
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
