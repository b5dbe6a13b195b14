declare module 'three/addons/loaders/usd/USDAParser.js' {
  /** A prim (6), an attribute (1) or a relationship (8). */
  export interface UsdSpec {
    specType: number;
    fields: Record<string, unknown>;
  }
}

declare module 'three/addons/loaders/usd/USDCParser.js' {
  import type { UsdSpec } from 'three/addons/loaders/usd/USDAParser.js';

  /** Where a value lies and what it is. */
  export interface CrateValueRep {
    lo: number;
    hi: number;
    readonly isArray: boolean;
    readonly isInlined: boolean;
    readonly isCompressed: boolean;
    readonly typeEnum: number;
    readonly payload: number;
  }

  /** What stands at a path. */
  export interface CrateSpec {
    pathIndex: number;
    /** Where its set of fields begins. */
    fieldSetIndex: number;
    specType: number;
  }

  export class USDCParser {
    parseData(buffer: ArrayBuffer): { specsByPath: Record<string, UsdSpec> };
    buffer: ArrayBuffer;
    version: { major: number; minor: number };
    tokens: string[];
    strings: number[];
    paths: string[];
    sections: Record<string, { start: number; size: number }>;
    fields: { tokenIndex: number; valueRep: CrateValueRep }[];
    fieldSets: number[];
    reader: {
      seek(offset: number): void;
      tell(): number;
      readUint8(): number;
      readUint32(): number;
      readUint64(): number;
      readInt64(): number;
      readFloat64(): number;
    };
    _readTokens(): void;
    _readFields(): void;
    _readFieldSets(): void;
    _readPaths(): void;
    _readPathsRecursive(parent: string, depth?: number): void;
    _buildPathsFromCompressed(numbers: Int32Array, elements: Int32Array, jumps: Int32Array): void;
    _readSpecs(): void;
    _getFieldsForSpec(spec: CrateSpec): Record<string, unknown>;
    _readValue(rep: CrateValueRep): unknown;
    _readInlinedValue(rep: CrateValueRep): unknown;
    _readScalarValue(type: number): unknown;
    _readArrayValue(rep: CrateValueRep): unknown;
    _readCompressedArray(type: number, size: number): unknown;
    _readTimeSamples(rep: CrateValueRep): unknown;
  }
}

declare module 'three/addons/loaders/usd/USDComposer.js' {
  import type { Group, LoadingManager, Material, Object3D, Texture, Wrapping } from 'three';
  import type { UsdSpec } from 'three/addons/loaders/usd/USDAParser.js';

  export class USDComposer {
    constructor(manager: LoadingManager);
    manager: LoadingManager;
    specsByPath: Record<string, UsdSpec>;
    childrenByPath: Map<string, { name: string; path: string }[]>;
    basePath: string;
    fps: number;
    externalVariantSelections: Record<string, string>;
    compose(root: unknown, assets: Record<string, unknown>, variants: Record<string, unknown>, basePath: string): Group;
    applyTransform(object: Object3D, fields: Record<string, unknown>, attributes?: Record<string, unknown>): void;
    _buildIndexes(): void;
    _buildHierarchy(parent: Object3D, path: string): void;
    _getReferences(spec: UsdSpec): string[];
    _resolveReference(reference: string, variants?: Record<string, string>): Group | null;
    _resolveFilePath(path: string): string;
    _loadTexture(path: string, attributes: Record<string, unknown> | null, transform: unknown): Texture | null;
    _buildMesh(path: string, spec: UsdSpec): Object3D | null;
    _buildLight(path: string, type: string): Object3D;
    _buildMaterial(path: string, fields: Record<string, unknown>): Material;
    _applyMaterial(material: Material, path: string): void;
    _findUV2Primvar(fields: Record<string, unknown>): { uvs2?: ArrayLike<number>; uv2Indices?: ArrayLike<number> };
    _getAttributes(path: string): Record<string, unknown>;
    _getWrapMode(value: unknown): Wrapping;
    _applyTextureTransforms(texture: Texture, transform: unknown): void;
  }
}
