import { shadeInKernel } from './kernel-shading.ts';
import { isSmall, KERNEL_CORNERS, MeshKernel, suitsKernel } from './mesh-kernel.ts';
import { shadeInScript } from './shade-in-script.ts';
import type { ShadedMesh, ShadeOptions } from './shade-options.ts';

/**
 * Computes vertex normals of an indexed mesh. Around each vertex, triangles that share an edge and meet at less than
 * the crease angle form one smooth group; a vertex is split once for each group. Triangles count by their angle at
 * the vertex (Thürmer and Wüthrich 1998), so that the normal does not depend on how a flat face was triangulated.
 *
 * @param positions three for each vertex
 * @param triangles three vertices each, all in range
 */
export function shadeMesh(
  positions: Float32Array | Float64Array,
  triangles: Uint32Array,
  options: ShadeOptions = {},
): ShadedMesh {
  const corners = triangles.length;
  const vertices = positions.length / 3;
  // The kernel counts on vertices that exist: a wrong number from a file must not reach it.
  const fits = suitsKernel(corners) && vertices <= KERNEL_CORNERS && largest(triangles) < vertices;
  if (!fits || positions instanceof Float64Array) return shadeInScript(positions, triangles, options);
  const copies = isSmall(corners + vertices);
  const kernel = copies ? MeshKernel.shared() : new MeshKernel();
  const positionsAt = kernel.place(positions.byteLength);
  const indicesAt = kernel.place(triangles.byteLength);
  const freeAt = kernel.place(0);
  kernel.floats(positionsAt, positions.length).set(positions);
  kernel.words(indicesAt, corners).set(triangles);
  const made = shadeInKernel(kernel, { positionsAt, vertices, indicesAt, corners, freeAt }, options);
  const { count, firstSplit, sourcesAt, normalsAt, partsAt } = made;
  // The positions are needed no longer.
  const source = count <= positions.length ? kernel.words(positionsAt, count) : new Uint32Array(count);
  for (let vertex = 0; vertex < firstSplit; vertex++) source[vertex] = vertex;
  source.set(kernel.words(sourcesAt, count - firstSplit), firstSplit);
  const normals = kernel.floats(normalsAt, count * 3);
  const indices = kernel.words(indicesAt, corners);
  const partition = partsAt ? kernel.words(partsAt, count) : null;
  if (!copies) return { source, normals, indices, partition };
  return {
    source: source.slice(),
    normals: normals.slice(),
    indices: indices.slice(),
    partition: partition?.slice() ?? null,
  };
}

function largest(numbers: Uint32Array): number {
  let most = 0;
  for (let i = 0; i < numbers.length; i++) if (numbers[i]! > most) most = numbers[i]!;
  return most;
}
