import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { checkCorpusImport, checkImport, checkMutations, corpusModel, mutateBytes } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { srgbToLinear } from '../geometry/color.ts';
import { import3mf } from './import-3mf.ts';

const TETRAHEDRON = `<mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/><vertex x="0" y="1" z="0"/><vertex x="0" y="0" z="1"/></vertices>
<triangles><triangle v1="0" v2="2" v3="1" pid="5" p1="1"/><triangle v1="0" v2="1" v3="3"/><triangle v1="1" v2="2" v3="3"/><triangle v1="2" v2="0" v3="3"/></triangles></mesh>`;
const MATERIALS =
  '<basematerials id="5"><base name="Red" displaycolor="#FF0000"/><base name="Glass" displaycolor="#80808080"/></basematerials>';

const model = (resources: string, build: string, unit = 'centimeter') =>
  `<?xml version="1.0"?><model unit="${unit}" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02" xmlns:p="http://schemas.microsoft.com/3dmanufacturing/production/2015/06"><metadata name="Application">Test 1</metadata><resources>${resources}</resources><build>${build}</build></model>`;

function pack(files: Record<string, string>) {
  return {
    name: 'a.3mf',
    bytes: zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]))),
  };
}

describe('import3mf', () => {
  it('reads components, transforms, units, base materials and parts in other files', async () => {
    const file = pack({
      '3D/3dmodel.model': model(
        '<object id="2" name="Pair"><components><component p:path="/3D/Objects/one.model" objectid="1"/><component p:path="/3D/Objects/one.model" objectid="1" transform="1 0 0 0 1 0 0 0 1 10 0 0"/></components></object>',
        '<item objectid="2" transform="2 0 0 0 2 0 0 0 2 0 0 5"/>',
      ),
      '3D/Objects/one.model': model(
        `${MATERIALS}<object id="1" name="Part" pid="5" pindex="0">${TETRAHEDRON}</object>`,
        '',
      ),
    });
    const { report, document, generator } = await checkImport(import3mf, file);
    expect([report.triangles, report.meshes, report.nodes, generator]).toEqual([8, 1, 4, 'Test 1']);
    expect(report.bounds!.min.map((value) => Math.round(value * 1e6) / 1e6 + 0)).toEqual([0, 0.05, -0.02]);
    expect(report.bounds!.max.map((value) => Math.round(value * 1e6) / 1e6 + 0)).toEqual([0.22, 0.07, 0]);
    const materials = new Map(
      document
        .getRoot()
        .listMaterials()
        .map((material) => [material.getName(), material]),
    );
    expect(materials.get('Red')!.getBaseColorFactor()).toEqual([1, 0, 0, 1]);
    expect(materials.get('Glass')!.getAlphaMode()).toBe('BLEND');
    expect(materials.get('Glass')!.getBaseColorFactor()[0]).toBeCloseTo(srgbToLinear(128 / 255), 6);
    expect(report.materials.map(({ name, triangles }) => [name, triangles]).sort()).toEqual([
      ['Glass', 2],
      ['Red', 6],
    ]);
  });

  it('takes a package that does not say which program wrote it', async () => {
    const text = model(`<object id="1">${TETRAHEDRON}</object>`, '<item objectid="1"/>');
    const nameless = text.replace(/<metadata name="Application">.*?<\/metadata>/, '');
    const { generator, report } = await checkImport(import3mf, pack({ '3D/3dmodel.model': nameless }));
    expect([generator, report.triangles]).toEqual([null, 4]);
  });

  it('reads beam lattices: tapered beams, round and flat ends, balls, colours, what stands for them', async () => {
    const CORNERS =
      '<vertices><vertex x="0" y="0" z="0"/><vertex x="10" y="0" z="0"/><vertex x="10" y="10" z="0"/><vertex x="10" y="10" z="0.1"/></vertices>';
    const lattice = (inside: string, attributes = '') =>
      `<object id="1"><mesh>${CORNERS}<b:beamlattice radius="1" minlength="0.5" ${attributes}>${inside}</b:beamlattice></mesh></object>`;
    const read = (resources: string) => {
      const text = model(MATERIALS + resources, '<item objectid="1"/>', 'meter').replace(
        '<model ',
        '<model requiredextensions="b" xmlns:b="http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02" ',
      );
      return checkImport(import3mf, pack({ '3D/3dmodel.model': text }));
    };
    const beams =
      '<b:beams><b:beam v1="0" v2="1" pid="5" p1="0"/><b:beam v1="1" v2="2" r1="1" r2="2" cap2="butt"/><b:beam v1="2" v2="3"/></b:beams>';
    const { report } = await read(lattice(beams));
    // Two beams of ten sides; the third is shorter than the shortest permitted. z of the file is up.
    expect(report.triangles).toBe(20 + 2 * 50 + (20 + 50 + 10));
    expect(report.watertight).toBe(true);
    expect(report.bounds!.min[0]).toBeCloseTo(-1, 5);
    expect(report.bounds!.max[0]).toBeCloseTo(12, 5);
    expect(report.bounds!.min[2]).toBeCloseTo(-10, 5);
    expect(report.materials.map(({ name }) => name)).toContain('Red');
    const flat = await read(lattice('<b:beams><b:beam v1="0" v2="1"/></b:beams>', 'cap="butt" clippingmode="inside"'));
    expect(flat.report.triangles).toBe(40);
    expect(flat.report.bounds!.min[0]).toBeCloseTo(0, 5);
    expect(flat.findings.issues).toMatchObject([{ code: 'CLIPPED_LATTICE' }]);
    const balls = await read(lattice(beams, 'ballmode="all" ballradius="3"'));
    expect(balls.report.triangles).toBe(200 + 4 * 100);
    expect(balls.report.bounds!.max[1]).toBeCloseTo(3.1, 5);
    const shown = await read(`<object id="9">${TETRAHEDRON}</object>${lattice(beams, 'representationmesh="9"')}`);
    expect(shown.report.triangles).toBe(4);
    await expect(read(lattice('<b:beams><b:beam v1="0" v2="4"/></b:beams>'))).rejects.toThrow(
      'refers to vertex 4; the mesh has 4',
    );
    await expect(read(lattice('<b:beams><b:beam v1="0" v2="1" r1="-1"/></b:beams>'))).rejects.toThrow('is no length');
  });

  const object = (id: number, inside: string) => `<object id="${id}">${inside}</object>`;
  const bomb = Array.from({ length: 40 }, (_, i) =>
    object(i + 2, `<components><component objectid="${i + 1}"/><component objectid="${i + 1}"/></components>`),
  ).join('');
  it.each([
    [
      'an object that contains itself',
      model(object(1, '<components><component objectid="1"/></components>'), '<item objectid="1"/>'),
      /contains itself/,
    ],
    ['components that double 40 times', model(object(1, TETRAHEDRON) + bomb, '<item objectid="41"/>'), /limit/],
    ['an object that is not there', model('', '<item objectid="7"/>'), /object 7 is used but not defined/],
    ['an empty build', model(object(1, TETRAHEDRON), ''), /no items/],
    [
      'a vertex that is not there',
      model(object(1, TETRAHEDRON.replace('v3="3"', 'v3="4"')), '<item objectid="1"/>'),
      /refers to vertex 4; the mesh has 4/,
    ],
    ['a bad transform', model(object(1, TETRAHEDRON), '<item objectid="1" transform="1 0 0"/>'), /twelve numbers/],
    [
      'an unknown required extension',
      model('', '').replace('<model ', '<model requiredextensions="v" xmlns:v="http://example.org/volumetric" '),
      /requires the extension/,
    ],
  ])('refuses %s', async (_, text, message) => {
    await expect(checkImport(import3mf, pack({ '3D/3dmodel.model': text }))).rejects.toThrow(message);
  });

  it('survives 200 mutations of the XML inside', async () => {
    const text = new TextEncoder().encode(
      model(`${MATERIALS}<object id="1" pid="5" pindex="0">${TETRAHEDRON}</object>`, '<item objectid="1"/>'),
    );
    for (let seed = 1; seed <= 200; seed++) {
      const bytes = zipSync({ '3D/3dmodel.model': mutateBytes(text, seededRandom(seed)) });
      try {
        await checkImport(import3mf, { name: 'a.3mf', bytes });
      } catch (error) {
        expect((error as { fault?: string }).fault, `seed ${seed}: ${(error as Error).stack}`).toBe('input');
      }
    }
  });
});

