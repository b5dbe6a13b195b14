import { Document } from '@gltf-transform/core';
import { EXTMeshGPUInstancing, KHRMaterialsUnlit } from '@gltf-transform/extensions';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import {
  addMesh,
  coveredBox,
  difference,
  draw,
  lopsidedModel,
  pixel,
  rawImage,
  SQUARE,
  sphere,
  testHost,
  uniformEnvironment,
} from '#test/render/scenes.ts';

describe('geometry', () => {
  test('copies by EXT_mesh_gpu_instancing look the same flattened and instanced', async () => {
    const build = (rows: number) => {
      const document = new Document();
      const { node } = addMesh(document, sphere(rows * 2, rows), document.createMaterial().setMetallicFactor(0));
      const instancing = document.createExtension(EXTMeshGPUInstancing);
      const random = seededRandom(5);
      const count = 40;
      const numbers = (n: number) => new Float32Array(Array.from({ length: count * n }, () => random() * 8 - 4));
      const buffer = document.getRoot().listBuffers()[0]!;
      const translation = document.createAccessor().setType('VEC3').setArray(numbers(3)).setBuffer(buffer);
      node.setExtension(
        'EXT_mesh_gpu_instancing',
        instancing.createInstancedMesh().setAttribute('TRANSLATION', translation),
      );
      return document;
    };
    // 40 × 9,604 triangles are flattened, 40 × 10,404 become two levels.
    const flat = await draw(build(49), { width: 128, height: 128 });
    const instanced = await draw(build(51), { width: 128, height: 128 });
    expect(flat.stats.triangles).toBeLessThan(400_000);
    expect(instanced.stats.triangles).toBeGreaterThan(400_000);
    expect(instanced.stats.peakBytes).toBeLessThan(flat.stats.peakBytes / 4);
    expect(difference(flat, instanced).mean).toBeLessThan(0.5);
    const covered = flat.data.filter((v, i) => i % 4 === 3 && v === 255).length;
    expect(covered).toBeGreaterThan(1000);
  });

  test('a mirrored node shows its front', async () => {
    const document = new Document();
    addMesh(
      document,
      SQUARE,
      document.createMaterial().setMetallicFactor(0),
      [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    );
    expect(pixel(await draw(document), 32, 32)[3]).toBe(255);
  });

  test.each([
    ['points', 0],
    ['lines', 1],
    ['a line loop', 2],
    ['a line strip', 3],
  ] as const)('%s are drawn', async (_, mode) => {
    const document = new Document();
    addMesh(document, {
      positions: [-1, -1, 0, 1, -0.9, 0, 1.1, 1, 0, -1, 1.2, 0],
      colors: Array(4).fill([1, 0, 0, 1]).flat(),
      mode,
    });
    const image = await draw(document);
    const covered = image.data.filter((value, i) => i % 4 === 3 && value > 0).length;
    // Thin as they are, samples must not miss them: four points of a pixel or two, or lines across the image.
    expect(covered).toBeGreaterThan(mode === 0 ? 8 : 80);
    const at = image.data.findIndex((value, i) => i % 4 === 3 && value > 0) - 3;
    expect([...image.data.subarray(at, at + 3)]).toEqual([255, 0, 0]);
  });

  test('occlusion darkens a corner and leaves an open floor alone', async () => {
    const box = (wall: boolean) => {
      const document = new Document();
      const material = document.createMaterial().setMetallicFactor(0).setRoughnessFactor(1).setDoubleSided(true);
      addMesh(document, { positions: [-1, 0, 1, 1, 0, 1, 1, 0, -1, -1, 0, -1], indices: [0, 1, 2, 0, 2, 3] }, material);
      const wallMaterial = document.createMaterial().setMetallicFactor(0).setDoubleSided(true);
      if (wall)
        addMesh(
          document,
          { positions: [-1, 0, -1, 1, 0, -1, 1, 1.5, -1, -1, 1.5, -1], indices: [0, 1, 2, 0, 2, 3] },
          wallMaterial,
        );
      return document;
    };
    const host = () => testHost(uniformEnvironment(0.5));
    const open = await draw(box(false), { view: 'top' }, host());
    const walled = await draw(box(true), { view: 'top' }, host());
    const [row] = coveredBox(open).slice(2);
    expect(pixel(open, 32, row! + 3)[0]! - pixel(walled, 32, row! + 4)[0]!).toBeGreaterThan(15);
    expect(Math.abs(pixel(open, 32, 55)[0]! - pixel(open, 32, row! + 3)[0]!)).toBeLessThan(6);
  });
});

describe('damaged and extreme models', () => {
  test('NaN, infinite, degenerate and out-of-range triangles drop out; the rest is drawn', async () => {
    const document = new Document();
    addMesh(document, {
      positions: [...SQUARE.positions, Number.NaN, 0, 0, Infinity, 0, 0, 5, 5, 5, 1e38, -1e38, 0],
      indices: [...SQUARE.indices!, 0, 1, 4, 0, 1, 5, 0, 0, 1, 6, 6, 6, 0, 1, 999, 0, 1, 4_000_000_000],
    });
    const image = await draw(document);
    expect(pixel(image, 32, 32)[3]).toBe(255);
  });

  test.each([
    ['no meshes', () => new Document()],
    [
      'only NaN',
      () => {
        const document = new Document();
        addMesh(document, { positions: Array(9).fill(Number.NaN) });
        return document;
      },
    ],
    [
      'only degenerate triangles',
      () => {
        const document = new Document();
        addMesh(document, { positions: [0, 0, 0, 1, 1, 1, 1, 1, 1] });
        return document;
      },
    ],
    [
      'only indices out of range',
      () => {
        const document = new Document();
        addMesh(document, { positions: SQUARE.positions, indices: [7, 8, 9] });
        return document;
      },
    ],
  ])('%s: model_empty', async (_, make) => {
    await expect(draw(make())).rejects.toMatchObject({ code: 'model_empty' });
  });

  test('ten thousand nodes in one chain', async () => {
    const document = new Document();
    const { node } = addMesh(document, SQUARE);
    const scene = document.getRoot().listScenes()[0]!;
    let top = node;
    for (let i = 0; i < 10_000; i++) top = document.createNode().addChild(top);
    scene.addChild(top);
    expect(pixel(await draw(document), 32, 32)[3]).toBe(255);
  });

  test('a memory limit refuses early, with the figures', async () => {
    const error = await draw(lopsidedModel(), { width: 4096, height: 4096 }, testHost(), {
      memoryLimit: 2 ** 20 * 64,
    }).catch((e) => e);
    expect(error).toMatchObject({ code: 'render_too_large' });
    expect(error.message).toMatch(/needs \d+ MiB.*64 MiB.*image \d+ MiB/);
  });

  test('an image larger than a band has no seams', async () => {
    // A wall that fills the width, and so reaches from row 64 to row 1,088, and a shelf before it below row 1,024:
    // its occlusion, which is gathered over many pixels, falls off across the border of the bands.
    const wall = new Document();
    const matt = wall.createMaterial().setMetallicFactor(0).setRoughnessFactor(1).setDoubleSided(true);
    addMesh(wall, SQUARE, matt);
    addMesh(wall, SQUARE, matt, [0.9, 0, 0, 0, 0, 0, -0.8, 0, 0, 0.8, 0, 0, 0, -0.97, 0, 1]);
    const size = { width: 1024, height: 1152, samples: 1, margin: 0, projection: 'orthographic' } as const;
    const tall = await draw(wall, size);
    // How much a row differs from the next; a band has 1,024 rows of 1,024 pixels.
    const step = (row: number) => {
      let sum = 0;
      for (let x = 0; x < 1024; x++) {
        const i = (row * 1024 + x) * 4;
        for (let c = 0; c < 3; c++) sum += Math.abs(tall.data[i + c]! - tall.data[i + 1024 * 4 + c]!);
      }
      return sum;
    };
    // The wall is darker before the shelf, but never by a step in more than a quarter of a row at once.
    expect(pixel(tall, 512, 1023)[0]!).toBeLessThan(pixel(tall, 512, 512)[0]! - 1);
    for (let row = 1016; row < 1032; row++) expect(step(row), `row ${row}`).toBeLessThan(3 * 256);
  });
});

describe('textures', () => {
  const unlitWith = (document: Document, bytes: Uint8Array) => {
    const texture = document.createTexture().setImage(bytes).setMimeType('image/x-raw');
    const unlit = document.createExtension(KHRMaterialsUnlit).createUnlit();
    return document.createMaterial().setBaseColorTexture(texture).setExtension('KHR_materials_unlit', unlit);
  };

  test('fine patterns become their mean light, without noise', async () => {
    const document = new Document();
    const checker = rawImage(512, 512, (x, y) => ((x + y) & 1 ? [255, 255, 255, 255] : [0, 0, 0, 255]));
    addMesh(document, SQUARE, unlitWith(document, checker));
    const image = await draw(document, { margin: 0.2 });
    for (let y = 20; y < 44; y++) {
      for (let x = 20; x < 44; x++) {
        // Half of the light is 188 in sRGB; averaging encoded values would give 128.
        expect(Math.abs(pixel(image, x, y)[0]! - 188)).toBeLessThanOrEqual(8);
      }
    }
  });

  test('rows run downwards and colours are sRGB', async () => {
    const document = new Document();
    const bars = rawImage(8, 8, (x, y) => [x > 3 ? 200 : 10, y > 3 ? 90 : 30, 60, 255]);
    addMesh(document, SQUARE, unlitWith(document, bars));
    const image = await draw(document, { margin: 0 });
    expect(pixel(image, 4, 4)).toEqual([10, 30, 60, 255]);
    expect(pixel(image, 59, 4)).toEqual([200, 30, 60, 255]);
    expect(pixel(image, 4, 59)).toEqual([10, 90, 60, 255]);
  });

  test('a texture that cannot be decoded is left out with a warning', async () => {
    const document = new Document();
    addMesh(document, SQUARE, unlitWith(document, Uint8Array.of(0, 9, 0, 9, 1)));
    const image = await draw(document);
    expect(pixel(image, 32, 32)).toEqual([255, 255, 255, 255]);
    expect(image.stats.warnings).toHaveLength(1);
  });
});
