import type { Document, Node } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { decodePng } from '../textures/decode-png.ts';
import { encodePng } from '../textures/encode-png.ts';
import { eulerToQuat, fromTrs, invert, type Mat4 } from './affine.ts';
import { listFbxReferences } from './list-references.ts';
import { importBytes, khronosErrors } from './testing/import-bytes.ts';
import { boundsOf, poseDocument } from './testing/pose-document.ts';
import { gridFbx, type WritableNode, type WritableValue, writeBinaryFbx, writeTextFbx } from './testing/write-fbx.ts';

/** A PNG of one pixel. */
const PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (letter) => letter.charCodeAt(0),
);

const p = (name: string, ...values: WritableValue[]): WritableNode => ['P', [name, '', '', '', ...values]];
const d = (...values: number[]): { double: number }[] => values.map((double) => ({ double }));
const model = (id: bigint, name: string, type: string, ...properties: WritableNode[]): WritableNode => [
  'Model',
  [id, `${name}\0\x01Model`, type],
  [['Properties70', [], properties]],
];
const link = (from: bigint, to: bigint): WritableNode => ['C', ['OO', from, to]];
const connect = (from: bigint, to: bigint, property: string): WritableNode => ['C', ['OP', from, to, property]];

/** A mesh of polygons with whatever layers. */
function geometry(id: bigint, positions: number[], polygons: number[][], ...layers: WritableNode[]): WritableNode {
  const indices = polygons.flatMap((polygon) => polygon.map((v, i) => (i + 1 === polygon.length ? ~v : v)));
  return [
    'Geometry',
    [id, `Shape\0\x01Geometry`, 'Mesh'],
    [['Vertices', [Float64Array.from(positions)]], ['PolygonVertexIndex', [Int32Array.from(indices)]], ...layers],
  ];
}

function layer(name: string, mapping: string, ...data: WritableNode[]): WritableNode {
  const indexed = data.some(([title]) => title.endsWith('Index') || title === 'Materials');
  return [
    name,
    [0],
    [
      ['MappingInformationType', [mapping]],
      ['ReferenceInformationType', [indexed ? 'IndexToDirect' : 'Direct']],
      ...data,
    ],
  ];
}

/** A file in metres, so that numbers stay as they are. */
function file(objects: WritableNode[], connections: WritableNode[], settings: WritableNode[] = []): WritableNode[] {
  return [
    ['GlobalSettings', [], [['Properties70', [], [p('UnitScaleFactor', ...d(100)), ...settings]]]],
    ['Objects', [], objects],
    ['Connections', [], connections],
  ];
}

async function read(tree: WritableNode[]): Promise<Document> {
  const { document } = await importBytes(writeBinaryFbx(tree));
  return document;
}

const nodeNamed = (document: Document, name: string): Node =>
  document
    .getRoot()
    .listNodes()
    .find((node) => node.getName() === name)!;

const SQUARE = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0];
const QUAD = [[0, 1, 2, 3]];

