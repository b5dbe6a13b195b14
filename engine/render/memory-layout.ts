/** Addresses of things in the kernel's memory are multiples of this, in bytes. */
const ALIGNMENT = 64;

/** Bytes rounded up to where the next thing may begin. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Lays one thing after the other into the kernel's memory. Nothing is allocated. */
export class MemoryLayout {
  /** Sizes by name, for people. */
  readonly parts: Record<string, number> = {};
  #end: number;

  /** @param start address of the first thing */
  constructor(start: number) {
    this.#end = start;
  }

  /** Where the next thing begins. */
  get end(): number {
    return this.#end;
  }

  /** The address of the next thing, of so many bytes. */
  take(name: string, bytes: number): number {
    const at = this.#end;
    this.#end += aligned(bytes);
    this.parts[name] = (this.parts[name] ?? 0) + bytes;
    return at;
  }
}
