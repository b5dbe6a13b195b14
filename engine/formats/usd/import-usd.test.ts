import type { Light } from '@gltf-transform/extensions';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { importUsd } from './import-usd.ts';

const STAGE = `#usda 1.0
(
    defaultPrim = "Root"
    metersPerUnit = 0.01
    upAxis = "Z"
)
def Xform "Root"
{
    double3 xformOp:translate = (100, 0, 0)
    uniform token[] xformOpOrder = ["xformOp:translate"]
    def Mesh "Quad"
    {
        int[] faceVertexCounts = [4]
        int[] faceVertexIndices = [0, 1, 2, 3]
        point3f[] points = [(0, 0, 0), (50, 0, 0), (50, 25, 0), (0, 25, 0)]
        rel material:binding = </Root/Paint>
    }
    def Material "Paint"
    {
        token outputs:surface.connect = </Root/Paint/Surface.outputs:surface>
        def Shader "Surface"
        {
            uniform token info:id = "UsdPreviewSurface"
            color3f inputs:diffuseColor = (0.25, 0.5, 0.75)
            float inputs:metallic = 0.5
            float inputs:roughness = 0.25
            token outputs:surface
        }
    }
}
`;

describe('importUsd', () => {
  it.each([
    ['text', { name: 'a.usda', bytes: new TextEncoder().encode(STAGE) }],
    ['a package', { name: 'a.usdz', bytes: zipSync({ 'a.usda': [strToU8(STAGE), { level: 0 }] }) }],
  ])('reads %s: units, axes, names, preview surfaces', async (_, file) => {
    const { report, document, corrections } = await checkImport(importUsd, file);
    expect(report.triangles).toBe(2);
    expect(report.bounds!.min.map((value) => Math.round(value * 1e4) / 1e4 + 0)).toEqual([1, 0, -0.25]);
    expect(report.bounds!.max.map((value) => Math.round(value * 1e4) / 1e4 + 0)).toEqual([1.5, 0, 0]);
    expect(
      document
        .getRoot()
        .listNodes()
        .map((node) => node.getName()),
    ).toEqual(expect.arrayContaining(['Root', 'Quad']));
    const material = document.getRoot().listMaterials()[0]!;
    // Colours of USD are linear.
    expect(material.getBaseColorFactor().map((value) => Math.round(value * 1e3) / 1e3)).toEqual([0.25, 0.5, 0.75, 1]);
    expect([material.getMetallicFactor(), material.getRoughnessFactor()]).toEqual([0.5, 0.25]);
    expect(corrections.map(({ code }) => code)).toEqual(expect.arrayContaining(['units_to_metres', 'up_axis']));
  });

  it('heeds orientation and two-sidedness, which turn or show the back', async () => {
    const text = STAGE.replace(
      'int[] faceVertexCounts',
      'uniform token orientation = "leftHanded"\n        uniform bool doubleSided = 1\n        int[] faceVertexCounts',
    );
    const { document } = await checkImport(importUsd, { name: 'a.usda', bytes: new TextEncoder().encode(text) });
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    expect(primitive.getAttribute('NORMAL')!.getElement(0, [0, 0, 0])).toEqual([0, 0, -1]);
    const [a, b, c] = Array.from(primitive.getIndices()!.getArray()!.slice(0, 3), (index) =>
      primitive.getAttribute('POSITION')!.getElement(index, [0, 0, 0]),
    );
    expect((b![0]! - a![0]!) * (c![1]! - a![1]!) - (b![1]! - a![1]!) * (c![0]! - a![0]!)).toBeLessThan(0);
    expect(document.getRoot().listMaterials()[0]!.getDoubleSided()).toBe(true);
  });

  it.each([
    ['inputs:color', '(-2, 0.5, 1)', [0, 0.5, 1]],
    ['inputs:color', '(4, 2, 1)', [1, 0.5, 0.25]],
    ['inputs:width', '-3', [1, 1, 1]],
  ])('a light whose %s is %s keeps to the ranges of glTF', async (name, value, color) => {
    const type = name === 'inputs:width' ? 'float' : 'color3f';
    const text = STAGE.replace(
      'def Material',
      `def RectLight "Lamp"\n    {\n        ${type} ${name} = ${value}\n    }\n    def Material`,
    );
    const { document } = await checkImport(importUsd, { name: 'a.usda', bytes: new TextEncoder().encode(text) });
    const node = document
      .getRoot()
      .listNodes()
      .find((one) => one.getExtension('KHR_lights_punctual'))!;
    const light = node.getExtension<Light>('KHR_lights_punctual')!;
    expect(light.getColor().map((part) => Math.round(part * 1e3) / 1e3)).toEqual(color);
    expect(light.getIntensity()).toBeGreaterThan(0);
  });

  it.each(['(0, 0)', '(10, 1)', '(-5, -1)'])(
    'a camera that sees from and to %s keeps to the ranges of glTF',
    async (range) => {
      const text = STAGE.replace(
        'def Material',
        `def Camera "Eye"\n    {\n        float2 clippingRange = ${range}\n        float focalLength = 0\n    }\n    def Material`,
      );
      const { document } = await checkImport(importUsd, { name: 'a.usda', bytes: new TextEncoder().encode(text) });
      const camera = document.getRoot().listCameras()[0]!;
      expect(camera.getZNear()).toBeGreaterThan(0);
      expect(camera.getZFar()).toBeGreaterThan(camera.getZNear());
      expect(camera.getYFov()).toBeGreaterThan(0);
      expect(camera.getYFov()).toBeLessThan(Math.PI);
    },
  );

  it('leaves the console as it was', async () => {
    const { warn, error } = console;
    await checkImport(importUsd, { name: 'a.usda', bytes: new TextEncoder().encode(STAGE) });
    expect([console.warn, console.error]).toEqual([warn, error]);
  });

  it.each([
    ['a stage without geometry', '#usda 1.0\ndef Xform "Root"\n{\n}\n', /no geometry/],
    ['a package without a layer', null, /no USD layer/],
    ['a stage that is cut off', STAGE.slice(0, -4), /2 blocks, the last of which begins here, are not closed/],
    [
      '1,000 prims whose metadata is not closed',
      STAGE.replace('{', '{\ndef Mesh "A" ('.repeat(1000)),
      /more than 100 levels/,
    ],
    [
      'metadata that a brace closes',
      STAGE.replace('"Root"\n', '"Root" (\n    kind = "a"\n}\n'),
      /closed here that was not/,
    ],
    ['a stage of 1,000 levels', STAGE.replace('{', '{\n'.repeat(1000)), /more than 100 levels deep/],
  ])('refuses %s', async (_, text, message) => {
    const bytes = text === null ? zipSync({ 'a.png': new Uint8Array(4) }) : new TextEncoder().encode(text);
    await expect(checkImport(importUsd, { name: 'a.usd', bytes })).rejects.toThrow(message);
  });
});

