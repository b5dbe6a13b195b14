import type { Primitive } from '@gltf-transform/core';

/** A primitive in a list of vertices: `count` of them from `first` on. */
export interface MergedPart {
  primitive: Primitive;
  first: number;
  count: number;
}
