import type { Property } from '@gltf-transform/core';

/** Where something was found: a part of the document, and what of it. */
export interface Place {
  property: Property;
  /** E.g. `triangle 12`; empty for the whole. */
  detail: string;
}

/** As many places as a finding names. */
export const MAX_PLACES = 5;

/** Counts what was found, with the first places. */
export class Tally {
  total = 0;
  readonly places: Place[] = [];

  add(property: Property, detail = '', count = 1): void {
    if (count === 0) return;
    this.total += count;
    if (this.places.length < MAX_PLACES) this.places.push({ property, detail });
  }
}
