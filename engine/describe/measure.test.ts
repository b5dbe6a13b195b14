import { Document, Logger, type Mesh } from '@gltf-transform/core';
import { EXTMeshGPUInstancing } from '@gltf-transform/extensions';
import { describe, expect, it } from 'vitest';
import { readImageHeader } from '../formats/image-header.ts';
import { measure } from './measure.ts';
import { isWatertight } from './watertight.ts';

const FACTS = {
  format: 'glb',
  generator: null,
  fileBytes: 0,
  glbBytes: 0,
  extensionsUsed: [],
  corrections: [],
  validation: { errors: 0, warnings: 0, infos: 0, issues: [], truncated: false },
};

const CUBE = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1];
const CUBE_INDICES = [
  0, 2, 1, 0, 3, 2, 4, 5, 6, 4, 6, 7, 0, 1, 5, 0, 5, 4, 1, 2, 6, 1, 6, 5, 2, 3, 7, 2, 7, 6, 3, 0, 4, 3, 4, 7,
];

function create(): Document {
  const document = new Document().setLogger(new Logger(Logger.Verbosity.SILENT));
  document.getRoot().setDefaultScene(document.createScene());
  return document;
}

function addMesh(document: Document, positions: number[], indices: number[] | null, mode = 4): Mesh {
  const primitive = document.createPrimitive().setMode(mode as 4);
  primitive.setAttribute('POSITION', document.createAccessor().setType('VEC3').setArray(new Float32Array(positions)));
  if (indices) primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(new Uint16Array(indices)));
  return document.createMesh().addPrimitive(primitive);
}

describe('counts', () => {
  it('a shared mesh counts as often as it is drawn, but its vertices once', () => {
    const document = create();
    const mesh = addMesh(document, CUBE, CUBE_INDICES);
    const scene = document.getRoot().getDefaultScene()!;
    for (let i = 0; i < 3; i++) scene.addChild(document.createNode().setMesh(mesh));
    document.createNode('not in the scene').setMesh(mesh);
    expect(measure(document, FACTS)).toMatchObject({ triangles: 36, vertices: 8, drawCalls: 3, meshes: 1, nodes: 4 });
  });

  it.each([
    [0, { points: 8 }],
    [1, { lines: 4 }],
    [2, { lines: 8 }],
    [3, { lines: 7 }],
    [4, { triangles: 2 }],
    [5, { triangles: 6 }],
    [6, { triangles: 6 }],
  ])('mode %i', (mode, expected) => {
    const document = create();
    document
      .getRoot()
      .getDefaultScene()!
      .addChild(document.createNode().setMesh(addMesh(document, CUBE, null, mode)));
    expect(measure(document, FACTS)).toMatchObject({ triangles: 0, lines: 0, points: 0, ...expected });
  });
});

describe('bounds', () => {
  it('follow node transforms exactly, not by the corners of a box', () => {
    const document = create();
    // Turned by 45 degrees, a diamond is a square: the box around its box would be larger.
    const mesh = addMesh(document, [1, 0, 0, 0, 1, 0, -1, 0, 0, 0, -1, 0], [0, 1, 2, 0, 2, 3]);
    const half = Math.PI / 8;
    const node = document
      .createNode()
      .setMesh(mesh)
      .setRotation([0, 0, Math.sin(half), Math.cos(half)]);
    document
      .getRoot()
      .getDefaultScene()!
      .addChild(document.createNode().setTranslation([10, 0, 0]).addChild(node));
    const { min, max } = measure(document, FACTS).bounds!;
    expect(max[0]).toBeCloseTo(10 + Math.SQRT1_2, 6);
    expect(min[1]).toBeCloseTo(-Math.SQRT1_2, 6);
  });

  it('include instances, morph weights and skins', () => {
    const instanced = create();
    const instances = instanced.createExtension(EXTMeshGPUInstancing).createInstancedMesh();
    instances.setAttribute(
      'TRANSLATION',
      instanced
        .createAccessor()
        .setType('VEC3')
        .setArray(new Float32Array([0, 0, 0, 5, 0, 0])),
    );
    const node = instanced
      .createNode()
      .setMesh(addMesh(instanced, CUBE, CUBE_INDICES))
      .setExtension('EXT_mesh_gpu_instancing', instances);
    instanced.getRoot().getDefaultScene()!.addChild(node);
    expect(measure(instanced, FACTS)).toMatchObject({
      triangles: 24,
      drawCalls: 1,
      bounds: { min: [0, 0, 0], max: [6, 1, 1] },
    });

    const morphed = create();
    const mesh = addMesh(morphed, CUBE, CUBE_INDICES).setWeights([0.5]);
    const delta = morphed
      .createAccessor()
      .setType('VEC3')
      .setArray(new Float32Array(24).fill(0).map((_, i) => (i % 3 === 1 ? 4 : 0)));
    mesh.listPrimitives()[0]!.addTarget(morphed.createPrimitiveTarget().setAttribute('POSITION', delta));
    morphed.getRoot().getDefaultScene()!.addChild(morphed.createNode().setMesh(mesh));
    expect(measure(morphed, FACTS)).toMatchObject({ morphTargets: 1, bounds: { min: [0, 2, 0], max: [1, 3, 1] } });

    const skinned = create();
    const body = addMesh(skinned, CUBE, CUBE_INDICES);
    body
      .listPrimitives()[0]!
      .setAttribute('JOINTS_0', skinned.createAccessor().setType('VEC4').setArray(new Uint8Array(32)));
    body.listPrimitives()[0]!.setAttribute(
      'WEIGHTS_0',
      skinned
        .createAccessor()
        .setType('VEC4')
        .setArray(new Float32Array(32).map((_, i) => (i % 4 === 0 ? 1 : 0))),
    );
    const joint = skinned.createNode().setTranslation([0, 7, 0]);
    // The transform of a skinned node has no effect (glTF 2.0, section 3.7.3.3).
    const holder = skinned
      .createNode()
      .setMesh(body)
      .setSkin(skinned.createSkin().addJoint(joint))
      .setTranslation([100, 0, 0]);
    skinned.getRoot().getDefaultScene()!.addChild(joint).addChild(holder);
    expect(measure(skinned, FACTS).bounds).toEqual({ min: [0, 7, 0], max: [1, 8, 1] });
  });
});

