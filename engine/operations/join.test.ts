import { Document, type Node, Primitive, type TypedArray, type vec3, type vec4 } from '@gltf-transform/core';
import { KHRMaterialsVariants, KHRNodeVisibility } from '@gltf-transform/extensions';
import { join as joinDocument } from '@gltf-transform/functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiply } from '../describe/matrix.ts';
import { triangleIndices } from '../describe/triangle-indices.ts';
import { apply } from './testing/run.ts';

const number = fc.double({ min: -2, max: 2, noNaN: true });
const vector = fc.tuple(number, number, number);

/** Nodes with a patch of a shared list of vertices each, stored in one of many ways, and where they stand. */
const patches = fc.array(
  fc.record({
    translation: vector,
    rotation: fc.tuple(number, number, number, number).filter((q) => Math.hypot(...q) > 0.1),
    scale: fc.tuple(...([0, 1, 2] as const).map(() => fc.constantFrom(-1.5, -1, 0.5, 1, 2))),
    mode: fc.constantFrom(Primitive.Mode.TRIANGLES, Primitive.Mode.TRIANGLE_STRIP, Primitive.Mode.TRIANGLE_FAN),
    indices: fc.option(fc.array(fc.nat(11), { minLength: 3, maxLength: 12 })),
    short: fc.boolean(),
    red: fc.boolean(),
    ownsVertices: fc.boolean(),
  }),
  { minLength: 2, maxLength: 7 },
);
type Patches = typeof patches extends fc.Arbitrary<infer T> ? T : never;

const VERTICES = 12;

function documentOf(list: Patches): Document {
  const document = new Document();
  const buffer = document.createBuffer();
  const scene = document.createScene();
  document.getRoot().setDefaultScene(scene);
  const materials = ['red', 'blue'].map((name) => document.createMaterial(name));
  const accessor = (type: 'VEC2' | 'VEC3' | 'VEC4' | 'SCALAR', array: TypedArray) =>
    document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
  const points = Float32Array.from({ length: VERTICES * 3 }, (_, i) => Math.fround(Math.sin(i * 1.7) * 3));
  const makeShared = () => ({
    POSITION: accessor('VEC3', points.slice()),
    NORMAL: accessor('VEC3', units(3)),
    TANGENT: accessor('VEC4', units(4)),
    COLOR_0: accessor(
      'VEC4',
      Uint8Array.from({ length: VERTICES * 4 }, (_, i) => i * 5),
    ).setNormalized(true),
    TEXCOORD_0: accessor(
      'VEC2',
      Float32Array.from({ length: VERTICES * 2 }, (_, i) => i / 24),
    ),
  });
  const shared = makeShared();
  for (const patch of list) {
    const length = Math.hypot(...patch.rotation);
    const primitive = document
      .createPrimitive()
      .setMode(patch.mode)
      .setMaterial(materials[patch.red ? 0 : 1]!);
    for (const [semantic, values] of Object.entries(patch.ownsVertices ? makeShared() : shared)) {
      primitive.setAttribute(semantic, values);
    }
    if (patch.short) {
      const whole = Int16Array.from(points, (value) => Math.round((value / 3) * 32767));
      primitive.setAttribute('POSITION', accessor('VEC3', whole).setNormalized(true));
    }
    const corners = patch.indices?.slice(0, patch.mode === 4 ? Math.floor(patch.indices.length / 3) * 3 : undefined);
    if (corners) primitive.setIndices(accessor('SCALAR', Uint16Array.from(corners)));
    const node = document
      .createNode()
      .setTranslation(patch.translation)
      .setRotation(patch.rotation.map((value) => value / length) as vec4)
      .setScale(patch.scale as vec3)
      .setMesh(document.createMesh().addPrimitive(primitive));
    scene.addChild(node);
  }
  return document;
}

function units(size: 3 | 4): Float32Array<ArrayBuffer> {
  const out = new Float32Array(VERTICES * size).fill(1);
  for (let i = 0; i < VERTICES; i++) {
    const [x, y, z] = [Math.sin(i), Math.cos(i * 2), Math.sin(i * 3 + 1)];
    out.set(
      [x, y, z].map((value) => value / Math.hypot(x, y, z)),
      i * size,
    );
  }
  return out;
}

/** Every triangle that is drawn, as the world sees it: material, then of each corner all numbers, sorted. */
function trianglesOf(document: Document): number[][] {
  const found: number[][] = [];
  for (const node of document.getRoot().listNodes()) {
    for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
      const corners = Array.from(triangleIndices(primitive)!);
      if (isMirrored(node))
        for (let i = 0; i < corners.length; i += 3) corners.splice(i, 3, ...corners.slice(i, i + 3).reverse());
      for (let i = 0; i < corners.length; i += 3) {
        const three = corners.slice(i, i + 3).map((vertex) => cornerOf(node, primitive, vertex));
        // Where a triangle begins says nothing.
        const first = three.reduce((least, corner, k) => (compareRows(corner, three[least]!) < 0 ? k : least), 0);
        const turned = [...three.slice(first), ...three.slice(0, first)].flat();
        found.push([primitive.getMaterial()!.getName() === 'red' ? 0 : 1, ...turned]);
      }
    }
  }
  return found.sort(compareRows);
}

