import { Document, type mat4, type vec3 } from '@gltf-transform/core';
import { EXTMeshGPUInstancing } from '@gltf-transform/extensions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExportFormat } from '#contracts/model/export-format.ts';
import { gatherSurface } from '#engine/measure/surface.ts';
import { processModel } from '#engine/process/process-model.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { TEST_LIMITS } from '#test/check-import.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { EXPORTERS } from '../exporters.ts';
import { writeGlb } from '../gltf/write-glb.ts';
import { buildScene, type SceneRecipe, sceneRecipes } from '../testing/random-scene.ts';
import { expectSameBounds, materialFactors, readCorpus, roundTrip, triangles } from '../testing/round-trip.ts';

const FORMATS = ['obj', 'ply', 'stl', '3mf', 'gltf'] as const satisfies ExportFormat[];

/** The scene of a recipe, some of its nodes mirrored. */
function scene(recipe: SceneRecipe, mirrored: readonly number[]): Document {
  const document = buildScene(recipe);
  for (const [index, node] of document.getRoot().listNodes().entries()) {
    if (!mirrored.includes(index)) continue;
    node.setScale(node.getScale().map((value, axis) => (axis === index % 3 ? -value : value)) as vec3);
  }
  return document;
}

/** Volume that all triangles enclose, seen from the origin: negative parts are inside out. */
function volume(document: Document): number {
  const { positions, indices, origin } = gatherSurface(document, [0, 0, 0])!;
  expect(origin).toEqual([0, 0, 0]);
  let six = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => [...positions.subarray(indices[i + k]! * 3, indices[i + k]! * 3 + 3)]);
    const [[ax, ay, az], [bx, by, bz], [cx, cy, cz]] = [a, b, c] as [number[], number[], number[]] as number[][] as [
      [number, number, number],
      [number, number, number],
      [number, number, number],
    ];
    six += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  }
  return six / 6;
}

/** What mirrored nodes show of their volume: WebGL turns their triangles round, so the sizes add up. */
function shownVolume(recipe: SceneRecipe): number {
  const scales: number[] = [];
  return recipe.boxes.reduce((sum, { parent, scale, size, shared }, index) => {
    const own = scale[0] * scale[1] * scale[2];
    scales.push(own * (parent < index ? scales[parent]! : 1));
    const [x, y, z] = shared ? recipe.boxes[0]!.size : size;
    return sum + scales[index]! * x * y * z;
  }, 0);
}

