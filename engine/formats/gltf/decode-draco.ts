import type { GLTF } from '@gltf-transform/core';
import type { DracoDecoderModule, DracoMesh } from 'draco3dgltf';
import { formatCount, modelMalformed } from '../errors.ts';
import { COMPONENT_BYTES, COMPONENTS } from './check-structure.ts';
import type { DecodedData } from './decoded-data.ts';

export const DRACO_EXTENSION = 'KHR_draco_mesh_compression';

interface DracoPrimitive {
  bufferView: number;
  attributes: Record<string, number>;
}

let modulePromise: Promise<DracoDecoderModule> | null = null;

/** Loaded once a process, and only for models that need it: it costs about 30 ms. */
function loadDecoder(): Promise<DracoDecoderModule> {
  modulePromise ??= import('draco3dgltf').then((draco3d) => draco3d.default.createDecoderModule());
  return modulePromise;
}

/**
 * Decompresses every primitive with KHR_draco_mesh_compression and lets its accessors point at the plain data.
 * Changes `json`.
 *
 * @returns the accessors that were decompressed
 * @throws MaquetteError `model_malformed` for data that does not decode or differs from what its accessors declare
 */
export async function decodeDraco(
  json: GLTF.IGLTF,
  buffers: readonly (Uint8Array | null)[],
  decoded: DecodedData,
  name: string,
): Promise<ReadonlySet<number>> {
  const draco = await loadDecoder();
  const done = new Set<number>();
  json.bufferViews ??= [];
  const views = json.bufferViews;
  const assign = (accessorIndex: number, bytes: Uint8Array, stride?: number): void => {
    const accessor = json.accessors![accessorIndex]!;
    const view = decoded.add(bytes);
    if (stride !== undefined) view.byteStride = stride;
    accessor.bufferView = views.length;
    delete accessor.byteOffset;
    views.push(view);
    done.add(accessorIndex);
  };
  for (const [meshIndex, mesh] of (json.meshes ?? []).entries()) {
    for (const [index, primitive] of mesh.primitives.entries()) {
      const compressed = primitive.extensions?.[DRACO_EXTENSION] as DracoPrimitive | undefined;
      if (!compressed) continue;
      const where = `${name}#/meshes/${meshIndex}/primitives/${index}`;
      const view = views[compressed.bufferView]!;
      const buffer = buffers[view.buffer];
      if (!buffer) throw modelMalformed(where, 'The buffer with the Draco-compressed mesh is missing.');
      const start = view.byteOffset ?? 0;
      const geometry = new DracoGeometry(draco, buffer.subarray(start, start + view.byteLength), where);
      try {
        for (const [semantic, id] of Object.entries(compressed.attributes)) {
          const accessorIndex = primitive.attributes[semantic];
          if (accessorIndex === undefined || done.has(accessorIndex)) continue;
          const accessor = json.accessors![accessorIndex]!;
          const { bytes, stride } = geometry.attribute(id, accessor, semantic);
          assign(accessorIndex, bytes, stride);
        }
        if (primitive.indices !== undefined && !done.has(primitive.indices)) {
          assign(primitive.indices, geometry.indices(json.accessors![primitive.indices]!));
        }
      } finally {
        geometry.dispose();
      }
      delete primitive.extensions![DRACO_EXTENSION];
      if (Object.keys(primitive.extensions!).length === 0) delete primitive.extensions;
    }
  }
  return done;
}

/** One decoded Draco mesh in the decoder's memory. */
class DracoGeometry {
  private readonly draco: DracoDecoderModule;
  private readonly decoder;
  private readonly mesh: DracoMesh;
  private readonly where: string;

