import { describe, expect, it } from 'vitest';
import { file, geometry, layer, link, model, nodeNamed, QUAD, read, SQUARE } from './testing/fbx-tree.ts';
import { importBytes, khronosErrors } from './testing/import-bytes.ts';
import { poseDocument } from './testing/pose-document.ts';
import { gridFbx, type WritableNode, writeBinaryFbx, writeTextFbx } from './testing/write-fbx.ts';

describe('meshes of an FBX file', () => {
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
