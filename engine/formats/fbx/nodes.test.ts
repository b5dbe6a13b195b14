import { describe, expect, it } from 'vitest';
import { eulerToQuat } from './affine.ts';
import { connect, d, file, geometry, link, model, nodeNamed, p, QUAD, read, SQUARE } from './testing/fbx-tree.ts';
import { importBytes, khronosErrors } from './testing/import-bytes.ts';
import { boundsOf, poseDocument } from './testing/pose-document.ts';
import { type WritableNode, writeBinaryFbx } from './testing/write-fbx.ts';

describe('nodes of an FBX file', () => {
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