  constructor(draco: DracoDecoderModule, data: Uint8Array, where: string) {
    this.draco = draco;
    this.where = where;
    this.decoder = new draco.Decoder();
    this.mesh = new draco.Mesh();
    const buffer = new draco.DecoderBuffer();
    let failure = '';
    try {
      buffer.Init(data, data.byteLength);
      if (this.decoder.GetEncodedGeometryType(buffer) !== draco.TRIANGULAR_MESH) failure = 'it holds no triangle mesh';
      else {
        const status = this.decoder.DecodeBufferToMesh(buffer, this.mesh);
        if (!status.ok() || this.mesh.ptr === 0) failure = status.error_msg();
      }
    } catch (cause) {
      failure = cause instanceof Error ? cause.message : String(cause);
    } finally {
      draco.destroy(buffer);
    }
    if (failure) {
      this.dispose();
      throw modelMalformed(where, `The Draco-compressed mesh cannot be decoded: ${failure.slice(0, 200)}.`);
    }
  }

  attribute(id: number, accessor: GLTF.IAccessor, semantic: string): { bytes: Uint8Array; stride: number } {
    const attribute = this.decoder.GetAttributeByUniqueId(this.mesh, id);
    const points = this.mesh.num_points();
    const components = COMPONENTS[accessor.type]!;
    if (attribute.ptr === 0)
      throw modelMalformed(this.where, `The Draco-compressed mesh has no attribute ${id} (${semantic}).`);
    if (attribute.num_components() !== components || points !== accessor.count) {
      throw modelMalformed(
        this.where,
        `The Draco-compressed attribute ${semantic} has ${formatCount(points)} elements of ${attribute.num_components()} components, its accessor declares ${formatCount(accessor.count)} of ${components}.`,
      );
    }
    const type = this.dataType(accessor.componentType);
    const row = components * COMPONENT_BYTES[accessor.componentType]!;
    const tight = this.copyOut(points * row, (pointer, bytes) =>
      this.decoder.GetAttributeDataArrayForAllPoints(this.mesh, attribute, type, bytes, pointer),
    );
    const stride = (row + 3) & ~3; // vertex attributes are aligned to four bytes
    if (stride === row) return { bytes: tight, stride };
    const padded = new Uint8Array(points * stride);
    for (let i = 0; i < points; i++) padded.set(tight.subarray(i * row, (i + 1) * row), i * stride);
    return { bytes: padded, stride };
  }

  indices(accessor: GLTF.IAccessor): Uint8Array {
    const count = this.mesh.num_faces() * 3;
    if (count !== accessor.count) {
      throw modelMalformed(
        this.where,
        `The Draco-compressed mesh has ${formatCount(count)} indices, its accessor declares ${formatCount(accessor.count)}.`,
      );
    }
    const bytes = this.copyOut(count * 4, (pointer, size) =>
      this.decoder.GetTrianglesUInt32Array(this.mesh, size, pointer),
    );
    accessor.componentType = 5125;
    return bytes;
  }

  dispose(): void {
    this.draco.destroy(this.mesh);
    this.draco.destroy(this.decoder);
  }

  private copyOut(size: number, fill: (pointer: number, bytes: number) => boolean): Uint8Array {
    const pointer = this.draco._malloc(size);
    if (pointer === 0)
      throw modelMalformed(this.where, `The Draco-compressed mesh needs more memory than its decoder has.`);
    try {
      if (!fill(pointer, size)) throw modelMalformed(this.where, 'The Draco-compressed mesh ends too early.');
      return this.draco.HEAPU8.slice(pointer, pointer + size);
    } finally {
      this.draco._free(pointer);
    }
  }

  private dataType(componentType: number): number {
    switch (componentType) {
      case 5120:
        return this.draco.DT_INT8;
      case 5121:
        return this.draco.DT_UINT8;
      case 5122:
        return this.draco.DT_INT16;
      case 5123:
        return this.draco.DT_UINT16;
      case 5125:
        return this.draco.DT_UINT32;
      case 5126:
        return this.draco.DT_FLOAT32;
      default:
        throw modelMalformed(this.where, `Draco has no component type ${componentType}.`);
    }
  }
}
