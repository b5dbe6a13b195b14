declare module 'occt-import-js' {
  export interface OcctParameters {
    linearUnit?: 'millimeter' | 'centimeter' | 'meter' | 'inch' | 'foot';
    linearDeflectionType?: 'bounding_box_ratio' | 'absolute_value';
    /** How far the mesh may be off the surface: a share of the bounding box, or a length. */
    linearDeflection?: number;
    /** Largest angle between neighbouring facets in radians. */
    angularDeflection?: number;
  }

  export interface OcctNode {
    name: string;
    /** Indices of meshes. */
    meshes: number[];
    children: OcctNode[];
  }

  export interface OcctMesh {
    name: string;
    /** Linear. */
    color?: [number, number, number];
    /** First and last triangle of each face of the solid. */
    brep_faces: { first: number; last: number; color: [number, number, number] | null }[];
    attributes: { position: { array: number[] }; normal?: { array: number[] } };
    index: { array: number[] };
  }

  export type OcctResult = { success: false } | { success: true; root: OcctNode; meshes: OcctMesh[] };

  export interface Occt {
    ReadStepFile(content: Uint8Array, parameters: OcctParameters | null): OcctResult;
    ReadIgesFile(content: Uint8Array, parameters: OcctParameters | null): OcctResult;
    ReadBrepFile(content: Uint8Array, parameters: OcctParameters | null): OcctResult;
  }

  export default function occtimportjs(module: {
    print(line: string): void;
    printErr(line: string): void;
  }): Promise<Occt>;
}
