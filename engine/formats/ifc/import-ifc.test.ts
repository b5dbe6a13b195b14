import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport } from '#test/check-import.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { importIfc } from './import-ifc.ts';
import { SMALL_IFC } from './testing/small-ifc.ts';

const PATH = 'cad/AC14-FZK-Haus.ifc';

const file = (text: string) => ({ name: 'small.ifc', bytes: new TextEncoder().encode(text) });

describe('importIfc', () => {
  it('reads geometry, tree, units and property sets', async () => {
    const { report, document, generator } = await checkImport(importIfc, file(SMALL_IFC));
    expect([report.triangles, generator]).toEqual([4, 'Test writer 1.2']);
    expect(report.bounds!.max.map((value) => Math.round(value * 1e4) / 1e4 + 0)).toEqual([1, 3, 0]);
    expect(report.bounds!.min[2]).toBeCloseTo(-2, 4);
    const node = document
      .getRoot()
      .listNodes()
      .find((candidate) => candidate.getName() === 'Wedge')!;
    expect(node.getExtras()).toMatchObject({
      globalId: '2YvctVUKr0kugbFTf53O9L',
      description: 'a part',
      tag: 'T-7',
      properties: { Pset_Test: { FireRating: 'F90', LoadBearing: true } },
    });
    expect(String(node.getExtras().ifcType).toUpperCase()).toBe('IFCBUILDINGELEMENTPROXY');
    expect([node.getParentNode()!.getName(), node.getParentNode()!.getParentNode()!.getName()]).toEqual([
      'House',
      'Project',
    ]);
  });

  it('moves a model that is far from the origin', async () => {
    const far = SMALL_IFC.replace(
      '#9=IFCLOCALPLACEMENT($,#6);',
      '#9=IFCLOCALPLACEMENT($,#31);\n#30=IFCCARTESIANPOINT((4500000000.,5300000000.,0.));\n#31=IFCAXIS2PLACEMENT3D(#30,$,$);',
    );
    const { report, corrections } = await checkImport(importIfc, file(far));
    expect(corrections.map(({ code }) => code)).toContain('origin_offset');
    expect(Math.max(...report.bounds!.max.map(Math.abs))).toBeLessThan(100);
  });

  it.each([
    ['a file that is cut off', SMALL_IFC.slice(0, 1200), /cut off/],
    ['a file without geometry', SMALL_IFC.replace(/#12=.*\n/, ''), /no geometry/],
  ])('refuses %s', async (_, text, message) => {
    await expect(checkImport(importIfc, file(text))).rejects.toThrow(message);
  });
});

describe.skipIf(!hasCorpus)('IFC files of the corpus', () => {
  it('AC14-FZK-Haus.ifc: products, storeys, sizes', async () => {
    const { report, document, generator } = await checkCorpusImport(importIfc, PATH);
    // web-ifc's own count of the streamed triangles.
    expect(report.triangles).toBe(35792);
    expect(generator).toBe('ArchiCAD 14.0 14.0');
    // 51 beams and 13 walls, as the file has lines IFCBEAM and IFCWALLSTANDARDCASE.
    const text = (await corpusFile(PATH)).toString('latin1');
    const types = document
      .getRoot()
      .listNodes()
      .map((node) => node.getExtras().ifcType);
    expect(types.filter((type) => type === 'IfcBeam').length).toBe(text.match(/= IFCBEAM\(/g)!.length);
    expect(types.filter((type) => type === 'IfcWallStandardCase').length).toBe(
      text.match(/= IFCWALLSTANDARDCASE\(/g)!.length,
    );
    expect(
      document
        .getRoot()
        .listNodes()
        .some((node) => node.getName() === '0. Erdgeschoss'),
    ).toBe(true);
    const size = report.bounds!.max.map((value, k) => value - report.bounds!.min[k]!);
    expect(size[1]).toBeGreaterThan(5);
    expect(size[1]).toBeLessThan(15);
  });
});
