import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
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
    expect([report.triangles, report.watertight]).toEqual([960, true]);
    expect(findings.issues.map(({ code }) => code).sort()).toEqual([
      'MISSING_TEXTURE',
      'UNREAD_ANIMATION',
      'UNREAD_GEOMETRY',
    ]);
  });

  it('100 mutations of HelloX3dTrademark.x3d', async () => {
    await checkMutations(importX3d, await corpusModel('x3d/HelloX3dTrademark.x3d'), 100);
  });
});
