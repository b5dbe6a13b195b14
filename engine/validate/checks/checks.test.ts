import { basename } from 'node:path';
import type { Document, Primitive } from '@gltf-transform/core';
import { KHRMaterialsAnisotropy, KHRTextureTransform } from '@gltf-transform/extensions';
import { describe, expect, it } from 'vitest';
import { CheckCode } from '#contracts/model/check-codes.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { isWatertight } from '../../describe/watertight.ts';
import { documentOf, plate, type Shape, sphere } from '../../operations/testing/shapes.ts';
import { processModel } from '../../process/process-model.ts';
import { Pointers } from './pointers.ts';
import { checkModel, checkSource } from './run-checks.ts';

/** The corners of a cube of side 1, and its triangles, all facing outwards. */
const CORNERS = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1];
const FACES = [
  0, 2, 1, 0, 3, 2, 4, 5, 6, 4, 6, 7, 0, 1, 5, 0, 5, 4, 1, 2, 6, 1, 6, 5, 2, 3, 7, 2, 7, 6, 3, 0, 4, 3, 4, 7,
];
const CUBE: Shape = { positions: CORNERS, indices: FACES };

/** A cube with other triangles, shifted and scaled. */
function cube(indices: number[] = FACES, shift = 0, scale = 1): Shape {
  return { positions: CORNERS.map((value) => value * scale + shift), indices };
}

/** Several shapes as one, with no position in common unless they touch. */
function joined(...shapes: Shape[]): Shape {
  const out: Shape = { positions: [], indices: [] };
  for (const { positions, indices } of shapes) {
    const first = out.positions.length / 3;
    out.indices.push(...indices.map((index) => index + first));
    out.positions.push(...positions);
  }
  return out;
}

const flipped = (indices: number[]) => indices.map((_, i) => indices[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1]!);

function outcome(document: Document, code: CheckCode) {
  const pointers = new Pointers(document);
  const outcomes = [...checkSource(document, pointers), ...checkModel(document, pointers).outcomes];
  return outcomes.find((item) => item.code === code)!;
}

const valueIn = (document: Document, code: CheckCode) => outcome(document, code).value;
const valueOn = (shape: Shape, code: CheckCode) => valueIn(documentOf(shape), code);

const primitiveOf = (document: Document): Primitive => document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;

function setAttribute(document: Document, semantic: string, type: 'VEC2' | 'VEC3' | 'VEC4', values: number[]): void {
  const buffer = document.getRoot().listBuffers()[0]!;
  const accessor = document.createAccessor().setType(type).setArray(new Float32Array(values)).setBuffer(buffer);
  primitiveOf(document).setAttribute(semantic, accessor);
}

/** A PNG of the given size, as far as its header. */
function png(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  new DataView(bytes.buffer).setUint32(16, width);
  new DataView(bytes.buffer).setUint32(20, height);
  return bytes;
}

/** A quad from (0, 0) to (1, 1) in x and z with a texture, whose coordinates are its positions. */
function texturedQuad(width: number, height: number): Document {
  const document = documentOf(plate(1, 1));
  const material = document.createMaterial('paint');
  material.setBaseColorTexture(document.createTexture('wood').setImage(png(width, height)).setMimeType('image/png'));
  primitiveOf(document).setMaterial(material);
  setAttribute(document, 'TEXCOORD_0', 'VEC2', [0, 0, 1, 0, 0, 1, 1, 1]);
  return document;
}

describe('a sound model', () => {
  it('a cube gives no finding, and every check an outcome', () => {
    const document = documentOf(CUBE);
    const pointers = new Pointers(document);
    const outcomes = [...checkSource(document, pointers), ...checkModel(document, pointers).outcomes];
    expect(outcomes.map(({ code }) => code).toSorted()).toEqual(CheckCode.options.toSorted());
    expect(outcomes.filter(({ issue }) => issue !== null)).toEqual([]);
    expect(Object.fromEntries(outcomes.map(({ code, value }) => [code, value]))).toMatchObject({
      NON_MANIFOLD_EDGES: 0,
      OPEN_BOUNDARIES: 0,
      DISCONNECTED_PARTS: 1,
      EXTREME_SCALE: 1,
      FAR_FROM_ORIGIN: 0.5,
      UV_OVERLAP: null,
      MISSING_TANGENTS: null,
      ANIMATION_GAPS: null,
    });
  });
});

