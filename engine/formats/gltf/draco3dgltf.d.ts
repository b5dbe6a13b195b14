/** The part of the Draco decoder (emscripten bindings) that reading glTF uses; the package has no types. */
declare module 'draco3dgltf' {
  export interface DracoAttribute {
    readonly ptr: number;
    num_components(): number;
  }

  export interface DracoMesh {
    readonly ptr: number;
    num_faces(): number;
    num_points(): number;
  }

  export interface DracoStatus {
    ok(): boolean;
    error_msg(): string;
  }

  export interface DracoBuffer {
    Init(data: Uint8Array, length: number): void;
  }

  export interface DracoDecoder {
    GetEncodedGeometryType(buffer: DracoBuffer): number;
    DecodeBufferToMesh(buffer: DracoBuffer, mesh: DracoMesh): DracoStatus;
    GetAttributeByUniqueId(mesh: DracoMesh, id: number): DracoAttribute;
    GetAttributeDataArrayForAllPoints(
      mesh: DracoMesh,
      attribute: DracoAttribute,
      type: number,
      bytes: number,
      pointer: number,
    ): boolean;
    GetTrianglesUInt32Array(mesh: DracoMesh, bytes: number, pointer: number): boolean;
  }

  export interface DracoDecoderModule {
    readonly Decoder: new () => DracoDecoder;
    readonly DecoderBuffer: new () => DracoBuffer;
    readonly Mesh: new () => DracoMesh;
    readonly TRIANGULAR_MESH: number;
    readonly DT_INT8: number;
    readonly DT_UINT8: number;
    readonly DT_INT16: number;
    readonly DT_UINT16: number;
    readonly DT_UINT32: number;
    readonly DT_FLOAT32: number;
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    destroy(object: object): void;
  }

  const draco3d: {
    createDecoderModule(): Promise<DracoDecoderModule>;
    /** Handed on to glTF-Transform as it is. */
    createEncoderModule(): Promise<object>;
  };
  export default draco3d;
}