describe('watertight', () => {
  const check = (positions: number[], indices: number[] | null, mode = 4) =>
    isWatertight(addMesh(create(), positions, indices, mode));

  it('a closed cube, also with its faces apart, is', () => {
    expect(check(CUBE, CUBE_INDICES)).toBe(true);
    const split = CUBE_INDICES.flatMap((i) => CUBE.slice(i * 3, i * 3 + 3));
    expect(check(split, null)).toBe(true);
  });

  it('one triangle less, or one more, is not', () => {
    expect(check(CUBE, CUBE_INDICES.slice(3))).toBe(false);
    expect(check(CUBE, [...CUBE_INDICES, 0, 1, 6])).toBe(false);
  });

  it('points and lines have no answer', () => {
    expect(check(CUBE, null, 0)).toBeNull();
    expect(check(CUBE, null, 3)).toBeNull();
  });

  it('holds over several primitives and for negative zeros', () => {
    const document = create();
    const mesh = addMesh(document, CUBE, CUBE_INDICES.slice(0, 18));
    mesh.addPrimitive(
      addMesh(
        document,
        CUBE.map((value) => (value === 0 ? -0 : value)),
        CUBE_INDICES.slice(18),
      ).listPrimitives()[0]!,
    );
    expect(isWatertight(mesh)).toBe(true);
  });
});

describe('textures', () => {
  it('reads sizes from headers and adds the mip chain', () => {
    const document = create();
    const png = new Uint8Array(45);
    png.set([
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 8, 0, 0, 0, 4,
    ]);
    // An empty data chunk.
    png.set([0x49, 0x44, 0x41, 0x54], 37);
    const texture = document.createTexture('paint').setImage(png).setMimeType('image/png');
    document.createMaterial().setBaseColorTexture(texture).setEmissiveTexture(texture);
    // 8 × 4, 4 × 2, 2 × 1, 1 × 1 at four bytes.
    expect(measure(document, FACTS).textures).toEqual([
      {
        name: 'paint',
        mimeType: 'image/png',
        width: 8,
        height: 4,
        bytes: 45,
        gpuBytes: (32 + 8 + 2 + 1) * 4,
        slots: ['baseColorTexture', 'emissiveTexture'],
      },
    ]);
  });

  it('never throws on cut headers', () => {
    const heads = [
      [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
      [0xff, 0xd8, 0xff, 0xe0, 0, 4],
      [...'RIFF'].map((c) => c.charCodeAt(0)),
      [0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb],
      [0, 0, 0, 32, 0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69, 0x66],
      [0x47, 0x49, 0x46, 0x38],
      [0x42, 0x4d],
    ];
    for (const head of heads) {
      for (let length = 1; length < 120; length++) {
        const bytes = new Uint8Array(length).fill(0xff);
        bytes.set(head.slice(0, length));
        expect(() => readImageHeader(bytes)).not.toThrow();
      }
    }
  });
});