describe('the surface', () => {
  it('edges of three triangles are not manifold, and found at their triangles', () => {
    // A fin on the edge from 1 to 6, which the triangles 6 and 7 share.
    const { value, issue } = outcome(
      documentOf({ positions: [...CORNERS, 2, 0.5, 0.5], indices: [...FACES, 1, 6, 8] }),
      'NON_MANIFOLD_EDGES',
    );
    expect(value).toBe(1);
    expect(issue).toMatchObject({
      severity: 'warning',
      pointer: '/meshes/0/primitives/0',
      message: '1 edge borders more than two triangles (non-manifold): mesh 0 (triangle 6).',
    });
  });

  it('holes are counted by their rims, not by their edges', () => {
    expect(valueOn(cube(FACES.slice(3)), 'OPEN_BOUNDARIES')).toBe(1);
    // Without the bottom (two triangles) and the opposite top: two holes of four edges.
    expect(valueOn(cube(FACES.slice(12)), 'OPEN_BOUNDARIES')).toBe(2);
    expect(valueOn(plate(1, 5), 'OPEN_BOUNDARIES')).toBe(1);
  });

  it('vertices that only normals or materials keep apart leave no hole', () => {
    const split = { positions: FACES.flatMap((i) => CORNERS.slice(i * 3, i * 3 + 3)), indices: FACES.map((_, i) => i) };
    expect(valueOn(split, 'OPEN_BOUNDARIES')).toBe(0);
    expect(valueOn(split, 'DISCONNECTED_PARTS')).toBe(1);
    const document = documentOf(cube(FACES.slice(0, 18)), cube(FACES.slice(18)));
    const [first, second] = document.getRoot().listMeshes();
    expect(valueIn(document, 'OPEN_BOUNDARIES')).toBe(2);
    first!.addPrimitive(second!.listPrimitives()[0]!);
    second!.dispose();
    expect(valueIn(document, 'OPEN_BOUNDARIES')).toBe(0);
  });

  it('one flipped triangle disagrees with its three neighbours', () => {
    const shape = cube([...flipped(FACES.slice(0, 3)), ...FACES.slice(3)]);
    expect(valueOn(shape, 'INCONSISTENT_WINDING')).toBe(3);
    expect(valueOn(shape, 'NON_MANIFOLD_EDGES')).toBe(0);
    expect(valueOn(shape, 'INSIDE_OUT_PARTS')).toBe(0);
  });

  it('a closed part that faces inwards is inside out, unless it is a cavity', () => {
    expect(valueOn(cube(flipped(FACES)), 'INSIDE_OUT_PARTS')).toBe(1);
    expect(valueOn(cube(flipped(FACES)), 'INCONSISTENT_WINDING')).toBe(0);
    const hollow = joined(cube(FACES, -2, 5), cube(flipped(FACES)));
    expect(valueOn(hollow, 'INSIDE_OUT_PARTS')).toBe(0);
    const beside = joined(cube(FACES, 3), cube(flipped(FACES)));
    expect(valueOn(beside, 'INSIDE_OUT_PARTS')).toBe(1);
    // Far from the origin, where sums of tetrahedra with the origin would drown in rounding.
    expect(valueOn(cube(flipped(FACES), 4096), 'INSIDE_OUT_PARTS')).toBe(1);
    expect(valueOn(cube(FACES, 4096), 'INSIDE_OUT_PARTS')).toBe(0);
  });

  it('normals are inverted where all three point against the winding', () => {
    const document = documentOf(sphere(1, 2));
    const normals = [...primitiveOf(document).getAttribute('POSITION')!.getArray()!];
    setAttribute(document, 'NORMAL', 'VEC3', normals);
    expect(valueIn(document, 'INVERTED_NORMALS')).toBe(0);
    setAttribute(
      document,
      'NORMAL',
      'VEC3',
      normals.map((value) => -value),
    );
    expect(valueIn(document, 'INVERTED_NORMALS')).toBe(128);
  });

  it('triangles without area, by their corners and by their shape', () => {
    const thin = [0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 1, 0];
    const shape = { positions: thin, indices: [0, 1, 3, 0, 1, 2, 1, 1, 3, 3, 2, 1] };
    const { value, issue } = outcome(documentOf(shape), 'DEGENERATE_TRIANGLES');
    expect(value).toBe(2);
    expect(issue!.message).toBe('2 triangles have no area: mesh 0 (triangle 1, triangle 2).');
    // Long and thin, with an area nevertheless.
    expect(valueOn({ positions: [0, 0, 0, 1, 0, 0, 0.5, 1e-4, 0], indices: [0, 1, 2] }, 'DEGENERATE_TRIANGLES')).toBe(
      0,
    );
  });

  it('triangles upon one another, whichever way they turn', () => {
    const doubled = cube([...FACES, 2, 1, 0, ...flipped(FACES.slice(3, 6))]);
    expect(valueOn(doubled, 'DUPLICATE_TRIANGLES')).toBe(2);
    expect(valueOn(joined(CUBE, CUBE), 'DUPLICATE_TRIANGLES')).toBe(12);
    expect(valueOn(sphere(1, 4), 'DUPLICATE_TRIANGLES')).toBe(0);
  });

  it('parts that share no vertex', () => {
    const shape = joined(CUBE, cube(FACES, 3), cube(FACES, 6));
    expect(valueOn(shape, 'DISCONNECTED_PARTS')).toBe(3);
    const single = outcome(documentOf(CUBE, cube(FACES, 3)), 'DISCONNECTED_PARTS');
    expect(single).toMatchObject({ value: 2, issue: null });
    // Touching at a corner is connected.
    expect(valueOn(joined(CUBE, cube(FACES, 1)), 'DISCONNECTED_PARTS')).toBe(1);
  });

  it('says of each mesh whether it is watertight, as isWatertight does', () => {
    const document = documentOf(CUBE, cube(FACES.slice(3)), plate(1, 3), cube([...FACES, 0, 1, 6]));
    const { watertight } = checkModel(document, new Pointers(document));
    const meshes = document.getRoot().listMeshes();
    expect(meshes.map((mesh) => watertight.get(mesh))).toEqual([true, false, false, false]);
    expect(meshes.map(isWatertight)).toEqual([true, false, false, false]);
  });

  it('points and lines have no surface', () => {
    const document = documentOf(CUBE);
    primitiveOf(document).setMode(0);
    expect(valueIn(document, 'OPEN_BOUNDARIES')).toBeNull();
  });
});

