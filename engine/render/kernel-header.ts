import { HEADER, SCRATCH } from './kernel/layout.ts';

/** The fixed block of the kernel's memory that tells it what to do and where everything lies. */
export class KernelHeader {
  readonly #memory: WebAssembly.Memory;
  #view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
  }

  /** A view that reaches all of the memory, which may have grown. */
  #current(): DataView {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new DataView(this.#memory.buffer);
    return this.#view;
  }

  /** Sets every field to zero. */
  clear(): void {
    new Uint8Array(this.#memory.buffer).fill(0, HEADER, SCRATCH);
  }

  /** Sets a 32-bit field. */
  set(field: number, value: number): void {
    this.#current().setUint32(HEADER + field, value >>> 0, true);
  }

  /** Sets several 32-bit fields. */
  setAll(fields: readonly (readonly [field: number, value: number])[]): void {
    for (const [field, value] of fields) this.set(field, value);
  }

  /** Sets f32 fields that follow one another. */
  setFloats(field: number, ...values: number[]): void {
    const view = this.#current();
    values.forEach((value, i) => {
      view.setFloat32(HEADER + field + i * 4, value, true);
    });
  }

  /** An unsigned 32-bit field. */
  get(field: number): number {
    return this.#current().getUint32(HEADER + field, true);
  }

  /** `count` f32 fields that follow one another. */
  getFloats(field: number, count: number): number[] {
    const view = this.#current();
    return Array.from({ length: count }, (_, i) => view.getFloat32(HEADER + field + i * 4, true));
  }
}