describe.each(FORMATS)('a scene written as %s', (format) => {
  it('keeps bounds, triangles, materials and outsides', async () => {
    const exporter = await EXPORTERS[format]();
    await fc.assert(
      fc.asyncProperty(sceneRecipes, fc.subarray([0, 1, 2, 3]), async (recipe, mirrored) => {
        const source = scene(recipe, mirrored);
        const before = await writeGlb(source);
        const trip = await roundTrip(source, exporter, { format });
        expect(Buffer.compare(await writeGlb(source), before)).toBe(0);
        expect(triangles(trip.back)).toBe(triangles(trip.source));
        expectSameBounds(trip, null, 0, 1e-5);
        if (format !== 'gltf') {
          const expected = shownVolume(recipe);
          expect(Math.abs(volume(trip.back) - expected)).toBeLessThan(1e-3 * expected + 1e-5);
        }
        if (format === 'gltf') expect(materialFactors(trip.back)).toEqual(materialFactors(source));
        const again = await exporter(source, { options: { format }, stem: 'model', host: nodeOperationHost });
        expect(again).toEqual(trip.exported);
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  it.runIf(hasCorpus)('keeps a character with skins and animations, at rest', async () => {
    const source = await readCorpus('gltf/Knight.glb');
    const trip = await roundTrip(source, await EXPORTERS[format](), { format });
    expect(triangles(trip.back)).toBe(6952);
    expectSameBounds(trip, null, 0, 1e-5);
    const codes = trip.exported.warnings.map(({ code }) => code);
    if (format === 'gltf') expect(codes).toEqual([]);
    else expect(codes).toEqual(expect.arrayContaining(['lost_animations', 'baked_skins', 'lost_hierarchy']));
  });
});

describe('materials', () => {
  it('come back from OBJ with their colours, roughness, metalness and light', async () => {
    const exporter = await EXPORTERS.obj();
    await fc.assert(
      fc.asyncProperty(sceneRecipes, async (recipe) => {
        const source = buildScene(recipe);
        // OBJ knows no culling: every material comes back with two sides.
        for (const material of source.getRoot().listMaterials()) material.setDoubleSided(true);
        const { back } = await roundTrip(source, exporter, { format: 'obj' });
        const numbers = (document: Document) =>
          materialFactors(document).map((text) => (JSON.parse(text) as unknown[]).flat().map(Number));
        const [before, after] = [numbers(source), numbers(back)];
        expect(after.length).toBe(before.length);
        for (const [i, values] of before.entries())
          for (const [k, value] of values.entries()) expect(Math.abs(after[i]![k]! - value)).toBeLessThan(0.002);
      }),
      { seed: 8, numRuns: 30 },
    );
  });

  it.runIf(hasCorpus)('and textures come back from OBJ and 3MF, other formats of images as PNG or JPEG', async () => {
    for (const format of ['obj', '3mf'] as const) {
      const source = await readCorpus('gltf/knight_ktx2_etc1s.glb');
      const { back, exported } = await roundTrip(source, await EXPORTERS[format](), { format });
      expect(exported.warnings.map(({ code }) => code)).toContain('converted_textures');
      const [texture] = back.getRoot().listTextures();
      expect(texture!.getMimeType()).toMatch(/image\/(png|jpeg)/);
      const { width, height } = await nodeOperationHost.decodeImage(texture!.getImage()!, texture!.getMimeType());
      const [original] = source.getRoot().listTextures();
      const wanted = await nodeOperationHost.decodeImage(original!.getImage()!, original!.getMimeType());
      expect([width, height]).toEqual([wanted.width, wanted.height]);
    }
  });

  it('have texture coordinates of their own in OBJ and PLY', async () => {
    for (const format of ['obj', 'ply'] as const) {
      const source = buildScene(fc.sample(sceneRecipes, { seed: 3, numRuns: 1 })[0]!);
      const { back } = await roundTrip(source, await EXPORTERS[format](), { format });
      expect(coordinates(back)).toEqual(coordinates(source));
    }
  });
});

/** Texture coordinates of all corners of all triangles, sorted. */
function coordinates(document: Document): string[] {
  const all: string[] = [];
  for (const node of document.getRoot().listNodes()) {
    for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
      const accessor = primitive.getAttribute('TEXCOORD_0')!;
      const indices = primitive.getIndices()!.getArray()!;
      for (const index of indices)
        all.push(
          accessor
            .getElement(index, [] as number[])
            .map((value) => value.toFixed(5))
            .join(' '),
        );
    }
  }
  return all.sort();
}

describe('instances', () => {
  const TURN: mat4 = [0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 2, 3, 1];
  it.each(['obj', 'ply', 'stl', '3mf'] as const)('stand where they stand in %s', async (format) => {
    const source = buildScene(fc.sample(sceneRecipes, { seed: 5, numRuns: 1 })[0]!);
    const node = source.getRoot().listNodes()[0]!.setMatrix(TURN);
    const buffer = source.getRoot().listBuffers()[0]!;
    const offsets = Float32Array.from({ length: 30 }, (_, i) => ((i * 7) % 11) - 5);
    const extension = source.createExtension(EXTMeshGPUInstancing);
    const instances = extension.createInstancedMesh();
    instances.setAttribute('TRANSLATION', source.createAccessor().setType('VEC3').setArray(offsets).setBuffer(buffer));
    node.setExtension('EXT_mesh_gpu_instancing', instances);
    const { back, exported } = await roundTrip(source, await EXPORTERS[format](), { format });
    const [before, after] = [source, back].map((document) => gatherSurface(document, [0, 0, 0])!);
    expect(after!.indices.length).toBe(before!.indices.length);
    const sums = [before!, after!].map(({ positions, indices }) =>
      [0, 1, 2].map((axis) => indices.reduce((sum, index) => sum + positions[index * 3 + axis]!, 0)),
    );
    for (const axis of [0, 1, 2]) expect(sums[1]![axis]!).toBeCloseTo(sums[0]![axis]!, 1);
    if (format === '3mf') expect(new TextDecoder('latin1').decode(exported.files[0].bytes)).toContain('3dmodel.model');
    else expect(exported.warnings.map(({ code }) => code)).toContain('expanded_instances');
  });

  it.each([
    ['obj', false, 2],
    ['stl', false, 2],
    ['obj', true, 4],
    ['stl', true, 4],
  ] as const)(
    'in %s do not repeat what joints place, nor joints what they do not place',
    async (format, copied, count) => {
      const source = new Document();
      const buffer = source.createBuffer();
      const accessor = (type: 'VEC3' | 'VEC4', array: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>) =>
        source.createAccessor().setType(type).setArray(array).setBuffer(buffer);
      const positions = accessor('VEC3', Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0));
      const plain = source.createPrimitive().setAttribute('POSITION', positions);
      const skinned = source
        .createPrimitive()
        .setAttribute('POSITION', positions)
        .setAttribute('JOINTS_0', accessor('VEC4', new Uint8Array(12)))
        .setAttribute('WEIGHTS_0', accessor('VEC4', Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)));
      const instances = source.createExtension(EXTMeshGPUInstancing).createInstancedMesh();
      instances.setAttribute('TRANSLATION', accessor('VEC3', Float32Array.of(0, 0, 0, 5, 0, 0, 9, 0, 0)));
      const joint = source.createNode('joint').addChild(source.createNode('other'));
      const node = source
        .createNode('both')
        .setMesh(source.createMesh().addPrimitive(plain).addPrimitive(skinned))
        .setSkin(source.createSkin().addJoint(joint).addJoint(joint.listChildren()[0]!));
      if (copied) node.setExtension('EXT_mesh_gpu_instancing', instances);
      source.getRoot().setDefaultScene(source.createScene().addChild(joint).addChild(node));
      expect(triangles((await roundTrip(source, await EXPORTERS[format](), { format })).back)).toBe(count);
    },
  );
});

describe('poses', () => {
  it('are those of the animation at the time, and the document stays as it was', async () => {
    const recipe = { ...fc.sample(sceneRecipes, { seed: 11, numRuns: 1 })[0]! };
    recipe.boxes = recipe.boxes.slice(0, 1).map((box) => ({ ...box, moves: ['translation'], parent: 7 }));
    const exporter = await EXPORTERS.obj();
    const source = buildScene(recipe);
    const rest = await roundTrip(source, exporter, { format: 'obj' });
    const posed = await roundTrip(source, exporter, { format: 'obj', animation: 'Clip', time: 0.5 });
    const [a, b] = [rest.back, posed.back].map((document) => gatherSurface(document, [0, 0, 0])!.positions);
    // The clip moves the box by (t, t, t).
    for (const [i, value] of a!.entries()) expect(b![i]! - value).toBeCloseTo(0.5, 4);
    expect(source.getRoot().listNodes()[0]!.getTranslation()).toEqual(recipe.boxes[0]!.translation);
    await expect(roundTrip(source, exporter, { format: 'obj', animation: 'Fly' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('units and axes', () => {
  it.each([
    ['stl', {}, 1000, 'z'],
    ['stl', { unit: 'in', up: 'y' }, 1 / 0.0254, 'y'],
    ['ply', {}, 1, 'y'],
    ['ply', { unit: 'cm', up: 'z' }, 100, 'z'],
    ['obj', { unit: 'ft' }, 1 / 0.3048, 'y'],
  ] as const)('%s with %j', async (format, options, scale, up) => {
    const source = buildScene(fc.sample(sceneRecipes, { seed: 13, numRuns: 1 })[0]!);
    const exporter = await EXPORTERS[format]();
    const exported = await exporter(source, {
      options: { format, ...options, ...(format !== 'obj' && { encoding: 'text' }) },
      stem: 'm',
      host: nodeOperationHost,
    });
    const text = new TextDecoder().decode(exported.files[0].bytes);
    const lines =
      format === 'ply'
        ? text
            .split('end_header\n')[1]!
            .split('\n')
            .slice(0, Number(/vertex (\d+)/.exec(text)![1]))
        : text.split('\n').filter((line) => /^v(ertex)? /.test(line));
    const points = lines.map((line) =>
      line
        .replace(/^v\w* /, '')
        .split(' ')
        .slice(0, 3)
        .map(Number),
    );
    const surface = gatherSurface(source, [0, 0, 0])!;
    const used = new Set(surface.indices);
    const world = [...used].map((index) => [...surface.positions.subarray(index * 3, index * 3 + 3)]);
    for (const [axis, from, sign] of up === 'z'
      ? ([
          [0, 0, 1],
          [1, 2, -1],
          [2, 1, 1],
        ] as const)
      : ([
          [0, 0, 1],
          [1, 1, 1],
          [2, 2, 1],
        ] as const)) {
      const largest = Math.max(...points.map((point) => point[axis]!));
      const wanted = Math.max(...world.map((point) => point[from]! * sign)) * scale;
      expect(Math.abs(largest - wanted)).toBeLessThan(1e-4 * scale);
    }
  });
});

describe.runIf(hasCorpus)('files of the corpus', () => {
  it('go through STL unchanged', async () => {
    const bytes = new Uint8Array(await corpusFile('stl/Spider_binary.stl'));
    const source = await readCorpus('stl/Spider_binary.stl');
    const { exported } = await roundTrip(source, await EXPORTERS.stl(), { format: 'stl' });
    const corners = (file: Uint8Array) => {
      const view = new DataView(file.buffer, file.byteOffset);
      return Array.from({ length: view.getUint32(80, true) * 9 }, (_, i) =>
        view.getFloat32(84 + Math.floor(i / 9) * 50 + 12 + (i % 9) * 4, true),
      );
    };
    const [before, after] = [corners(bytes), corners(exported.files[0].bytes)];
    expect(after.length).toBe(before.length);
    for (const [i, value] of before.entries())
      expect(Math.abs(after[i]! - value)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)));
  });

  it('of splats keep every number in PLY', async () => {
    const source = await readCorpus('splat/sphere_3dgs.ply');
    const { back, exported } = await roundTrip(source, await EXPORTERS.ply(), { format: 'ply' });
    expect(exported.warnings).toEqual([]);
    const [a, b] = [source, back].map((document) => document.getRoot().listMeshes()[0]!.listPrimitives()[0]!);
    expect(b!.listSemantics()).toEqual(a!.listSemantics());
    for (const semantic of a!.listSemantics().filter((name) => name !== 'COLOR_0')) {
      const [before, after] = [a!, b!].map((primitive) => Array.from(primitive.getAttribute(semantic)!.getArray()!));
      const largest = before!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      let difference = 0;
      for (const [i, value] of before!.entries()) difference = Math.max(difference, Math.abs(after![i]! - value));
      expect(difference / Math.max(largest, 1), semantic).toBeLessThan(2e-6);
    }
  });

  it('have no errors as glTF, by the Khronos validator', async () => {
    for (const path of ['gltf/Knight.glb', 'splat/sphere_3dgs.glb', '3mf/sphere_logo.3mf', 'gltf/BoxMeshopt.glb']) {
      const { exported } = await roundTrip(await readCorpus(path), await EXPORTERS.gltf(), { format: 'gltf' });
      const files = exported.files.map(({ path: name, bytes }) => ({ name, bytes }));
      const { report } = await processModel(files, TEST_LIMITS);
      expect([path, report.validation.errors]).toEqual([path, 0]);
    }
  });

  it('without anything that a format holds are refused', async () => {
    const points = await readCorpus('ply/points_bin.ply');
    for (const format of ['stl', '3mf'] as const) {
      await expect(roundTrip(points, await EXPORTERS[format](), { format })).rejects.toMatchObject({
        code: 'model_empty',
      });
    }
    for (const format of ['ply', 'obj'] as const) {
      const { back } = await roundTrip(points, await EXPORTERS[format](), { format });
      const count = (document: Document) =>
        document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('POSITION')!.getCount();
      expect(count(back)).toBe(count(points));
    }
  });
});