describe.skipIf(!hasCorpus)('models of the corpus', () => {
  // Counted by a second program, which holds positions and edges in dictionaries.
  it.each([
    [
      'stl/Spider_binary.stl',
      {
        DEGENERATE_TRIANGLES: 56,
        INCONSISTENT_WINDING: 10,
        DISCONNECTED_PARTS: 18,
        OPEN_BOUNDARIES: 6,
        NON_MANIFOLD_EDGES: 0,
        DUPLICATE_TRIANGLES: 0,
      },
    ],
    [
      'stl/sphereWithHole.stl',
      { OPEN_BOUNDARIES: 1, DISCONNECTED_PARTS: 1, NON_MANIFOLD_EDGES: 0, INSIDE_OUT_PARTS: 0 },
    ],
    [
      'obj/spot.obj',
      {
        OPEN_BOUNDARIES: 0,
        NON_MANIFOLD_EDGES: 0,
        INCONSISTENT_WINDING: 0,
        DISCONNECTED_PARTS: 1,
        INSIDE_OUT_PARTS: 0,
      },
    ],
  ])('%s', async (path, expected) => {
    const files = [{ name: basename(path), bytes: new Uint8Array(await corpusFile(path)) }];
    const { report } = await processModel(files, ModelLimits.parse({}));
    const values = Object.fromEntries(report.checks!.map(({ code, value }) => [code, value]));
    expect(values).toMatchObject(expected);
  });
});