describe.skipIf(!hasCorpus)('3MF files of the corpus', () => {
  // Triangles as `<triangle` tags in the files and as assimp 5.2 counts them.
  it.each([
    ['3mf/cube_gears.3mf', 25692, 17, 0],
    ['3mf/pyramid_vertexcolor.3mf', 4, 1, 0],
    ['3mf/sphere_logo.3mf', 3032, 1, 1],
  ])('%s has %d triangles, %d objects, %d textures', async (path, triangles, meshes, textures) => {
    const { report } = await checkCorpusImport(import3mf, path);
    expect([report.triangles, report.meshes, report.textures.length]).toEqual([triangles, meshes, textures]);
    expect(report.watertight).toBe(true);
  });

  it.each([
    ['corrupt/zipbomb.3mf', /more than 200 times/],
    ['corrupt/trunc/sphere_logo_flip.3mf', /archive/],
    ['corrupt/trunc/sphere_logo_t50.3mf', /no directory/],
  ])('%s is refused', async (path, message) => {
    await expect(checkCorpusImport(import3mf, path)).rejects.toThrow(message);
  });

  it('150 mutations of pyramid_vertexcolor.3mf', async () => {
    expect(
      (await checkMutations(import3mf, await corpusModel('3mf/pyramid_vertexcolor.3mf'), 150)).refused,
    ).toBeGreaterThan(20);
  });
});