describe.skipIf(!hasCorpus)('USD files of the corpus', () => {
  it.each([
    ['usd/AnimatedCube.usdz', 12, 1, 2, 0],
    ['usd/CesiumMan.usdz', 4672, 1, 1, 19],
    ['usd/RiggedSimple.usdz', 188, 1, 0, 2],
    ['usd/RoughnessTest.usdz', 504, 0, 2, 0],
    ['usd/blendshape.usda', 12, 0, 0, 1],
    ['usd/geomsubset-material-001.usda', 18, 0, 0, 0],
    ['usd/suzanne.usdc', 968, 0, 0, 0],
    ['usd/texture-cat-plane.usdz', 18, 0, 1, 0],
  ])('%s: %d triangles, %d clips, %d textures, %d joints', async (path, triangles, clips, textures, joints) => {
    const { report } = await checkCorpusImport(importUsd, path);
    expect([report.triangles, report.animations.length, report.textures.length, report.skins[0]?.joints ?? 0]).toEqual([
      triangles,
      clips,
      textures,
      joints,
    ]);
  });

  it('CesiumMan is a man of 1.5 m', async () => {
    const { report } = await checkCorpusImport(importUsd, 'usd/CesiumMan.usdz');
    expect(report.bounds!.max[1] - report.bounds!.min[1]).toBeCloseTo(1.507, 2);
  });

  it('blendshape.usda has its blend shape, a camera and a light', async () => {
    const { document, report } = await checkCorpusImport(importUsd, 'usd/blendshape.usda');
    expect(report).toMatchObject({ morphTargets: 1, cameras: 1, lights: 1 });
    const target = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.listTargets()[0]!;
    expect(target.getName()).toBe('Key_1');
    // The point (1, -1.99, 1) moves by (0, 0.89, 0.99), and is at three corners.
    const offsets = target.getAttribute('POSITION')!;
    const moved = Array.from({ length: offsets.getCount() }, (_, i) => offsets.getElement(i, []));
    expect(moved.filter(([, y]) => y! > 0.89).length).toBe(3);
    expect(moved.filter(([, , z]) => z! > 0.98).length).toBe(12);
  });

  it.each([
    ['corrupt/trunc/CesiumMan_flip.usdz', /checksum is wrong/],
    ['corrupt/trunc/CesiumMan_t50.usdz', /no directory/],
    ['corrupt/trunc/suzanne_flip.usdc', /no geometry/],
    ['corrupt/trunc/suzanne_t50.usdc', /cannot be read/],
  ])('%s is refused', async (path, message) => {
    await expect(checkCorpusImport(importUsd, path)).rejects.toThrow(message);
  });

  it.each(['usd/suzanne.usdc', 'usd/geomsubset-material-001.usda'])('40 mutations of %s', async (path) => {
    await checkMutations(importUsd, await corpusModel(path), 40);
  });
});