describe('importFbx', () => {
  it('makes the same of a text and a binary file, of either header size', async () => {
    const tree = gridFbx({ side: 6 });
    const models = await Promise.all(
      [writeTextFbx(tree), writeBinaryFbx(tree), writeBinaryFbx(tree, { version: 7500 })].map((bytes) =>
        importBytes(bytes),
      ),
    );
    const [text, binary, wide] = models.map(({ document }) => poseDocument(document, null, 0));
    expect(text).toEqual(binary);
    expect(wide).toEqual(binary);
    const primitive = models[1]!.document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    // Corners of a smooth grid share their vertices.
    expect(primitive.getAttribute('POSITION')!.getCount()).toBe(49);
    expect(primitive.getIndices()!.getCount()).toBe(6 * 6 * 2 * 3);
  });

  it('cuts concave polygons inside and keeps the winding', async () => {
    // An arrow head: the fan from its first corner would lie partly outside.
    const document = await read(
      file(
        [geometry(1n, [0, 0, 0, 2, -2, 0, 0, 2, 0, -2, -2, 0], [[1, 2, 3, 0]]), model(2n, 'A', 'Mesh')],
        [link(2n, 0n), link(1n, 2n)],
      ),
    );
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const positions = primitive.getAttribute('POSITION')!.getArray()!;
    const indices = primitive.getIndices()!.getArray()!;
    let area = 0;
    for (let i = 0; i < indices.length; i += 3) {
      const [a, b, c] = [indices[i]! * 3, indices[i + 1]! * 3, indices[i + 2]! * 3];
      const twice =
        (positions[b]! - positions[a]!) * (positions[c + 1]! - positions[a + 1]!) -
        (positions[b + 1]! - positions[a + 1]!) * (positions[c]! - positions[a]!);
      expect(twice).toBeGreaterThan(0);
      area += twice / 2;
    }
    expect(area).toBeCloseTo(4);
  });

  it.each([
    ['ByPolygonVertex', [0, 0, 1, 0, 1, 1, 0, 1], [0, 1, 2, 3]],
    ['ByVertice', [0, 0, 1, 0, 1, 1, 0, 1], null],
    ['ByPolygon', [0.25, 0.5], [0]],
    ['AllSame', [0.25, 0.5], null],
  ])('reads texture coordinates mapped %s', async (mapping, uv, index) => {
    const data: WritableNode[] = [['UV', [Float64Array.from(uv)]]];
    if (index) data.push(['UVIndex', [Int32Array.from(index)]]);
    const document = await read(
      file(
        [geometry(1n, SQUARE, QUAD, layer('LayerElementUV', mapping, ...data)), model(2n, 'A', 'Mesh')],
        [link(2n, 0n), link(1n, 2n)],
      ),
    );
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const positions = primitive.getAttribute('POSITION')!;
    const uvs = primitive.getAttribute('TEXCOORD_0')!;
    for (let i = 0; i < positions.getCount(); i++) {
      const [x, y] = positions.getElement(i, [] as number[]) as [number, number];
      const expected = uv.length === 2 ? [0.25, 0.5] : [x, 1 - y];
      expect(uvs.getElement(i, [] as number[])).toEqual(expected);
    }
  });

  it('keeps sets of texture coordinates and vertex colours, converted to linear light', async () => {
    const colors = [0.5, 0, 1, 0.5];
    const document = await read(
      file(
        [
          geometry(
            1n,
            SQUARE,
            QUAD,
            layer('LayerElementUV', 'ByVertice', ['UV', [Float64Array.from([0, 0, 1, 0, 1, 1, 0, 1])]]),
            layer('LayerElementUV', 'AllSame', ['UV', [Float64Array.of(0.5, 0.25)]]),
            layer('LayerElementColor', 'AllSame', ['Colors', [Float64Array.from(colors)]]),
          ),
          model(2n, 'A', 'Mesh'),
        ],
        [link(2n, 0n), link(1n, 2n)],
      ),
    );
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    expect(primitive.getAttribute('TEXCOORD_1')!.getElement(2, [] as number[])).toEqual([0.5, 0.75]);
    const [r, g, b, a] = primitive.getAttribute('COLOR_0')!.getElement(0, [] as number[]);
    expect(r).toBeCloseTo(0.214, 3);
    expect([g, b]).toEqual([0, 1]);
    expect(a).toBeCloseTo(0.5, 4);
    expect(await khronosErrors(document)).toEqual([]);
  });

  it('splits a mesh by its materials, and shows the same mesh in other materials', async () => {
    const positions = [...SQUARE, 2, 0, 0, 2, 1, 0];
    const polygons = [
      [0, 1, 2, 3],
      [1, 4, 5, 2],
    ];
    const materials = layer('LayerElementMaterial', 'ByPolygon', ['Materials', [Int32Array.of(1, 0)]]);
    const paint = (id: bigint, name: string): WritableNode => [
      'Material',
      [id, `${name}\0\x01Material`, ''],
      [['ShadingModel', ['phong']]],
    ];
    const document = await read(
      file(
        [
          geometry(1n, positions, polygons, materials),
          model(2n, 'A', 'Mesh'),
          model(3n, 'B', 'Mesh'),
          model(4n, 'C', 'Mesh'),
          paint(10n, 'red'),
          paint(11n, 'blue'),
        ],
        [
          ...[2n, 3n, 4n].flatMap((id) => [link(id, 0n), link(1n, id)]),
          ...[link(10n, 2n), link(11n, 2n), link(10n, 3n), link(11n, 3n), link(11n, 4n), link(10n, 4n)],
        ],
      ),
    );
    const names = (node: string): string[] =>
      nodeNamed(document, node)
        .getMesh()!
        .listPrimitives()
        .map((primitive) => primitive.getMaterial()!.getName());
    expect(names('A')).toEqual(['red', 'blue']);
    expect(names('C')).toEqual(['blue', 'red']);
    expect(nodeNamed(document, 'B').getMesh()).toBe(nodeNamed(document, 'A').getMesh());
    expect(document.getRoot().listMeshes()).toHaveLength(2);
  });

  it('applies geometric transforms to the mesh and not to the children, mirrored ones with the winding', async () => {
    const document = await read(
      file(
        [
          geometry(1n, SQUARE, QUAD),
          model(2n, 'A', 'Mesh', p('GeometricTranslation', ...d(0, 0, 5)), p('GeometricScaling', ...d(-2, 1, 1))),
          model(3n, 'B', 'Mesh'),
        ],
        [link(2n, 0n), link(3n, 2n), link(1n, 2n), link(1n, 3n)],
      ),
    );
    expect(nodeNamed(document, 'B').getTranslation()).toEqual([0, 0, 0]);
    const primitive = nodeNamed(document, 'A').getMesh()!.listPrimitives()[0]!;
    expect(primitive.getAttribute('POSITION')!.getMin([])).toEqual([-2, 0, 5]);
    const [a, b, c] = [...primitive.getIndices()!.getArray()!.subarray(0, 3)].map((i) =>
      primitive.getAttribute('POSITION')!.getElement(i, [] as number[]),
    );
    const z = (b![0]! - a![0]!) * (c![1]! - a![1]!) - (b![1]! - a![1]!) * (c![0]! - a![0]!);
    expect(z).toBeGreaterThan(0);
    expect(primitive.getAttribute('NORMAL')!.getElement(0, [] as number[])[2]).toBeCloseTo(1);
  });

  it('follows the rules for inheriting uneven scales', async () => {
    // RrSs: the parent stretches along x, the child is turned by 90 degrees about z. Unlike in glTF, the stretch then
    // goes along the child's own x axis.
    const parent = [p('Lcl Scaling', ...d(3, 1, 1)), p('InheritType', 1)];
    const child = (type: number): WritableNode[] => [p('Lcl Rotation', ...d(0, 0, 90)), p('InheritType', type)];
    const run = async (type: number): Promise<number[][]> => {
      const document = await read(
        file(
          [geometry(1n, SQUARE, QUAD), model(2n, 'P', 'Null', ...parent), model(3n, 'C', 'Mesh', ...child(type))],
          [link(2n, 0n), link(3n, 2n), link(1n, 3n)],
        ),
      );
      return boundsOf(poseDocument(document, null, 0)).map((side) =>
        side.map((value) => Math.round(value * 1e6) / 1e6 + 0),
      );
    };
    expect(await run(1)).toEqual([[-3, 0, 0], [0, 1, 0]]); // biome-ignore format: bounds
    expect(await run(0)).toEqual([[-1, 0, 0], [0, 3, 0]]); // biome-ignore format: bounds
    expect(await run(2)).toEqual([[-1, 0, 0], [0, 1, 0]]); // biome-ignore format: bounds
  });

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

  it('finds textures inside the file, beside it by name, and says which are missing', async () => {
    const texture = (id: bigint, path: string): WritableNode => [
      'Texture',
      [id, `${path}\0\x01Texture`, ''],
      [
        ['FileName', [`C:\\work\\${path}`]],
        ['RelativeFilename', [`..\\maps\\${path}`]],
      ],
    ];
    const uv = layer('LayerElementUV', 'ByVertice', ['UV', [Float64Array.from([0, 0, 1, 0, 1, 1, 0, 1])]]);
    const tree = file(
      [
        geometry(1n, SQUARE, QUAD, uv),
        model(2n, 'A', 'Mesh'),
        ['Material', [3n, 'M\0\x01Material', ''], [['ShadingModel', ['phong']]]],
        texture(4n, 'inside.png'),
        [
          'Video',
          [5n, 'V\0\x01Video', 'Clip'],
          [
            ['RelativeFilename', ['inside.png']],
            ['Content', [PNG]],
          ],
        ],
        texture(6n, 'Beside.PNG'),
        texture(7n, 'lost.png'),
      ],
      [
        ...[link(2n, 0n), link(1n, 2n), link(3n, 2n), link(5n, 4n)],
        ...[connect(4n, 3n, 'DiffuseColor'), connect(6n, 3n, 'EmissiveColor'), connect(7n, 3n, 'NormalMap')],
      ],
    );
    for (const bytes of [writeBinaryFbx(tree), writeTextFbx(tree)]) {
      expect(listFbxReferences(bytes)).toEqual(
        expect.arrayContaining(['../maps/Beside.PNG', 'Beside.PNG', 'inside.png', 'lost.png']),
      );
      const { document, corrections } = await importBytes(bytes, [{ name: 'textures/beside.png', bytes: PNG.slice() }]);
      const [material] = document.getRoot().listMaterials();
      expect(material!.getBaseColorTexture()!.getImage()).toEqual(PNG);
      expect(material!.getEmissiveTexture()!.getName()).toBe('beside');
      expect(material!.getNormalTexture()).toBeNull();
      expect(corrections.map(({ code }) => code)).toContain('missing_texture');
    }
  });

  it.each([
    [
      [p('DiffuseColor', ...d(0.5, 0.5, 0.5)), p('Opacity', ...d(0.25))],
      [0.214, 0.25, 0, 0.9],
    ],
    [
      [p('TransparencyFactor', ...d(0.75)), p('TransparentColor', ...d(1, 1, 1))],
      [0.604, 0.25, 0, 0.9],
    ],
    [
      [
        p('Maya|baseColor', ...d(0.5, 0.5, 0.5)),
        p('Maya|base', ...d(0.5)),
        p('Maya|metalness', ...d(1)),
        p('Maya|specularRoughness', ...d(0.3)),
      ],
      [0.25, 1, 1, 0.3],
    ],
    [
      [p('3dsMax|main|basecolor', ...d(0.4, 0.4, 0.4, 1)), p('3dsMax|main|roughness', ...d(0.6))],
      [0.4, 1, 0, 0.6],
    ],
    [
      [
        p('3dsMax|Parameters|base_color', ...d(0.4, 0.4, 0.4, 1)),
        p('3dsMax|Parameters|roughness', ...d(0.2)),
        p('3dsMax|Parameters|roughness_inv', 1),
      ],
      [0.4, 1, 0, 0.8],
    ],
  ])('converts materials: %j', async (properties, [color, alpha, metallic, roughness]) => {
    const document = await read(
      file(
        [
          geometry(1n, SQUARE, QUAD),
          model(2n, 'A', 'Mesh'),
          [
            'Material',
            [3n, 'M\0\x01Material', ''],
            [
              ['ShadingModel', ['phong']],
              ['Properties70', [], properties],
            ],
          ],
        ],
        [link(2n, 0n), link(1n, 2n), link(3n, 2n)],
      ),
    );
    const [material] = document.getRoot().listMaterials();
    expect(material!.getBaseColorFactor()[0]).toBeCloseTo(color!, 3);
    expect(material!.getAlpha()).toBeCloseTo(alpha!);
    expect(material!.getAlphaMode()).toBe(alpha! < 1 ? 'BLEND' : 'OPAQUE');
    expect(material!.getMetallicFactor()).toBeCloseTo(metallic!);
    expect(material!.getRoughnessFactor()).toBeCloseTo(roughness!);
  });

  it('makes one texture of roughness and metalness in two grey ones', async () => {
    const grey = (width: number, value: number): Uint8Array =>
      encodePng({
        width,
        height: width,
        pixels: new Uint8Array(width * width * 4).fill(value).map((v, i) => (i % 4 === 3 ? 255 : v)),
      });
    const texture = (id: bigint, path: string): WritableNode => [
      'Texture',
      [id, `${path}\0\x01Texture`, ''],
      [['RelativeFilename', [path]]],
    ];
    const uv = layer('LayerElementUV', 'ByVertice', ['UV', [Float64Array.from([0, 0, 1, 0, 1, 1, 0, 1])]]);
    const properties = [
      p('Maya|base_color', ...d(1, 1, 1)),
      p('Maya|metallic', ...d(0)),
      p('Maya|roughness', ...d(0.3)),
    ];
    const tree = file(
      [
        geometry(1n, SQUARE, QUAD, uv),
        model(2n, 'A', 'Mesh'),
        ['Material', [3n, 'M\0\x01Material', ''], [['Properties70', [], properties]]],
        texture(4n, 'rough.png'),
        texture(5n, 'metal.png'),
      ],
      [
        ...[link(2n, 0n), link(1n, 2n), link(3n, 2n)],
        ...[connect(4n, 3n, 'Maya|TEX_roughness_map'), connect(5n, 3n, 'Maya|TEX_metallic_map')],
      ],
    );
    const { document, findings } = await importBytes(writeBinaryFbx(tree), [
      { name: 'rough.png', bytes: grey(2, 100) },
      { name: 'metal.png', bytes: grey(4, 200) },
    ]);
    expect(findings.issues).toEqual([]);
    expect(document.getRoot().listTextures()).toHaveLength(1);
    const [material] = document.getRoot().listMaterials();
    expect([material!.getRoughnessFactor(), material!.getMetallicFactor()]).toEqual([1, 1]);
    const image = decodePng(material!.getMetallicRoughnessTexture()!.getImage()!, 1e6)!;
    expect([image.width, image.height]).toEqual([4, 4]);
    expect([...image.pixels.subarray(60)]).toEqual([255, 100, 200, 255]);
    expect(await khronosErrors(document)).toEqual([]);
  });

  it('hides what is hidden and all levels of detail but the first', async () => {
    const document = await read(
      file(
        [
          geometry(1n, SQUARE, QUAD),
          model(2n, 'hidden', 'Mesh', p('Visibility', ...d(0))),
          model(3n, 'unshown', 'Mesh', p('Show', 0)),
          model(4n, 'child of unshown', 'Mesh'),
          model(5n, 'levels', 'Null'),
          ['NodeAttribute', [6n, 'L\0\x01NodeAttribute', 'LodGroup'], []],
          model(7n, 'near', 'Mesh'),
          model(8n, 'far', 'Mesh'),
        ],
        [
          ...[link(2n, 0n), link(3n, 0n), link(4n, 3n), link(5n, 0n), link(6n, 5n), link(7n, 5n), link(8n, 5n)],
          ...[2n, 3n, 4n, 7n, 8n].map((id) => link(1n, id)),
        ],
      ),
    );
    // Two squares are left: the child of a node that is not shown itself, and the first level.
    expect(poseDocument(document, null, 0)).toHaveLength(2 * 4 * 3);
    expect(await khronosErrors(document)).toEqual([]);
  });

  it('turns and scales roots to metres and +Y up, and begins clips at 0', async () => {
    const second = 46186158000n;
    const settings = [
      ...[
        p('UpAxis', 2),
        p('FrontAxis', 1),
        p('FrontAxisSign', -1),
        p('CoordAxis', 0),
        p('UnitScaleFactor', ...d(2.54)),
      ],
    ];
    const document = await read(
      file(
        [
          geometry(1n, SQUARE, QUAD),
          model(2n, 'A', 'Mesh', p('Lcl Translation', ...d(0, 0, 100))),
          [
            'AnimationStack',
            [3n, 'Go\0\x01AnimStack', ''],
            [['Properties70', [], [p('LocalStart', 2n * second), p('LocalStop', 4n * second)]]],
          ],
          ['AnimationLayer', [4n, 'L\0\x01AnimLayer', ''], []],
          ['AnimationCurveNode', [5n, 'T\0\x01AnimCurveNode', ''], []],
          [
            'AnimationCurve',
            [6n, '\0\x01AnimCurve', ''],
            [
              ['KeyTime', [BigInt64Array.of(2n * second, 4n * second)]],
              ['KeyValueFloat', [Float32Array.of(0, 200)]],
              ['KeyAttrFlags', [Int32Array.of(4)]],
              ['KeyAttrDataFloat', [new Float32Array(4)]],
              ['KeyAttrRefCount', [Int32Array.of(2)]],
            ],
          ],
        ],
        [
          ...[link(2n, 0n), link(1n, 2n), link(4n, 3n), link(5n, 4n)],
          ...[connect(5n, 2n, 'Lcl Translation'), connect(6n, 5n, 'd|Z')],
        ],
        settings,
      ),
    );
    const node = nodeNamed(document, 'A');
    for (const [k, value] of [0, 2.54, 0].entries()) expect(node.getTranslation()[k]).toBeCloseTo(value);
    const [animation] = document.getRoot().listAnimations();
    const sampler = animation!.listChannels()[0]!.getSampler()!;
    expect([...sampler.getInput()!.getArray()!]).toEqual([0, 2]);
    const end = [...sampler.getOutput()!.getArray()!.subarray(3)];
    for (const [k, value] of [0, 5.08, 0].entries()) expect(end[k]).toBeCloseTo(value);
  });

  it('keeps the hierarchy, names and custom properties', async () => {
    const custom: WritableNode = ['P', ['part number', 'KString', '', 'U', 'X-42']];
    const document = await read(
      file(
        [geometry(1n, SQUARE, QUAD), model(2n, 'Räder', 'Null'), model(3n, 'wheel', 'Mesh', custom)],
        [link(2n, 0n), link(3n, 2n), link(1n, 3n)],
      ),
    );
    const wheel = nodeNamed(document, 'wheel');
    expect(wheel.getParentNode()!.getName()).toBe('Räder');
    expect(wheel.getExtras()).toEqual({ 'part number': 'X-42' });
  });

  it('cuts cycles of nodes and goes on', async () => {
    const { document, corrections } = await importBytes(
      writeBinaryFbx(
        file(
          [geometry(1n, SQUARE, QUAD), model(2n, 'A', 'Mesh'), model(3n, 'B', 'Null')],
          [link(2n, 3n), link(3n, 2n), link(1n, 2n)],
        ),
      ),
    );
    expect(corrections.map(({ code }) => code)).toContain('cut_node_cycles');
    expect(await khronosErrors(document)).toEqual([]);
  });

  it('leaves out polygons with vertices that do not exist, and refuses a mesh without any other', async () => {
    const broken = (polygons: number[][]): Promise<unknown> =>
      importBytes(
        writeBinaryFbx(file([geometry(1n, SQUARE, polygons), model(2n, 'A', 'Mesh')], [link(2n, 0n), link(1n, 2n)])),
      );
    await expect(broken([[0, 1, 2], [2, 3, 9]])).resolves.toMatchObject({ findings: { errors: 1 } }); // biome-ignore format: polygons
    await expect(broken([[2, 3, 9]])).rejects.toMatchObject({
      code: 'model_malformed',
      message: expect.stringContaining('3 polygon corners and 4 vertices'),
    });
  });

  it('refuses what is above the limits', async () => {
    const bytes = writeBinaryFbx(gridFbx({ side: 40 }));
    await expect(importBytes(bytes, [], { triangles: 100 })).rejects.toMatchObject({ code: 'model_too_large' });
    await expect(importBytes(bytes, [], { decodedBytes: 1000 })).rejects.toMatchObject({ code: 'model_too_large' });
    await expect(
      importBytes(writeBinaryFbx(file([model(2n, 'A', 'Null'), model(3n, 'B', 'Null')], [])), [], { nodes: 1 }),
    ).rejects.toMatchObject({ code: 'model_too_large' });
  });

  it('reads a million triangles in flat memory', async () => {
    const bytes = writeBinaryFbx(gridFbx({ side: 708 }));
    const before = process.cpuUsage();
    const { document } = await importBytes(bytes);
    const used = process.cpuUsage(before);
    expect(document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getIndices()!.getCount()).toBe(708 * 708 * 6);
    // Processor time, so that other work on the machine does not count. Measured: 1.6 s.
    expect((used.user + used.system) / 1e6).toBeLessThan(6);
  }, 60_000);
});

describe('rotations', () => {
  it('use the order of the file', async () => {
    const document = await read(
      file(
        [
          geometry(1n, SQUARE, QUAD),
          model(2n, 'A', 'Mesh', p('Lcl Rotation', ...d(30, 40, 50)), p('RotationOrder', 2), p('RotationActive', 1)),
        ],
        [link(2n, 0n), link(1n, 2n)],
      ),
    );
    const expected = eulerToQuat([30, 40, 50], 2);
    for (const [k, value] of nodeNamed(document, 'A').getRotation().entries())
      expect(value).toBeCloseTo(expected[k]!, 6);
  });
});