describe('what is stored', () => {
  it('values that are no numbers, in attributes and transforms', () => {
    const document = documentOf(CUBE);
    primitiveOf(document).getAttribute('POSITION')!.getArray()![4] = Number.NaN;
    document.getRoot().listNodes()[0]!.setName('box').setTranslation([0, Infinity, 0]);
    const { value, issue } = outcome(document, 'NON_FINITE_VALUES');
    expect(value).toBe(2);
    expect(issue).toMatchObject({ severity: 'error', pointer: '/meshes/0/primitives/0' });
    expect(issue!.message).toBe('2 values are no number: mesh 0 (POSITION); node "box" (transform).');
  });

  it('skin weights whose sum is not one', () => {
    const document = documentOf(plate(1, 1));
    expect(valueIn(document, 'WEIGHTS_NOT_NORMALIZED')).toBeNull();
    setAttribute(document, 'JOINTS_0', 'VEC4', new Array(16).fill(0));
    setAttribute(document, 'WEIGHTS_0', 'VEC4', [1, 0, 0, 0, 0.5, 0.4, 0, 0, 1.5, -0.5, 0, 0, 0.5, 0.497, 0, 0]);
    expect(valueIn(document, 'WEIGHTS_NOT_NORMALIZED')).toBe(2);
  });

  it('vertices and data that nothing uses', () => {
    const document = documentOf(CUBE);
    primitiveOf(document)
      .getIndices()!
      .setArray(new Uint32Array(FACES.filter((index) => index !== 7 && index !== 6)));
    expect(valueIn(document, 'UNUSED_VERTICES')).toBe(2);
    expect(valueIn(document, 'UNUSED_DATA')).toBe(0);
    document.createMaterial('spare');
    document.createTexture('old').setImage(png(8, 8)).setMimeType('image/png');
    document.createNode('lost').addChild(document.createNode('child'));
    const { value, issue } = outcome(document, 'UNUSED_DATA');
    expect(value).toBe(3);
    expect(issue!.message).toContain('texture "old"; material "spare"; node "lost"');
  });

  it('vertices that another primitive uses are not unused', () => {
    const document = documentOf(cube(FACES.slice(0, 18)), cube(FACES.slice(18)));
    const [first, second] = document
      .getRoot()
      .listMeshes()
      .map((mesh) => mesh.listPrimitives()[0]!);
    second!.setAttribute('POSITION', first!.getAttribute('POSITION'));
    expect(valueIn(document, 'UNUSED_VERTICES')).toBe(0);
  });
});

