/** The package has no types. */
declare module 'gltfpack/library.js' {
  /** Runs the program on files that the given functions read and write. Resolves with what it prints. */
  export function pack(
    args: string[],
    files: { read(path: string): Uint8Array; write(path: string, bytes: Uint8Array): void },
  ): Promise<string>;
}
