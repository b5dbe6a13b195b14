import { describe, expect, it } from 'vitest';
import { fromTrs, invert, type Mat4 } from './affine.ts';
import { d, file, geometry, link, model, p, QUAD, read, SQUARE } from './testing/fbx-tree.ts';
import { khronosErrors } from './testing/import-bytes.ts';
import { poseDocument } from './testing/pose-document.ts';
import type { WritableNode } from './testing/write-fbx.ts';

describe('skins of an FBX file', () => {
  it('skins to bones, and vertices without a bone to the node of the mesh', async () => {
    const boneAtBind = fromTrs({ translation: [1, 0, 0], rotation: [0, 0, 0, 1], scale: [1, 1, 1] });
    const cluster = (id: bigint, vertices: number[], bone: Mat4): WritableNode => [
      'Deformer',
      [id, 'C\0\x01SubDeformer', 'Cluster'],
      [
        ['Indexes', [Int32Array.from(vertices)]],
        ['Weights', [Float64Array.from(vertices, () => 1)]],
        ['Transform', [invert(bone)!]],
        ['TransformLink', [bone]],
      ],
    ];
    const document = await read(
      file(
        [
          geometry(1n, SQUARE, QUAD),
          model(2n, 'Skinned', 'Mesh'),
          // The bone has been turned by 90 degrees about its place since binding.
          model(3n, 'Bone', 'LimbNode', p('Lcl Translation', ...d(1, 0, 0)), p('Lcl Rotation', ...d(0, 0, 90))),
          ['Deformer', [4n, 'S\0\x01Deformer', 'Skin'], []],
          cluster(5n, [2], boneAtBind),
        ],
        [link(2n, 0n), link(3n, 0n), link(1n, 2n), link(4n, 1n), link(5n, 4n), link(3n, 5n)],
      ),
    );
    const points = poseDocument(document, null, 0);
    const corners = Array.from({ length: 4 }, (_, i) =>
      [...points.subarray(i * 3, i * 3 + 3)].map((v) => Math.round(v)),
    );
    // The corner at (1, 1) turns about (1, 0) to (0, 0); the others stay.
    expect(corners).toContainEqual([1, 0, 0]);
    expect(corners).toContainEqual([0, 1, 0]);
    expect(corners.filter(([x, y]) => x === 0 && y === 0)).toHaveLength(2);
    expect(document.getRoot().listSkins()[0]!.listJoints()).toHaveLength(2);
    expect(await khronosErrors(document)).toEqual([]);
  });

  it('keeps at most eight joints of a vertex, the strongest, in two sets', async () => {
    const bones = Array.from({ length: 12 }, (_, i) => BigInt(100 + i));
    const document = await read(
      file(
        [
          geometry(1n, SQUARE, QUAD),
          model(2n, 'A', 'Mesh'),
          ['Deformer', [4n, 'S\0\x01Deformer', 'Skin'], []],
          ...bones.map((id) => model(id, `bone ${id}`, 'LimbNode')),
          ...bones.map(
            (id, i): WritableNode => [
              'Deformer',
              [id + 100n, 'C\0\x01SubDeformer', 'Cluster'],
              [
                ['Indexes', [Int32Array.of(0, 1, 2, 3)]],
                ['Weights', [new Float64Array(4).fill(i + 1)]],
                ['Transform', [fromTrs({ translation: [0, 0, 0], rotation: [0, 0, 0, 1], scale: [1, 1, 1] })]],
              ],
            ],
          ),
        ],
        [
          ...[link(2n, 0n), link(1n, 2n), link(4n, 1n)],
          ...bones.flatMap((id) => [link(id, 2n), link(id + 100n, 4n), link(id, id + 100n)]),
        ],
      ),
    );
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    expect(primitive.getAttribute('JOINTS_0')!.getElement(0, [] as number[])).toEqual([11, 10, 9, 8]);
    expect(primitive.getAttribute('JOINTS_1')!.getElement(0, [] as number[])).toEqual([7, 6, 5, 4]);
    expect(primitive.getAttribute('WEIGHTS_0')!.getElement(0, [] as number[])[0]).toBeCloseTo(
      12 / (12 + 11 + 10 + 9 + 8 + 7 + 6 + 5),
    );
    expect(await khronosErrors(document)).toEqual([]);
  });
});
