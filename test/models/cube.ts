import { Document, WebIO } from '@gltf-transform/core';

const FACES: { normal: [number, number, number]; u: [number, number, number]; v: [number, number, number] }[] = [
  { normal: [0, 0, 1], u: [1, 0, 0], v: [0, 1, 0] },
  { normal: [0, 0, -1], u: [-1, 0, 0], v: [0, 1, 0] },
  { normal: [1, 0, 0], u: [0, 0, -1], v: [0, 1, 0] },
  { normal: [-1, 0, 0], u: [0, 0, 1], v: [0, 1, 0] },
  { normal: [0, 1, 0], u: [1, 0, 0], v: [0, 0, -1] },
  { normal: [0, -1, 0], u: [1, 0, 0], v: [0, 0, 1] },
];

/**
 * A valid GLB of a red cube, 12 triangles.
 * @param size length of an edge in metres; another size makes another file.
 */
export async function makeCube(size = 1): Promise<Buffer> {
  const document = new Document();
  const buffer = document.createBuffer();
  const positions: number[] = [];
  const normals: number[] = [];
  const indices: number[] = [];
  for (const { normal, u, v } of FACES) {
    const first = positions.length / 3;
    for (const [a, b] of [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const) {
      for (let axis = 0; axis < 3; axis++) {
        positions.push(((normal[axis] as number) + a * (u[axis] as number) + b * (v[axis] as number)) * (size / 2));
      }
      normals.push(...normal);
    }
    indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
  }
  const attribute = (values: number[]) =>
    document.createAccessor().setType('VEC3').setArray(new Float32Array(values)).setBuffer(buffer);
  const primitive = document
    .createPrimitive()
    .setAttribute('POSITION', attribute(positions))
    .setAttribute('NORMAL', attribute(normals))
    .setIndices(document.createAccessor().setType('SCALAR').setArray(new Uint16Array(indices)).setBuffer(buffer))
    .setMaterial(
      document
        .createMaterial('red')
        .setBaseColorFactor([0.8, 0.05, 0.05, 1])
        .setMetallicFactor(0)
        .setRoughnessFactor(0.6),
    );
  const node = document.createNode('cube').setMesh(document.createMesh('cube').addPrimitive(primitive));
  document.getRoot().setDefaultScene(document.createScene().addChild(node));
  return Buffer.from(await new WebIO().writeBinary(document));
}
