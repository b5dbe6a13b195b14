import { Document } from '@gltf-transform/core';
import { writeGlb } from '#engine/formats/gltf/write-glb.ts';
import { seededRandom } from '#engine/measure/random.ts';

/** An indexed mesh, every attribute one to a vertex. */
export interface BallMesh {
  /** Three for each vertex, in metres with +Y up. */
  positions: Float32Array<ArrayBuffer>;
  normals: Float32Array<ArrayBuffer>;
  /** Two for each vertex, v pointing down as in glTF. */
  texcoords: Float32Array<ArrayBuffer>;
  indices: Uint32Array<ArrayBuffer>;
}

/**
 * A ball with hills, as smooth normals and one chart of texture coordinates make it: a stand-in for a scanned object.
 * The same numbers each time.
 *
 * @param rows quads from pole to pole; twice as many around, so `4 × rows²` triangles
 */
export function terrainBall(rows: number): BallMesh {
  const columns = rows * 2;
  const waves = makeWaves();
  const count = (rows + 1) * (columns + 1);
  const positions = new Float32Array(count * 3);
  const texcoords = new Float32Array(count * 2);
  for (let j = 0, vertex = 0; j <= rows; j++) {
    for (let i = 0; i <= columns; i++, vertex++) {
      const theta = (j / rows) * Math.PI;
      const phi = ((i % columns) / columns) * 2 * Math.PI;
      const direction = [Math.sin(theta) * Math.cos(phi), Math.cos(theta), -Math.sin(theta) * Math.sin(phi)] as const;
      const radius = 1 + waves.reduce((sum, wave) => sum + wave(...direction), 0);
      for (const [k, value] of direction.entries()) positions[vertex * 3 + k] = value * radius;
      texcoords.set([i / columns, j / rows], vertex * 2);
    }
  }
  const indices = new Uint32Array(rows * columns * 6);
  for (let j = 0, at = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const a = j * (columns + 1) + i;
      const b = a + columns + 1;
      for (const vertex of [a, b, a + 1, a + 1, b, b + 1]) indices[at++] = vertex;
    }
  }
  return { positions, normals: smoothNormals(positions, indices), texcoords, indices };
}

/** The ball as GLB. */
export async function makeTerrainBall(rows: number): Promise<Uint8Array> {
  const { positions, normals, texcoords, indices } = terrainBall(rows);
  const document = new Document();
  const buffer = document.createBuffer();
  const accessor = (type: 'VEC3' | 'VEC2' | 'SCALAR', array: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>) =>
    document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
  const primitive = document
    .createPrimitive()
    .setAttribute('POSITION', accessor('VEC3', positions))
    .setAttribute('NORMAL', accessor('VEC3', normals))
    .setAttribute('TEXCOORD_0', accessor('VEC2', texcoords))
    .setIndices(accessor('SCALAR', indices))
    .setMaterial(document.createMaterial('ground'));
  document
    .createScene()
    .addChild(document.createNode('ball').setMesh(document.createMesh('ball').addPrimitive(primitive)));
  return writeGlb(document);
}

/** Hills in all directions, the smaller the finer. */
function makeWaves(): ((x: number, y: number, z: number) => number)[] {
  const random = seededRandom(11);
  return Array.from({ length: 40 }, (_, index) => {
    const frequency = 2 + index * 1.5;
    const [x, y, z, phase] = [random() - 0.5, random() - 0.5, random() - 0.5, random() * 7];
    const scale = frequency / Math.sqrt(x * x + y * y + z * z);
    const height = 0.06 / frequency;
    return (px, py, pz) => height * Math.sin(scale * (x * px + y * py + z * pz) + phase);
  });
}

function smoothNormals(positions: Float32Array, indices: Uint32Array): Float32Array<ArrayBuffer> {
  const normals = new Float32Array(positions.length);
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [indices[i]! * 3, indices[i + 1]! * 3, indices[i + 2]! * 3];
    const u = [0, 1, 2].map((k) => positions[b + k]! - positions[a + k]!) as [number, number, number];
    const v = [0, 1, 2].map((k) => positions[c + k]! - positions[a + k]!) as [number, number, number];
    const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    for (const at of [a, b, c]) for (let k = 0; k < 3; k++) normals[at + k] = normals[at + k]! + n[k]!;
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i]!, normals[i + 1]!, normals[i + 2]!) || 1;
    for (let k = 0; k < 3; k++) normals[i + k] = normals[i + k]! / length;
  }
  return normals;
}