function cornerOf(node: Node, primitive: Primitive, vertex: number): number[] {
  const world = node.getWorldMatrix();
  const at = (semantic: string): number[] => primitive.getAttribute(semantic)!.getElement(vertex, []);
  const [x, y, z] = at('POSITION') as [number, number, number];
  const place = multiply([...world], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1]).slice(12, 15);
  return [...place, ...at('COLOR_0'), ...at('TEXCOORD_0'), at('TANGENT')[3]!].map((value) => Math.round(value * 1e3));
}

function isMirrored(node: Node): boolean {
  return node.getScale().reduce((product, value) => product * value, 1) < 0;
}

function compareRows(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/** Rounding may fall either way. */
function expectNear(made: number[][], wanted: number[][]): void {
  expect(made.length).toBe(wanted.length);
  const open = new Set(made);
  for (const row of wanted) {
    const near = [...open].find((other) => other.every((value, index) => Math.abs(value - row[index]!) <= 2));
    expect(near, row.join(' ')).toBeDefined();
    open.delete(near!);
  }
}

/** What the first node draws. */
function joinedOf(document: Document): Primitive {
  return document.getRoot().listNodes()[0]!.getMesh()!.listPrimitives()[0]!;
}

describe('join', () => {
  it('draws the same triangles as before, one primitive for each material', async () => {
    await fc.assert(
      fc.asyncProperty(patches, async (list) => {
        const document = documentOf(list);
        const wanted = trianglesOf(document);
        await apply(document, { type: 'join' });
        expectNear(trianglesOf(document), wanted);
        const primitives = document
          .getRoot()
          .listMeshes()
          .flatMap((mesh) => mesh.listPrimitives());
        expect(primitives.length).toBe(new Set(list.map(({ red }) => red)).size);
        for (const primitive of primitives) expectNoneUnused(primitive, list);
      }),
      { seed: 21, numRuns: 150, endOnFailure: true },
    );
  });

  it('points normals and tangents as glTF-Transform does', async () => {
    await fc.assert(
      fc.asyncProperty(patches, async (list) => {
        const plain = list.map((patch) => ({
          ...patch,
          mode: Primitive.Mode.TRIANGLES,
          indices: null,
          short: false,
          red: true,
        }));
        const [own, other] = [documentOf(plain), documentOf(plain)];
        await apply(own, { type: 'join' });
        await other.transform(joinDocument({ cleanup: false }));
        const [made, wanted] = [own, other].map((made) => {
          const joined = joinedOf(made);
          const normals = joined.getAttribute('NORMAL')!;
          return [...joined.getIndices()!.getArray()!].flatMap((vertex) => normals.getElement(vertex, []));
        });
        expect(made!.length).toBe(wanted!.length);
        for (const [i, value] of wanted!.entries()) expect(Math.abs(made![i]! - value)).toBeLessThan(1e-5);
        const tangents = joinedOf(own).getAttribute('TANGENT')!.getArray()!;
        for (let i = 0; i < tangents.length; i += 4) {
          expect(Math.hypot(tangents[i]!, tangents[i + 1]!, tangents[i + 2]!)).toBeCloseTo(1, 5);
        }
      }),
      { seed: 22, numRuns: 60, endOnFailure: true },
    );
  });

  it('leaves alone what would be lost or seen elsewhere', async () => {
    const base = { translation: [1, 0, 0], rotation: [0, 0, 0, 1], scale: [1, 1, 1], mode: 4, indices: null } as const;
    const list = Array.from({ length: 5 }, () => ({
      ...base,
      short: false,
      red: true,
      ownsVertices: true,
    })) as unknown as Patches;
    const document = documentOf(list);
    const [hidden, twice, varied] = document.getRoot().listNodes();
    hidden!.setExtension(
      'KHR_node_visibility',
      document.createExtension(KHRNodeVisibility).createVisibility().setVisible(false),
    );
    document.createScene().addChild(twice!);
    const variants = document.createExtension(KHRMaterialsVariants);
    const mappings = variants.createMappingList();
    varied!.getMesh()!.listPrimitives()[0]!.setExtension('KHR_materials_variants', mappings);
    await apply(document, { type: 'join' });
    const counts = document
      .getRoot()
      .listNodes()
      .map((node) => node.getMesh()?.listPrimitives().length ?? 0);
    expect(counts).toEqual([1, 1, 1, 1, 0]);
    expect(varied!.getMesh()!.listPrimitives()[0]!.getExtension('KHR_materials_variants')).toBe(mappings);
  });
});

/** What was joined of several parts with indices has no vertex that nothing uses. */
function expectNoneUnused(primitive: Primitive, list: Patches): void {
  const isRed = primitive.getMaterial()!.getName() === 'red';
  const parts = list.filter(({ red }) => red === isRed);
  if (parts.length < 2 || parts.some(({ indices }) => !indices)) return;
  const used = new Set(primitive.getIndices()!.getArray()!);
  expect(used.size).toBe(primitive.getAttribute('POSITION')!.getCount());
}
