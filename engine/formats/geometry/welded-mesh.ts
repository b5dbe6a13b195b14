import { gather } from './create-primitive.ts';
import { shadeMesh } from './shade-mesh.ts';
import type { ShadeOptions } from './shade-options.ts';

/** Triangles of which equal corners are one vertex, before they have normals. */
export interface WeldedMesh {
  readonly triangles: number;
  /** Three for each vertex, to be changed in place; valid until the mesh is shaded. */
  positions(): Float32Array;
  /** Three vertices for each triangle, to be changed in place; valid until the mesh is shaded. */
  indices(): Uint32Array;
  /** Computes normals as `shadeMesh` does. Call it once. */
  shade(options?: Pick<ShadeOptions, 'partition'>): SplitMesh;
}

/** A mesh whose vertices were split where the shading has an edge. */
export interface SplitMesh {
  positions: Float32Array;
  /** Three for each vertex, of unit length. */
  normals: Float32Array;
  indices: Uint32Array;
  /** The number of `partition` that each vertex belongs to; null where none was given. */
  partition: Uint32Array | null;
}

/** A mesh in plain arrays. */
export class ArrayMesh implements WeldedMesh {
  private readonly vertices: Float32Array;
  private readonly corners: Uint32Array;

  constructor(positions: Float32Array, indices: Uint32Array) {
    this.vertices = positions;
    this.corners = indices;
  }

  get triangles(): number {
    return this.corners.length / 3;
  }

  positions(): Float32Array {
    return this.vertices;
  }

  indices(): Uint32Array {
    return this.corners;
  }

  shade(options: Pick<ShadeOptions, 'partition'> = {}): SplitMesh {
    const { source, normals, indices, partition } = shadeMesh(this.vertices, this.corners, options);
    return { positions: gather(this.vertices, 3, source), normals, indices, partition };
  }
}
