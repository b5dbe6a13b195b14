declare module 'three/addons/loaders/usd/USDAParser.js' {
  export class USDAParser {
    parseData(text: string): unknown;
  }
}

declare module 'three/addons/loaders/usd/USDCParser.js' {
  export class USDCParser {
    readonly buffer: ArrayBuffer;
    readonly tokens: string[];
    readonly strings: number[];
    readonly paths: string[];
    parseData(buffer: ArrayBuffer): unknown;
    _readValue(rep: { typeEnum: number; isInlined: boolean; payload: number }): unknown;
  }
}

declare module 'three/addons/loaders/usd/USDComposer.js' {
  import type { Group, LoadingManager, Material, Object3D, Texture, Wrapping } from 'three';

  export class USDComposer {
    constructor(manager: LoadingManager);
    compose(root: unknown, assets: Record<string, unknown>, variants: Record<string, unknown>, basePath: string): Group;
    _createTextureFromData(
      data: unknown,
      attributes: Record<string, unknown> | null,
      transform: unknown,
    ): Texture | null;
    _buildMesh(path: string, spec: unknown): Object3D | null;
    _getAttributes(path: string): Record<string, unknown>;
    _applyMaterial(material: Material, path: string): void;
    _getWrapMode(value: unknown): Wrapping;
    _applyTextureTransforms(texture: Texture, transform: unknown): void;
  }
}
