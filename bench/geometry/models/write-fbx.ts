import { type WritableNode, writeBinaryFbx } from '#engine/formats/fbx/testing/write-fbx.ts';
import type { BallMesh } from './terrain-ball.ts';

/** Binary FBX 7.4 as the FBX SDK writes it: packed arrays, a normal for each corner, indexed texture coordinates. */
export function writeFbx({ positions, normals, texcoords, indices }: BallMesh): Uint8Array {
  const corners = Int32Array.from(indices, (vertex, i) => (i % 3 === 2 ? ~vertex : vertex));
  const cornerNormals = new Float64Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    for (let k = 0; k < 3; k++) cornerNormals[i * 3 + k] = normals[indices[i]! * 3 + k]!;
  }
  // In FBX v points up.
  const uvs = Float64Array.from(texcoords, (value, i) => (i % 2 === 0 ? value : 1 - value));
  const layer = (name: string, mapping: string, reference: string, ...data: WritableNode[]): WritableNode => [
    name,
    [0],
    [['MappingInformationType', [mapping]], ['ReferenceInformationType', [reference]], ...data],
  ];
  return writeBinaryFbx([
    [
      'FBXHeaderExtension',
      [],
      [
        ['FBXVersion', [7400]],
        ['Creator', ['ball with hills']],
      ],
    ],
    [
      'GlobalSettings',
      [],
      [
        ['Version', [1000]],
        ['Properties70', [], []],
      ],
    ],
    [
      'Objects',
      [],
      [
        [
          'Geometry',
          [10n, 'Ball\0\x01Geometry', 'Mesh'],
          [
            ['Vertices', [Float64Array.from(positions)]],
            ['PolygonVertexIndex', [corners]],
            layer('LayerElementNormal', 'ByPolygonVertex', 'Direct', ['Normals', [cornerNormals]]),
            layer(
              'LayerElementUV',
              'ByPolygonVertex',
              'IndexToDirect',
              ['Name', ['map1']],
              ['UV', [uvs]],
              ['UVIndex', [Int32Array.from(indices)]],
            ),
            layer('LayerElementMaterial', 'AllSame', 'IndexToDirect', ['Materials', [Int32Array.of(0)]]),
          ],
        ],
        [
          'Model',
          [20n, 'Ball\0\x01Model', 'Mesh'],
          [
            ['Version', [232]],
            ['Properties70', [], []],
          ],
        ],
        [
          'Material',
          [30n, 'Ground\0\x01Material', ''],
          [
            ['ShadingModel', ['phong']],
            ['Properties70', [], []],
          ],
        ],
      ],
    ],
    [
      'Connections',
      [],
      [
        ['C', ['OO', 20n, 0n]],
        ['C', ['OO', 10n, 20n]],
        ['C', ['OO', 30n, 20n]],
      ],
    ],
  ]);
}
