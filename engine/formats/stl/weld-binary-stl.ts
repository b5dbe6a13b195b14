import { KernelMesh } from '../geometry/kernel-mesh.ts';
import { KERNEL_CORNERS } from '../geometry/mesh-kernel.ts';
import { PositionWelder } from '../geometry/weld-positions.ts';
import { ArrayMesh, type WeldedMesh } from '../geometry/welded-mesh.ts';
import type { ImportProgress } from '../import-progress.ts';
import type { ModelFile } from '../model-file.ts';
import { contradicts } from './stl-data.ts';

/** Bytes of a triangle: a normal, three corners, and 16 bits of attributes. */
export const TRIANGLE_BYTES = 50;

/** The bit of the attributes that says whether a triangle has a colour of its own. */
export const OWN_COLOR = 0x8000;

/** Read at a time: little enough to stay in the cache of a processor. */
const BLOCK_TRIANGLES = 10_000;

/** Triangles of a binary STL file, all of which are there. */
export interface BinaryTriangles {
  file: ModelFile;
  /** The byte of the file at which they begin. */
  start: number;
  count: number;
  /** Whether the attributes are of use also where no triangle has a colour of its own. */
  keepsAttributes: boolean;
}

export interface WeldedTriangles {
  mesh: WeldedMesh;
  /** Triangles whose stored normal points against the order of their corners. */
  contradicting: number;
  /** Of each triangle; null where they are of no use. What comes before the first colour of its own may be left out. */
  attributes: Uint16Array | null;
}

/** Gives equal corners one vertex: in the kernel, unless it has not the memory for so many. */
export function weldBinaryStl(triangles: BinaryTriangles, progress: ImportProgress): WeldedTriangles {
  return triangles.count * 3 <= KERNEL_CORNERS ? weldInKernel(triangles, progress) : weldInScript(triangles, progress);
}

function weldInKernel(
  { file, start, count, keepsAttributes }: BinaryTriangles,
  progress: ImportProgress,
): WeldedTriangles {
  const mesh = new KernelMesh(count, Math.min(count, BLOCK_TRIANGLES) * TRIANGLE_BYTES);
  let attributes = keepsAttributes ? new Uint16Array(count) : null;
  for (let done = 0; done < count; done += BLOCK_TRIANGLES) {
    progress(done / count);
    const length = Math.min(BLOCK_TRIANGLES, count - done);
    const bytes = length * TRIANGLE_BYTES;
    read(file, start + done * TRIANGLE_BYTES, mesh.block(bytes));
    mesh.addStl(length);
    if (mesh.attributes & OWN_COLOR) attributes ??= new Uint16Array(count);
    if (attributes) readAttributes(mesh.block(bytes), attributes.subarray(done));
  }
  return { mesh, contradicting: mesh.contradicting, attributes };
}

/** The same without the kernel, four times slower. */
export function weldInScript(
  { file, start, count, keepsAttributes }: BinaryTriangles,
  progress: ImportProgress,
): WeldedTriangles {
  const welder = new PositionWelder(count * 3);
  const indices = new Uint32Array(count * 3);
  const corners = new Float32Array(9);
  const attributes = new Uint16Array(count);
  const block = new Uint8Array(Math.min(count, BLOCK_TRIANGLES) * TRIANGLE_BYTES);
  const view = new DataView(block.buffer);
  let contradicting = 0;
  let own = 0;
  for (let done = 0; done < count; done += BLOCK_TRIANGLES) {
    progress(done / count);
    const length = Math.min(BLOCK_TRIANGLES, count - done);
    read(file, start + done * TRIANGLE_BYTES, block.subarray(0, length * TRIANGLE_BYTES));
    for (let i = 0; i < length; i++) {
      const at = i * TRIANGLE_BYTES;
      for (let k = 0; k < 9; k++) corners[k] = view.getFloat32(at + 12 + k * 4, true);
      for (let k = 0; k < 3; k++) {
        indices[(done + i) * 3 + k] = welder.add(corners[k * 3]!, corners[k * 3 + 1]!, corners[k * 3 + 2]!);
      }
      const [nx, ny, nz] = [view.getFloat32(at, true), view.getFloat32(at + 4, true), view.getFloat32(at + 8, true)];
      if (contradicts(nx, ny, nz, corners, 0)) contradicting++;
    }
    readAttributes(block, attributes.subarray(done, done + length));
  }
  for (const bits of attributes) own |= bits & OWN_COLOR;
  const mesh = new ArrayMesh(welder.positions(), indices);
  return { mesh, contradicting, attributes: own || keepsAttributes ? attributes : null };
}

function read(file: ModelFile, start: number, into: Uint8Array): void {
  if (file.parts) file.parts.read(into, start);
  else into.set(file.bytes.subarray(start, start + into.byteLength));
}

/** The attributes of the triangles of a block, as many as there are. */
function readAttributes(block: Uint8Array, into: Uint16Array): void {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const count = Math.min(into.length, block.byteLength / TRIANGLE_BYTES);
  for (let i = 0; i < count; i++) into[i] = view.getUint16(i * TRIANGLE_BYTES + 48, true);
}
