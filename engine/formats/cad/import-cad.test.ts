import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { importBrep, importIges, importStep } from './import-cad.ts';
import { SQUARE_BREP } from './testing/square-brep.ts';

describe('importBrep', () => {
  it('reads a face in millimetres with +Z up', async () => {
    const { report } = await checkImport(importBrep, { name: 'a.brep', bytes: new TextEncoder().encode(SQUARE_BREP) });
    expect(report.triangles).toBe(2);
    expect(report.bounds!.max[0]).toBeCloseTo(0.01, 6);
    expect(report.bounds!.min[2]).toBeCloseTo(-0.01, 6);
  });

  it('refuses a file that is cut off', async () => {
    const bytes = new TextEncoder().encode(SQUARE_BREP.slice(0, -60));
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