describe('texture coordinates', () => {
  it('overlap by the share of the covered space', () => {
    const document = texturedQuad(64, 64);
    expect(valueIn(document, 'UV_OVERLAP')).toBe(0);
    expect(valueIn(document, 'UV_OUT_OF_RANGE')).toBe(0);
    // Both triangles fold onto the lower left half, which then is covered twice.
    setAttribute(document, 'TEXCOORD_0', 'VEC2', [0, 0, 1, 0, 0, 1, 0, 0]);
    expect(valueIn(document, 'UV_OVERLAP')).toBe(1);
    // Two squares of a half, shifted by a quarter: the overlap is a half of one, a third of both.
    const two = texturedQuad(64, 64);
    const vertices = [0, 0, 0.5, 0, 0, 0.5, 0.5, 0.5];
    setAttribute(two, 'TEXCOORD_0', 'VEC2', vertices);
    const copy = two.createPrimitive().setMaterial(primitiveOf(two).getMaterial());
    copy.setIndices(primitiveOf(two).getIndices()).setAttribute('POSITION', primitiveOf(two).getAttribute('POSITION'));
    const shifted = vertices.map((value, i) => (i % 2 === 0 ? value + 0.25 : value));
    copy.setAttribute('TEXCOORD_0', two.createAccessor().setType('VEC2').setArray(new Float32Array(shifted)));
    two.getRoot().listMeshes()[0]!.addPrimitive(copy);
    expect(valueIn(two, 'UV_OVERLAP')).toBeCloseTo(1 / 3, 6);
  });

  it('neighbours in an unwrapped mesh never overlap, whatever their shape', () => {
    const grid = plate(1, 37);
    const document = documentOf(grid);
    const coordinates = Array.from({ length: grid.positions.length / 3 }, (_, i) => {
      const [x, z] = [grid.positions[i * 3]!, grid.positions[i * 3 + 2]!];
      return [0.1 + 0.7 * x + 0.1 * z, 0.05 + 0.8 * z + 0.08 * x * z];
    }).flat();
    setAttribute(document, 'TEXCOORD_0', 'VEC2', coordinates);
    expect(valueIn(document, 'UV_OVERLAP')).toBe(0);
  });

  it('overlap takes no longer where very many triangles repeat the whole texture', () => {
    const document = texturedQuad(64, 64);
    const indices = new Uint32Array(600_000).map((_, i) => [0, 2, 1, 1, 2, 3][i % 6]!);
    primitiveOf(document).getIndices()!.setArray(indices);
    const start = performance.now();
    expect(valueIn(document, 'UV_OVERLAP')).toBe(1);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('out of range by the share of the triangles', () => {
    const document = texturedQuad(64, 64);
    setAttribute(document, 'TEXCOORD_0', 'VEC2', [0, 0, 1, 0, 0, 1, 1, 1.2]);
    const { value, issue } = outcome(document, 'UV_OUT_OF_RANGE');
    expect(value).toBe(0.5);
    expect(issue!.message).toContain('50.0 %');
  });

  it('texel density by texture, scale and transform', () => {
    const document = texturedQuad(64, 64);
    expect(valueIn(document, 'UNEVEN_TEXEL_DENSITY')).toBeNull();
    // The same quad ten times as large, with a texture of twice the side: a fifth as fine.
    const scene = document.getRoot().getDefaultScene()!;
    const primitive = primitiveOf(document).clone();
    const material = document.createMaterial('large');
    material.setBaseColorTexture(document.createTexture().setImage(png(128, 128)).setMimeType('image/png'));
    const node = document.createNode().setMesh(document.createMesh().addPrimitive(primitive.setMaterial(material)));
    scene.addChild(node.setScale([10, 10, 10]));
    expect(valueIn(document, 'UNEVEN_TEXEL_DENSITY')).toBeCloseTo(5, 4);
    const transform = document.createExtension(KHRTextureTransform).createTransform().setScale([5, 5]);
    material.getBaseColorTextureInfo()!.setExtension('KHR_texture_transform', transform);
    expect(valueIn(document, 'UNEVEN_TEXEL_DENSITY')).toBeCloseTo(1, 4);
  });
});

describe('textures and tangents', () => {
  it('sizes and formats', () => {
    expect(valueIn(texturedQuad(4096, 4096), 'TEXTURE_TOO_LARGE')).toBe(0);
    const large = outcome(texturedQuad(8192, 64), 'TEXTURE_TOO_LARGE');
    expect(large).toMatchObject({ value: 1, issue: { pointer: '/images/0' } });
    expect(large.issue!.message).toContain('texture "wood" (8192 × 64)');
    const strange = texturedQuad(64, 64);
    expect(valueIn(strange, 'TEXTURE_FORMAT')).toBe(0);
    strange
      .getRoot()
      .listTextures()[0]!
      .setImage(new Uint8Array([1, 2, 3, 4]));
    expect(valueIn(strange, 'TEXTURE_FORMAT')).toBe(1);
  });

  it('powers of two matter where a texture repeats or has mip-maps', () => {
    const document = texturedQuad(250, 64);
    const info = document.getRoot().listMaterials()[0]!.getBaseColorTextureInfo()!;
    expect(valueIn(document, 'TEXTURE_NOT_POWER_OF_TWO')).toBe(1);
    info.setWrapS(33071).setWrapT(33071).setMinFilter(9729);
    expect(valueIn(document, 'TEXTURE_NOT_POWER_OF_TWO')).toBeNull();
    info.setMinFilter(9987);
    expect(valueIn(document, 'TEXTURE_NOT_POWER_OF_TWO')).toBe(1);
    expect(valueIn(texturedQuad(256, 1), 'TEXTURE_NOT_POWER_OF_TWO')).toBe(0);
  });

  it('tangents are missed where the material needs them', () => {
    const document = texturedQuad(64, 64);
    const material = document.getRoot().listMaterials()[0]!;
    expect(valueIn(document, 'MISSING_TANGENTS')).toBeNull();
    material.setNormalTexture(document.getRoot().listTextures()[0]!);
    expect(valueIn(document, 'MISSING_TANGENTS')).toBe(1);
    setAttribute(document, 'TANGENT', 'VEC4', [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]);
    expect(valueIn(document, 'MISSING_TANGENTS')).toBe(0);
    const brushed = texturedQuad(64, 64);
    const anisotropy = brushed.createExtension(KHRMaterialsAnisotropy).createAnisotropy();
    brushed.getRoot().listMaterials()[0]!.setExtension('KHR_materials_anisotropy', anisotropy);
    expect(valueIn(brushed, 'MISSING_TANGENTS')).toBe(1);
  });
});

describe('the whole', () => {
  it('scale and place', () => {
    expect(outcome(documentOf(cube(FACES, 0, 20_000)), 'EXTREME_SCALE').issue).not.toBeNull();
    expect(outcome(documentOf(cube(FACES, 0, 0.0005)), 'EXTREME_SCALE').issue!.message).toContain('0.000500 m');
    const far = outcome(documentOf(cube(FACES, 1024)), 'FAR_FROM_ORIGIN');
    expect(far.value).toBeCloseTo(1024.5, 6);
    expect(far.issue!.pointer).toBe('/scenes/0');
  });

  it('gaps of animations', () => {
    const document = documentOf(CUBE);
    const node = document.getRoot().listNodes()[0]!;
    const animation = document.createAnimation('walk');
    const add = (path: 'translation' | 'scale', times: number[], value: (time: number) => number) => {
      const sampler = document
        .createAnimationSampler()
        .setInput(document.createAccessor().setType('SCALAR').setArray(new Float32Array(times)))
        .setOutput(
          document
            .createAccessor()
            .setType('VEC3')
            .setArray(new Float32Array(times.flatMap((time) => [value(time), 1, 1]))),
        );
      const channel = document.createAnimationChannel().setTargetNode(node).setTargetPath(path).setSampler(sampler);
      animation.addSampler(sampler).addChannel(channel);
    };
    const frames = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => (from + i) / 30);
    add('translation', frames(0, 60), (time) => time);
    add('scale', [0], () => 1);
    add('scale', [0, 1], () => 1);
    expect(valueIn(document, 'ANIMATION_GAPS')).toBe(0);
    add('scale', frames(0, 30), (time) => time);
    expect(valueIn(document, 'ANIMATION_GAPS')).toBe(1);
    add('translation', [...frames(0, 20), ...frames(40, 60)], (time) => time);
    const { value, issue } = outcome(document, 'ANIMATION_GAPS');
    expect(value).toBe(2);
    expect(issue!.pointer).toBe('/animations/0/channels/3');
    expect(issue!.message).toBe(
      '2 animation channels have gaps: animation "walk", channel 3 (ends at 1.00 s, its clip at 2.00 s); animation "walk", channel 4 (no keys between 0.67 s and 1.33 s).',
    );
  });
});
