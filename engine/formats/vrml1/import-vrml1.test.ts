import type { Light } from '@gltf-transform/extensions';
import { describe, expect, it } from 'vitest';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { processModel } from '#engine/process/process-model.ts';
import { checkImport, checkMutations, TEST_LIMITS } from '#test/check-import.ts';
import { importVrml } from '../x3d/import-vrml.ts';
import { check, codes, FACE, FACES, POINTS, rounded, world } from './testing/world.ts';

const encoder = new TextEncoder();

describe('importVrml1', () => {
  it('reads what a modeller writes: comments, names, transforms, materials, a face set', async () => {
    const { report, document, generator } = await check(`
      # exported by Workshop 2.1
      DEF Top Separator { # a comment { with a brace
        Info { string "about it { all" }
        DEF Move Transform { translation 1 2 3 scaleFactor 2 2 2 }
        DEF Red Material { diffuseColor 1 0 0 transparency 0.5 shininess 1 }
        ${POINTS}
        DEF Quad ${FACE}
      }`);
    expect(generator).toBe('Workshop 2.1');
    expect([report.triangles, report.meshes, report.materials.length]).toEqual([2, 1, 1]);
    expect(report.bounds).toEqual({ min: [1, 2, 3], max: [5, 4, 3] });
    const [material] = document.getRoot().listMaterials();
    expect([material!.getName(), material!.getBaseColorFactor(), material!.getAlphaMode()]).toEqual([
      'Red',
      [1, 0, 0, 0.5],
      'BLEND',
    ]);
    const names = document
      .getRoot()
      .listNodes()
      .map((node) => node.getName());
    expect(names).toEqual(expect.arrayContaining(['Top', 'Quad']));
  });

  it('keeps the state of groups and forgets that of separators, transforms of transform separators', async () => {
    // Each cube is one metre wide; where it stands says what it was under.
    const cube = 'Cube { width 1 height 1 depth 1 }';
    const middles = async (text: string) => {
      const { document } = await check(text);
      const meshes = document
        .getRoot()
        .listNodes()
        .filter((node) => node.getMesh());
      return meshes.map((node) => rounded(node.getWorldMatrix().slice(12, 15)));
    };
    const move = (x: number) => `Translation { translation ${x} 0 0 }`;
    expect(await middles(`Group { ${move(1)} Group { ${move(2)} } ${cube} }`)).toEqual([[3, 0, 0]]);
    expect(await middles(`Group { ${move(1)} Separator { ${move(2)} } ${cube} }`)).toEqual([[1, 0, 0]]);
    expect(await middles(`Separator { Separator { ${move(2)} ${cube} } ${cube} }`)).toEqual([
      [2, 0, 0],
      [0, 0, 0],
    ]);
    const red = 'Material { diffuseColor 1 0 0 }';
    const { document } = await check(`Separator { TransformSeparator { ${move(5)} ${red} } ${cube} }`);
    expect(document.getRoot().listMaterials()[0]!.getBaseColorFactor()).toEqual([1, 0, 0, 1]);
    expect(
      rounded(
        document
          .getRoot()
          .listNodes()
          .find((node) => node.getMesh())!
          .getWorldTranslation(),
      ),
    ).toEqual([0, 0, 0]);
    // A node that is used twice takes the state of either place.
    expect(await middles(`Group { ${move(1)} DEF C ${cube} ${move(3)} USE C }`)).toEqual([
      [1, 0, 0],
      [4, 0, 0],
    ]);
    expect(await middles(`Switch { whichChild 1 ${cube} Group { ${move(7)} ${cube} } }`)).toEqual([[7, 0, 0]]);
    expect(await middles(`Switch { whichChild -3 ${cube} ${cube} }`)).toHaveLength(2);
    expect(await middles(`Group { Switch { ${cube} } ${move(1)} ${cube} }`)).toEqual([[1, 0, 0]]);
    expect(await middles(`LOD { range [ 5 ] Group { ${move(1)} ${cube} } Group { ${move(2)} ${cube} } }`)).toEqual([
      [1, 0, 0],
    ]);
  });

  it('multiplies transforms in their order, matrices by rows, and shears where they do', async () => {
    const at = async (transforms: string) => {
      const { report } = await check(
        `Separator { ${transforms} Coordinate3 { point [ 1 0 0, 1 1 0, 1 0 1 ] } IndexedFaceSet { coordIndex [ 0 1 2 ] } }`,
      );
      return [rounded(report.bounds!.min), rounded(report.bounds!.max)];
    };
    const quarter = 'Rotation { rotation 0 0 1 1.5707963 }';
    expect(await at(`Translation { translation 10 0 0 } ${quarter}`)).toEqual([
      [9, 1, 0],
      [10, 1, 1],
    ]);
    expect(await at('MatrixTransform { matrix 2 0 0 0  0 1 0 0  0 0 1 0  5 6 7 1 }')).toEqual([
      [7, 6, 7],
      [7, 7, 8],
    ]);
    // About a centre: (1, 0) is turned about (1, 1) to (2, 1).
    expect(await at('Transform { rotation 0 0 1 1.5707963 center 1 1 0 }')).toEqual([
      [1, 1, 0],
      [2, 1, 1],
    ]);
    // Twice as wide after an eighth of a turn: (1, 0) → (√½, √½) → (2√½, √½).
    const half = Math.SQRT1_2;
    const [min, max] = await at(`Scale { scaleFactor 2 1 1 } Rotation { rotation 0 0 1 0.785398163 }`);
    expect(min).toEqual(rounded([0, half, 0]));
    expect(max).toEqual(rounded([2 * half, 2 * half, 1]));
  });

  it.each([
    ['Cube { width 2 height 4 depth 6 }', [1, 2, 3], 12],
    ['Sphere { radius 2 }', [2, 2, 2], 32 * 2 * 15],
    ['Cylinder { radius 1 height 4 }', [1, 2, 1], 128],
    ['Cone { bottomRadius 1 height 4 }', [1, 2, 1], 64],
  ])('makes a closed mesh of %s', async (shape, size, triangles) => {
    const { report } = await check(shape);
    expect([report.watertight, report.triangles]).toEqual([true, triangles]);
    expect(rounded(report.bounds!.max)).toEqual(size);
    expect(rounded(report.bounds!.min)).toEqual(size.map((value) => -value));
  });

  it('places cameras and lights', async () => {
    const { document } = await check(`Separator {
      Translation { translation 0 0 5 }
      DEF Front PerspectiveCamera { position 0 1 0 orientation 0 1 0 1.5707963 heightAngle 0.6 }
      OrthographicCamera { height 4 }
      DirectionalLight { direction 0 -1 0 color 1 0 0 intensity 0.5 }
      PointLight { location 0 3 4 }
      SpotLight { on FALSE }
      Cube { }
    }`);
    const [front, flat] = document.getRoot().listCameras();
    expect([front!.getName(), front!.getYFov(), flat!.getYMag()]).toEqual(['Front', 0.6, 2]);
    const camera = document
      .getRoot()
      .listNodes()
      .find((node) => node.getCamera() === front)!;
    const matrix = camera.getWorldMatrix();
    expect(rounded(matrix.slice(12, 15))).toEqual([0, 1, 5]);
    // A quarter of a turn about y: it looks along -x.
    expect(rounded(matrix.slice(8, 11).map((value) => -value))).toEqual([-1, 0, 0]);
    const lights = document
      .getRoot()
      .listNodes()
      .flatMap((node) => {
        const light = node.getExtension<Light>('KHR_lights_punctual');
        return light ? [{ node, light }] : [];
      });
    expect(lights.map(({ light }) => light.getType())).toEqual(['directional', 'point']);
    const [sun, lamp] = lights as [(typeof lights)[0], (typeof lights)[0]];
    expect(
      rounded(
        sun.node
          .getWorldMatrix()
          .slice(8, 11)
          .map((value) => -value),
      ),
    ).toEqual([0, -1, 0]);
    expect(
      [sun.light.getIntensity(), lamp.light.getIntensity()].map((value) => Math.round((value / Math.PI) * 100) / 100),
    ).toEqual([0.5, 25]);
  });

  it('reads parts in other files, and says what it does not read', async () => {
    const wheel = world('Separator { Translation { translation 0 0 3 } Sphere { } }', 'parts/wheel.wrl');
    const text = 'Separator { Translation { translation 1 0 0 } WWWInline { name "parts/wheel.wrl" } Cube { } }';
    const whole = await check(text, [wheel]);
    expect(rounded(whole.report.bounds!.max)).toEqual([2, 1, 4]);
    expect(codes(whole)).toEqual([]);
    const away = text.replace('parts/', 'http://parts.example/');
    for (const parts of [
      await check(away, [wheel]),
      await check(text),
      await check(text, [{ ...wheel, bytes: encoder.encode('#VRML V2.0 utf8\n') }]),
    ]) {
      expect(codes(parts)).toEqual(['MISSING_INLINE']);
    }
    const endless = world('Separator { Cube { } WWWInline { name "a.wrl" } }', 'a.wrl');
    expect(codes(await checkImport(importVrml, endless, [endless]))).toEqual(['MISSING_INLINE']);
    const odd = await check(`Separator {
      Star { fields [ SFFloat points, MFNode arms ] points 5 arms [ Cube { } ] core DEF Inner Sphere { } label five }
      Box2 { fields [ MFString isA, SFFloat width ] isA [ "Gadget", "Cube" ] width 4 }
      AsciiText { string "hello" } FontStyle { size 3 } USE Inner
    }`);
    expect(codes(odd).sort()).toEqual(['UNREAD_GEOMETRY', 'UNREAD_NODE']);
    // A cube as wide as its kind says, and the ball that was named inside of what is not read.
    expect(odd.report.meshes).toBe(2);
    expect(rounded(odd.report.bounds!.max)).toEqual([2, 1, 1]);
  });

  it.each([
    [
      'a point that is not there',
      `Separator { ${POINTS}\n ${FACE.replace('3', '4')} }`,
      /line 3/,
      /refers to point 4; there are 4/,
    ],
    [
      'points beyond the last',
      `Separator { ${POINTS} PointSet { numPoints 5 } }`,
      /line 2/,
      /declares 5 points from 0 on; there are 4/,
    ],
    [
      'an image that is too short',
      `Separator { Texture2 { image 100 100 3 0 0 0 } ${POINTS} ${FACE} }`,
      /line 2/,
      /declares 100 × 100 pixels and has 3/,
    ],
    ['an image without a size', `Separator { Texture2 { image 2.5 2 3 0 } ${POINTS} ${FACE} }`, /line 2/, /no size/],
    ['a node without an end', 'Separator {\n Cube { width 1', /line 3/, /ends inside of "Cube"/],
    ['a name that nobody has', 'Separator {\n USE Nobody }', /line 3/, /"Nobody", which has not been defined/],
    ['a node that is part of itself', 'DEF A Separator { USE A }', /line 2/, /not been defined/],
    ['a field without a value', 'Cube { width }', /line 2/, /no value/],
    [
      'nodes that are nested too deep',
      `${'Separator { '.repeat(300)}${'} '.repeat(300)}`,
      /line 2/,
      /more than 200 deep/,
    ],
    ['a world without shapes', 'Separator { }', /a\.wrl/, /no shapes/],
  ])('refuses %s, and says where and what to do', async (_, text, where, message) => {
    const refused = check(text);
    await expect(refused).rejects.toMatchObject({
      where: expect.stringMatching(where),
      remedy: expect.any(String),
      message: expect.stringMatching(message),
    });
  });

  it('makes once what is said again and again in the same words', async () => {
    const atom = (color: string, points = POINTS) =>
      `Separator { Material { diffuseColor ${color} } Sphere { radius 2 } ${points} ${FACE} }`;
    const { report } = await check(['1 0 0', '1 0 0', '0 1 0', '1 0 0'].map((color) => atom(color)).join('\n'));
    expect([report.drawCalls, report.meshes, report.materials.length]).toEqual([8, 4, 2]);
    // Other points, other faces, and the same ball.
    const other = await check(`${atom('1 0 0')} ${atom('1 0 0', POINTS.replace('2 1 0', '3 1 0'))}`);
    expect(other.report.meshes).toBe(3);
    expect(other.report.bounds!.max).toEqual([3, 2, 2]);
  });

  it('ends at the limits where nodes are used again and again', async () => {
    const doubled = Array.from(
      { length: 30 },
      (_, i) => `DEF D${i} Group { ${i === 0 ? 'Info { }' : `USE D${i - 1} USE D${i - 1}`} }`,
    ).join('\n');
    const limits = ModelLimits.parse({ ...TEST_LIMITS, nodes: 2000 });
    const empty = checkImport(importVrml, world(`Separator { ${doubled} Cube { } }`), [], limits);
    await expect(empty).rejects.toMatchObject({ code: 'model_too_large' });
    const spheres = Array.from(
      { length: 30 },
      (_, i) => `DEF S${i} Separator { ${i === 0 ? 'Sphere { }' : `USE S${i - 1} USE S${i - 1}`} }`,
    ).join('\n');
    await expect(checkImport(importVrml, world(spheres), [], limits)).rejects.toMatchObject({
      code: 'model_too_large',
    });
  });

  it('goes the whole way of an upload by its content, whatever its name and line ends', async () => {
    const text = `#VRML V1.0 ascii\r\nSeparator {\r\n ${POINTS}\r\n ${FACE} # the end\r\n Cube { }\r\n}\r\n`;
    const { report } = await processModel([{ name: 'upload', bytes: encoder.encode(text) }], TEST_LIMITS);
    expect(report).toMatchObject({
      format: 'vrml',
      triangles: 14,
      sourcePolygons: { quads: 1, triangles: 0, ngons: 0 },
    });
  });

  it('survives mutations of all that it reads', async () => {
    const all = `DEF Top Separator { ShapeHints { vertexOrdering CLOCKWISE creaseAngle 1 }
      Material { diffuseColor [ 1 0 0, 0 1 0 ] transparency [ 0, 0.5 ] } MaterialBinding { value PER_FACE_INDEXED }
      Texture2 { image 2 1 3 0xFF0000 0x00FF00 } Texture2Transform { rotation 1 } TextureCoordinate2 { point [ 0 0, 1 1 ] }
      Normal { vector [ 0 0 1 ] } NormalBinding { value OVERALL } ${POINTS} ${FACES.replace(' }', ' materialIndex [ 1, 0 ] }')}
      DEF L IndexedLineSet { coordIndex [ 0 1 2 -1 ] } PointSet { } Cylinder { parts (SIDES | TOP) } USE L
      Switch { whichChild 0 Cone { } } PerspectiveCamera { } SpotLight { } MatrixTransform { } Odd { fields [ SFLong a ] a 1 } }`;
    await checkMutations(importVrml, world(all), 150);
  });
});
