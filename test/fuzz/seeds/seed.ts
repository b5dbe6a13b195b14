import type { ModelFile } from '#engine/formats/model-file.ts';

/** A sound model that mutations start from: the main file first. */
export interface Seed {
  name: string;
  files: ModelFile[];
}

/** A model of one text file. */
export function textSeed(name: string, text: string, others: ModelFile[] = []): Seed {
  return { name: `made/${name}`, files: [{ name, bytes: new TextEncoder().encode(text) }, ...others] };
}

/** A model of one binary file. */
export function binarySeed(name: string, bytes: Uint8Array, others: ModelFile[] = []): Seed {
  return { name: `made/${name}`, files: [{ name, bytes }, ...others] };
}

/** A PNG of one pixel. */
export const PIXEL = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (letter) => letter.charCodeAt(0),
);
