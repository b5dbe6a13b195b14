import type { Manifold, ManifoldToplevel } from 'manifold-3d';

/** The library of solids, with what it made: its memory is not collected by itself. */
export class Solids {
  readonly wasm: ManifoldToplevel;
  private readonly made: { delete(): void }[] = [];

  constructor(wasm: ManifoldToplevel) {
    this.wasm = wasm;
  }

  /** Remembers something to be deleted. */
  keep<T extends { delete(): void }>(made: T): T {
    this.made.push(made);
    return made;
  }

  deleteAll(): void {
    for (const made of this.made.splice(0)) made.delete();
  }
}

/**
 * Loads the library of solids (manifold) for one piece of work. Each gets an instance of its own, so that one that ran
 * out of memory cannot harm the next.
 */
export async function withSolids<T>(work: (solids: Solids) => T | Promise<T>): Promise<T> {
  const { default: load } = await import('manifold-3d');
  const wasm = await load();
  wasm.setup();
  const solids = new Solids(wasm);
  try {
    return await work(solids);
  } finally {
    solids.deleteAll();
  }
}

export type { Manifold };
