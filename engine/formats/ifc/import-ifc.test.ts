import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport } from '#test/check-import.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { importIfc } from './import-ifc.ts';

const PATH = 'cad/AC14-FZK-Haus.ifc';

/** A building element proxy of one triangulated face set: the smallest IFC4 file with geometry. */
const SMALL = `ISO-10303-21;
HEADER;
FILE_DESCRIPTION(('ViewDefinition [CoordinationView]'),'2;1');
FILE_NAME('small.ifc','2026-01-01T00:00:00',(''),(''),'','','');
FILE_SCHEMA(('IFC4'));
ENDSEC;
DATA;
#1=IFCORGANIZATION($,'Test',$,$,$);
#2=IFCAPPLICATION(#1,'1.2','Test writer','TW');
#3=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);
#4=IFCUNITASSIGNMENT((#3));
#5=IFCCARTESIANPOINT((0.,0.,0.));
#6=IFCAXIS2PLACEMENT3D(#5,$,$);
#7=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-05,#6,$);
#8=IFCPROJECT('0YvctVUKr0kugbFTf53O9L',$,'Project',$,$,$,$,(#7),#4);
#9=IFCLOCALPLACEMENT($,#6);
#10=IFCBUILDING('1YvctVUKr0kugbFTf53O9L',$,'House',$,$,#9,$,$,.ELEMENT.,$,$,$);
#11=IFCCARTESIANPOINTLIST3D(((0.,0.,0.),(1000.,0.,0.),(0.,2000.,0.),(0.,0.,3000.)));
#12=IFCTRIANGULATEDFACESET(#11,$,.T.,((1,3,2),(1,2,4),(2,3,4),(3,1,4)),$);
#13=IFCSHAPEREPRESENTATION(#7,'Body','Tessellation',(#12));
#14=IFCPRODUCTDEFINITIONSHAPE($,$,(#13));
#15=IFCBUILDINGELEMENTPROXY('2YvctVUKr0kugbFTf53O9L',$,'Wedge','a part',$,#9,#14,'T-7',$);
#16=IFCRELAGGREGATES('3YvctVUKr0kugbFTf53O9L',$,$,$,#8,(#10));
#17=IFCRELCONTAINEDINSPATIALSTRUCTURE('4YvctVUKr0kugbFTf53O9L',$,$,$,(#15),#10);
#18=IFCPROPERTYSINGLEVALUE('FireRating',$,IFCLABEL('F90'),$);
#19=IFCPROPERTYSINGLEVALUE('LoadBearing',$,IFCBOOLEAN(.T.),$);
#20=IFCPROPERTYSET('5YvctVUKr0kugbFTf53O9L',$,'Pset_Test',$,(#18,#19));
#21=IFCRELDEFINESBYPROPERTIES('6YvctVUKr0kugbFTf53O9L',$,$,$,(#15),#20);
ENDSEC;
END-ISO-10303-21;
`;
const file = (text: string) => ({ name: 'small.ifc', bytes: new TextEncoder().encode(text) });

describe('importIfc', () => {
  it('reads geometry, tree, units and property sets', async () => {
    const { report, document, generator } = await checkImport(importIfc, file(SMALL));
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
    const far = SMALL.replace(
      '#9=IFCLOCALPLACEMENT($,#6);',
      '#9=IFCLOCALPLACEMENT($,#31);\n#30=IFCCARTESIANPOINT((4500000000.,5300000000.,0.));\n#31=IFCAXIS2PLACEMENT3D(#30,$,$);',
    );
    const { report, corrections } = await checkImport(importIfc, file(far));
    expect(corrections.map(({ code }) => code)).toContain('origin_offset');
    expect(Math.max(...report.bounds!.max.map(Math.abs))).toBeLessThan(100);
  });

  it.each([
    ['a file that is cut off', SMALL.slice(0, 1200), /cut off/],
    ['a file without geometry', SMALL.replace(/#12=.*\n/, ''), /no geometry/],
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
