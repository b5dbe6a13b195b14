import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { importBrep, importIges, importStep } from './import-cad.ts';

/** One square face of 10 × 10 in the BREP text format. Shapes are numbered from the last. */
const SQUARE = (() => {
  const corners = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  const directions = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ];
  const vertices = corners.map(([x, y]) => `Ve\n1e-07\n${x} ${y} 0\n0 0\n\n0101101\n*`);
  const edges = corners.map(
    (_, i) => `Ed\n 1e-07 1 1 0\n1  ${i + 1} 0 0 10\n0\n\n0101000\n+${10 - i} 0 -${10 - ((i + 1) % 4)} 0 *`,
  );
  const curves = corners.map(([x, y], i) => `1 ${x} ${y} 0 ${directions[i]!.join(' ')} 0 `);
  return [
    'DBRep_DrawableShape',
    '',
    'CASCADE Topology V1, (c) Matra-Datavision',
    'Locations 0',
    'Curve2ds 0',
    'Curves 4',
    ...curves,
    'Polygon3D 0',
    'PolygonOnTriangulations 0',
    'Surfaces 1',
    '1 0 0 0 0 0 1 1 0 0 0 1 0 ',
    'Triangulations 0',
    '',
    'TShapes 10',
    ...vertices,
    ...edges,
    'Wi',
    '',
    '0101100',
    '+6 0 +5 0 +4 0 +3 0 *',
    'Fa',
    '0  1e-07 1 0',
    '',
    '0111000',
    '+2 0 *',
    '',
    '+1 0 ',
    '0',
    '',
  ].join('\n');
})();

describe('importBrep', () => {
  it('reads a face in millimetres with +Z up', async () => {
    const { report } = await checkImport(importBrep, { name: 'a.brep', bytes: new TextEncoder().encode(SQUARE) });
    expect(report.triangles).toBe(2);
    expect(report.bounds!.max[0]).toBeCloseTo(0.01, 6);
    expect(report.bounds!.min[2]).toBeCloseTo(-0.01, 6);
  });

  it('refuses a file that is cut off', async () => {
    const bytes = new TextEncoder().encode(SQUARE.slice(0, -60));
    await expect(checkImport(importBrep, { name: 'a.brep', bytes })).rejects.toThrow(
      /declares 10 shapes, but ends after 9|cut off/,
    );
  });
});

describe.skipIf(!hasCorpus)('CAD files of the corpus', () => {
  // Faces counted by reading the files; sizes as their points and units say.
  it.each([
    ['cad/cube-in.step', 6, 12, [1, 1, 1], 'FreeCAD'],
    ['cad/rounded-cube.step', 7, 84, [0.01, 0.01, 0.01], 'FreeCAD'],
    ['cad/featuretype.STEP', 96, null, [0.127, 0.034925, 0.0635], 'SolidWorks 2013'],
    ['cad/cube-10x10.igs', 6, 12, [0.01, 0.01, 0.01], 'Autodesk Inventor 2019'],
  ])('%s: %d faces, %s triangles', async (path, faces, triangles, size, generator) => {
    const imported = await checkCorpusImport(path.endsWith('.igs') ? importIges : importStep, path);
    expect(imported.corrections[0]!.message).toMatch(new RegExp(`^${faces} `));
    if (triangles !== null) expect(imported.report.triangles).toBe(triangles);
    expect(imported.report.watertight).toBe(true);
    expect(imported.findings.issues).toEqual([]);
    expect(imported.generator).toBe(generator);
    for (let k = 0; k < 3; k++)
      expect(imported.report.bounds!.max[k]! - imported.report.bounds!.min[k]!).toBeCloseTo(size[k]!, 4);
  });

  it('keeps colours: those of STEP are sRGB', async () => {
    const { document } = await checkCorpusImport(importStep, 'cad/cube-in.step');
    expect(document.getRoot().listMaterials()[0]!.getName()).toBe('#cccccc');
    expect(document.getRoot().listMaterials()[0]!.getBaseColorFactor()[0]).toBeCloseTo(0.6038, 3);
  });

  it.each([
    ['corrupt/trunc/featuretype_flip.STEP', /Incorrect Syntax/],
    ['corrupt/trunc/featuretype_t50.STEP', /cut off/],
  ])('%s is refused', async (path, message) => {
    await expect(checkCorpusImport(importStep, path)).rejects.toThrow(message);
  });

  it('12 mutations of cube-in.step', async () => {
    await checkMutations(importStep, await corpusModel('cad/cube-in.step'), 12);
  }, 120_000);
});
