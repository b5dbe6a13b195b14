import { describe, expect, it } from 'vitest';
import { processModel } from '#engine/process/process-model.ts';
import { checkCorpusImport, checkImport, checkMutations, corpusModel, TEST_LIMITS } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { importX3d } from './import-x3d.ts';

const file = (text: string) => ({ name: 'a.wrl', bytes: new TextEncoder().encode(text) });
const vrml = (text: string) => file(`#VRML V2.0 utf8\n${text}`);
const x3d = (text: string) => file(`<X3D version="3.3"><Scene>${text}</Scene></X3D>`);

const QUAD =
  'geometry IndexedFaceSet { coord Coordinate { point [ 0 0 0, 2 0 0, 2 1 0, 0 1 0 ] } coordIndex [ 0 1 2 3 -1 ] }';

describe('importX3d', () => {
  it.each([
    [
      'X3D',
      x3d(
        '<Transform DEF="T" translation="1 2 3" scale="2 2 2"><Shape DEF="S"><Appearance><Material diffuseColor="1 0 0" transparency="0.5"/></Appearance><IndexedFaceSet coordIndex="0 1 2 3 -1"><Coordinate point="0 0 0 2 0 0 2 1 0 0 1 0"/></IndexedFaceSet></Shape></Transform><Shape USE="S"/>',
      ),
    ],
    [
      'VRML',
      vrml(
        `# a comment\nDEF T Transform { translation 1 2 3 scale 2 2 2 children [ DEF S Shape { appearance Appearance { material Material { diffuseColor 1 0 0 transparency 0.5 } } ${QUAD} } ] }\nUSE S\nROUTE A.b TO C.d`,
      ),
    ],
  ])('reads %s: transforms, materials, a shape used twice', async (_, source) => {
    const { report, document } = await checkImport(importX3d, source);
    expect([report.triangles, report.meshes]).toEqual([4, 1]);
    expect(report.bounds).toEqual({ min: [0, 0, 0], max: [5, 4, 3] });
    const material = document.getRoot().listMaterials()[0]!;
    expect([material.getBaseColorFactor(), material.getAlphaMode()]).toEqual([[1, 0, 0, 0.5], 'BLEND']);
    expect(
      document
        .getRoot()
        .listNodes()
        .map((node) => node.getName()),
    ).toContain('T');
  });

  it.each([
    ['Box { size 2 4 6 }', [1, 2, 3]],
    ['Sphere { radius 2 }', [2, 2, 2]],
    ['Cylinder { radius 1 height 4 }', [1, 2, 1]],
    ['Cone { bottomRadius 1 height 4 }', [1, 2, 1]],
  ])('makes a closed mesh of %s whose normals point outwards', async (geometry, size) => {
    const { report, document } = await checkImport(importX3d, vrml(`Shape { geometry ${geometry} }`));
    expect(report.watertight).toBe(true);
    for (let k = 0; k < 3; k++) expect(report.bounds!.max[k]).toBeCloseTo(size[k]!, 5);
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    for (let i = 0; i < primitive.getAttribute('POSITION')!.getCount(); i++) {
      const [x, y, z] = primitive.getAttribute('POSITION')!.getElement(i, [0, 0, 0]);
      const [nx, ny, nz] = primitive.getAttribute('NORMAL')!.getElement(i, [0, 0, 0]);
      expect(x! * nx! + y! * ny! + z! * nz!).toBeGreaterThan(0);
    }
  });

  it.each([
    [
      'a point that is not there',
      vrml(`Shape { ${QUAD.replace('2 3 -1', '2 4 -1')} }`),
      /refers to point 4; there are 4/,
    ],
    ['a node without an end', vrml('Transform { children [ '), /not closed/],
    ['VRML 1.0', file('#VRML V1.0 ascii\nSeparator { }'), /VRML 1\.0/],
    ['a world without shapes', vrml('Transform { }'), /no shapes/],
    ['X3D without a scene', file('<X3D></X3D>'), /with a <Scene>/],
  ])('refuses %s', async (_, source, message) => {
    await expect(checkImport(importX3d, source)).rejects.toThrow(message);
  });

  it('sweeps an extrusion along its spine: closed, outwards, of the right size', async () => {
    const box = await checkImport(importX3d, vrml('Shape { geometry Extrusion { spine [ 0 0 0, 0 3 0 ] } }'));
    expect(box.report).toMatchObject({ triangles: 12, watertight: true });
    expect(box.report.bounds!.max.map((v) => Math.round(v * 1e6) / 1e6)).toEqual([1, 3, 1]);
    const checks = await processModel([vrml('Shape { geometry Extrusion { spine [ 0 0 0, 0 3 0 ] } }')], TEST_LIMITS);
    expect(checks.report.checks!.find(({ code }) => code === 'INSIDE_OUT_PARTS')!.value).toBe(0);
    const bent = await checkImport(
      importX3d,
      vrml(
        'Shape { geometry Extrusion { crossSection [ 0.1 0.1, 0.1 -0.1, -0.1 -0.1, -0.1 0.1, 0.1 0.1 ] spine [ 0 0 0, 2 0 0, 2 2 0 ] scale [ 1 1, 1 1, 0.5 0.5 ] } }',
      ),
    );
    expect(bent.report).toMatchObject({ triangles: 20, watertight: true });
    expect(bent.report.bounds!.max[1]).toBeCloseTo(2, 5);
  });

  it('reads grids of heights, points and line strips', async () => {
    const { report } = await checkImport(
      importX3d,
      vrml(
        'Shape { geometry ElevationGrid { xDimension 3 zDimension 2 xSpacing 2 height [ 0 1 0 0 5 0 ] } }\nShape { geometry PointSet { coord Coordinate { point [ 0 0 0, 1 1 1 ] } color Color { color [ 1 0 0, 0 1 0 ] } } }',
      ),
    );
    expect(report).toMatchObject({ triangles: 4, points: 2 });
    expect(report.bounds!.max).toEqual([4, 5, 1]);
    const lines = x3d(
      '<Shape><LineSet vertexCount="3 2"><Coordinate point="0 0 0 1 0 0 1 1 0 5 5 5 6 6 6"/></LineSet></Shape>',
    );
    expect((await checkImport(importX3d, lines)).report.lines).toBe(3);
    await expect(
      checkImport(importX3d, vrml('Shape { geometry ElevationGrid { xDimension 300 zDimension 200 height [ 0 1 ] } }')),
    ).rejects.toThrow(/declares 300 × 200 heights and has 2/);
    await expect(
      checkImport(
        importX3d,
        vrml('Shape { geometry ElevationGrid { xDimension 2.5 zDimension 2.5 height [ 0 0 0 0 0 0 0 ] } }'),
      ),
    ).rejects.toThrow(/declares 2.5 × 2.5 heights and has 7/);
    await expect(
      checkImport(
        importX3d,
        x3d('<Shape><LineSet vertexCount="2000000000"><Coordinate point="0 0 0 1 1 1"/></LineSet></Shape>'),
      ),
    ).rejects.toThrow(/declare 2,000,000,000 points; there are 2/);
  });

  it('takes time in proportion to the length of a spine and the number of keys', async () => {
    const still = vrml(
      `Shape { geometry Extrusion { crossSection [ 0 0, 1 0 ] spine [ ${'0 0 0 '.repeat(100_000)} ] } }`,
    );
    expect((await checkImport(importX3d, still)).report.triangles).toBe(199_998);
    const keys = Array.from({ length: 80_000 }, (_, i) => (i / 80_000).toFixed(6)).join(' ');
    const moving = vrml(
      `DEF T Transform { children Shape { ${QUAD} } }\nDEF C TimeSensor { }\nDEF P PositionInterpolator { key [ ${keys} ] keyValue [ ${'0 0 1 '.repeat(80_000)} ] }\nROUTE C.fraction_changed TO P.set_fraction\nROUTE P.value_changed TO T.set_translation`,
    );
    expect((await checkImport(importX3d, moving)).report.animations).toMatchObject([{ name: 'C' }]);
  }, 20_000);

  const MOVING =
    'DEF T Transform { center 1 0 0 children Shape { geometry Box { } } }\nDEF C TimeSensor { cycleInterval 4 loop TRUE }\nDEF P PositionInterpolator { key [ 0 0.5 1 ] keyValue [ 0 0 0, 0 3 0, 0 0 0 ] }\nDEF R OrientationInterpolator { key [ 0 1 ] keyValue [ 0 0 1 0, 0 0 1 3 ] }\nDEF X ScalarInterpolator { key [ 0 1 ] keyValue [ 0 1 ] }\nROUTE C.fraction_changed TO P.set_fraction\nROUTE C.fraction_changed TO R.set_fraction\nROUTE P.value_changed TO T.set_translation\nROUTE R.value_changed TO T.rotation';

  it('plays interpolators that time sensors drive, about the centre of their transform', async () => {
    const { report, document, findings } = await checkImport(importX3d, vrml(MOVING));
    expect(report.animations).toMatchObject([{ name: 'C', seconds: 4 }]);
    expect(findings.issues).toMatchObject([{ code: 'UNREAD_ANIMATION', message: expect.stringContaining('X') }]);
    const channels = document.getRoot().listAnimations()[0]!.listChannels();
    const values = (path: string) =>
      channels
        .find((channel) => channel.getTargetPath() === path)!
        .getSampler()!
        .getOutput()!;
    const rotation = values('rotation');
    expect(rotation.getElement(rotation.getCount() - 1, [] as number[])[2]).toBeCloseTo(Math.sin(1.5), 5);
    // At the end: (1, 0) turned by 3 about the centre (1, 0) leaves the centre where it is.
    const [x, y] = values('translation').getElement(values('translation').getCount() - 1, [] as number[]);
    expect(x!).toBeCloseTo(1 - Math.cos(3), 5);
    expect(y!).toBeCloseTo(-Math.sin(3), 5);
  });

  it('puts worlds of other files in, and never itself without end', async () => {
    const part = { name: 'part.wrl', bytes: vrml(`Shape { ${QUAD} }`).bytes };
    const twice = vrml(
      'Transform { translation 5 0 0 children Inline { url "part.wrl" } }\nInline { url [ "http://x/y.wrl", "part.wrl" ] }\nInline { url "gone.wrl" }',
    );
    const { report, findings } = await checkImport(importX3d, twice, [part]);
    expect(report.triangles).toBe(4);
    expect(report.bounds!.max[0]).toBe(7);
    expect(findings.issues).toMatchObject([{ code: 'MISSING_INLINE' }]);
    const self = { name: 'self.wrl', bytes: vrml(`Shape { ${QUAD} }\nInline { url "self.wrl" }`).bytes };
    const loop = await checkImport(importX3d, vrml('Inline { url "self.wrl" }'), [self]);
    expect(loop.report.triangles).toBe(16);
  });

  it('says that prototypes are not read', async () => {
    const { findings } = await checkImport(
      importX3d,
      vrml(`PROTO Chair [ field SFFloat h 1 ] { Shape { ${QUAD} } }\nChair { h 2 }\nShape { ${QUAD} }`),
    );
    expect(findings.issues).toMatchObject([{ code: 'UNREAD_NODE', message: expect.stringContaining('Chair') }]);
  });

  it('survives 150 mutations', async () => {
    expect(
      (await checkMutations(importX3d, vrml(`Transform { children [ Shape { ${QUAD} } ] }`), 150)).refused,
    ).toBeGreaterThan(20);
  });
});

describe.skipIf(!hasCorpus)('X3D and VRML files of the corpus', () => {
  it('Wuson.wrl has as many triangles as Wuson.ply', async () => {
    expect((await checkCorpusImport(importX3d, 'wrl/Wuson.wrl')).report.triangles).toBe(3732);
  });

  it('HelloX3dTrademark.x3d shows its globe and says what it left out', async () => {
    const { report, findings } = await checkCorpusImport(importX3d, 'x3d/HelloX3dTrademark.x3d');
    expect([report.triangles, report.watertight, report.animations.length]).toEqual([960, true, 1]);
    expect(findings.issues.map(({ code }) => code).sort()).toEqual(['MISSING_TEXTURE', 'UNREAD_GEOMETRY']);
  });

  it('100 mutations of HelloX3dTrademark.x3d', async () => {
    await checkMutations(importX3d, await corpusModel('x3d/HelloX3dTrademark.x3d'), 100);
  });
});
