import type { Document } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { storedVertices } from '../describe/count-drawn.ts';
import { isWatertight } from '../describe/watertight.ts';
import { measureCost } from '../measure/model-cost.ts';
import { apply, optimizeDocument } from './testing/run.ts';
import { documentOf, plate, type Shape, sphere } from './testing/shapes.ts';

const triangles = (document: Document) => measureCost(document, 0).triangles;
const meshTriangles = (document: Document, index: number) =>
  document.getRoot().listMeshes()[index]!.listPrimitives()[0]!.getIndices()!.getCount() / 3;

/** One mesh of two primitives that meet along a circle: the faces above and those below. */
function halves({ positions, indices }: Shape): Document {
  const isAbove = (i: number) =>
    positions[indices[i]! * 3 + 1]! + positions[indices[i + 1]! * 3 + 1]! + positions[indices[i + 2]! * 3 + 1]! > 0;
  const pick = (above: boolean) => indices.filter((_, i) => isAbove(i - (i % 3)) === above);
  const document = documentOf({ positions, indices: pick(true) }, { positions, indices: pick(false) });
  const [upper, lower] = document.getRoot().listMeshes();
  const [node] = document.getRoot().listNodes().slice(1);
  for (const [index, mesh] of [upper!, lower!].entries()) {
    mesh.listPrimitives()[0]!.setMaterial(document.createMaterial(index === 0 ? 'above' : 'below'));
  }
  upper!.addPrimitive(lower!.listPrimitives()[0]!);
  node!.dispose();
  lower!.dispose();
  return document;
}

describe('simplify', () => {
  it('comes down to a share and to a number of triangles', async () => {
    for (const limit of [{ ratio: 0.1 }, { triangles: 819 }]) {
      const document = documentOf(sphere(1, 5));
      expect(triangles(document)).toBe(8192);
      await apply(document, { type: 'simplify', ...limit });
      expect(triangles(document)).toBeLessThanOrEqual(820);
      expect(triangles(document)).toBeGreaterThan(780);
    }
  });

  it('keeps a sphere as round as its triangles allow', async () => {
    const { report } = await optimizeDocument(documentOf(sphere(1, 6)), {
      operations: [{ type: 'simplify', ratio: 0.02 }],
    });
    // The middle of a regular triangle of area 4π / n lies 8π / (3√3 n) below the sphere through its corners. A
    // simplified mesh has longer ones; three times as deep is still round.
    const sagitta = (8 * Math.PI) / (3 * Math.sqrt(3) * report.output.triangles);
    expect(report.output.triangles).toBeLessThanOrEqual(656);
    expect(report.deviation!.max).toBeGreaterThan(sagitta / 3);
    expect(report.deviation!.max).toBeLessThan(sagitta * 3);
  });

  it('moves the surface by no more than the error, in metres, whatever the scale of the node', async () => {
    for (const scale of [1, 100]) {
      const document = documentOf(sphere(1, 5));
      document.getRoot().listNodes()[0]!.setScale([scale, scale, scale]);
      const { report } = await optimizeDocument(document, { operations: [{ type: 'simplify', error: 0.02 * scale }] });
      expect(report.output.triangles).toBeLessThan(450);
      // The quadric error is an estimate of the distance; it holds within a factor of two.
      expect(report.deviation!.max).toBeLessThan(0.04 * scale);
      expect(report.deviation!.max).toBeGreaterThan(0.01 * scale);
    }
  });

  it('only takes what costs nothing when no error is allowed', async () => {
    const document = documentOf(plate(1, 32));
    const { report } = await optimizeDocument(document, { operations: [{ type: 'simplify', error: 0.001 }] });
    expect(report.output.triangles).toBeLessThanOrEqual(8);
    expect(report.deviation!.max).toBeLessThan(1e-6);
  });

  it('leaves open borders alone when they are locked', async () => {
    const border = async (lockBorder: boolean) => {
      const document = documentOf(plate(1, 16));
      await apply(document, { type: 'simplify', ratio: 0, error: 0.5, lockBorder });
      const positions = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('POSITION')!.getArray()!;
      let count = 0;
      for (let i = 0; i < positions.length; i += 3) {
        if ([0, 1].includes(positions[i]!) || [0, 1].includes(positions[i + 2]!)) count++;
      }
      return count;
    };
    expect(await border(true)).toBe(64);
    expect(await border(false)).toBeLessThan(16);
  });

  it('opens no crack where materials meet', async () => {
    const document = halves(sphere(1, 5));
    const [mesh] = document.getRoot().listMeshes();
    expect(isWatertight(mesh!)).toBe(true);
    await apply(document, { type: 'simplify', ratio: 0.05 });
    expect(triangles(document)).toBeLessThan(420);
    expect(mesh!.listPrimitives().map((primitive) => primitive.getMaterial()!.getName())).toEqual(['above', 'below']);
    expect(isWatertight(mesh!)).toBe(true);
  });

  it('keeps seams of textures closed and both sides on them', async () => {
    const { positions, indices } = plate(1, 24);
    // Two charts that meet at x = 1/2, the vertices there doubled.
    const texcoords: number[] = [];
    const count = positions.length / 3;
    const seam = new Map<number, number>();
    for (let i = 0; i < count; i++) texcoords.push(positions[i * 3]! * 0.4, positions[i * 3 + 2]!);
    for (let i = 0; i < indices.length; i += 3) {
      const right = indices.slice(i, i + 3).some((vertex) => positions[vertex * 3]! > 0.5);
      for (let k = i; right && k < i + 3; k++) {
        const vertex = indices[k]!;
        if (positions[vertex * 3] !== 0.5) continue;
        if (!seam.has(vertex)) {
          seam.set(vertex, positions.length / 3);
          positions.push(...positions.slice(vertex * 3, vertex * 3 + 3));
          texcoords.push(0.9, positions[vertex * 3 + 2]!);
        }
        indices[k] = seam.get(vertex)!;
      }
    }
    const document = documentOf({ positions, indices });
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    primitive.setAttribute(
      'TEXCOORD_0',
      document
        .createAccessor()
        .setType('VEC2')
        .setArray(new Float32Array(texcoords))
        .setBuffer(document.getRoot().listBuffers()[0]!),
    );
    await apply(document, { type: 'simplify', ratio: 0.02 });
    const position = primitive.getAttribute('POSITION')!.getArray()!;
    const texcoord = primitive.getAttribute('TEXCOORD_0')!.getArray()!;
    const list = primitive.getIndices()!.getArray()!;
    let area = 0;
    for (let i = 0; i < list.length; i += 3) {
      const corners = [0, 1, 2].map((k) => list[i + k]!);
      const sides = corners.map((vertex) =>
        texcoord[vertex * 2] === Math.fround(0.9)
          ? 1
          : position[vertex * 3]! > 0.5
            ? 1
            : position[vertex * 3]! < 0.5
              ? -1
              : -0.5,
      );
      // No triangle reaches over the seam, or it would show the texture between the charts.
      expect(Math.min(...sides) < 0 && Math.max(...sides) > 0).toBe(false);
      const [a, b, c] = corners.map((vertex) => [position[vertex * 3]!, position[vertex * 3 + 2]!]);
      area += Math.abs((b![0]! - a![0]!) * (c![1]! - a![1]!) - (c![0]! - a![0]!) * (b![1]! - a![1]!)) / 2;
    }
    expect(area).toBeCloseTo(1, 5);
    expect(list.length / 3).toBeLessThan(40);
  });

  it('shares the loss among meshes: what is fine already gives more', async () => {
    const document = documentOf(sphere(1, 6), sphere(1, 3));
    await apply(document, { type: 'simplify', triangles: 2000 });
    expect(triangles(document)).toBeLessThanOrEqual(2000);
    // Of the same shape, both end with about as many triangles, not with the same share of what they had.
    expect(meshTriangles(document, 0) / meshTriangles(document, 1)).toBeLessThan(8);
    expect(meshTriangles(document, 1)).toBeGreaterThan(250);
  });

  it('shares it where little is to go as well', async () => {
    const document = documentOf(sphere(1, 5), sphere(1, 3));
    const [fine, coarse] = [meshTriangles(document, 0), meshTriangles(document, 1)];
    await apply(document, { type: 'simplify', ratio: 0.9 });
    expect(meshTriangles(document, 0) / fine).toBeLessThan(0.95);
    expect(meshTriangles(document, 1) / coarse).toBeGreaterThan(0.97);
  });

  it('counts a mesh as often as it is drawn', async () => {
    const document = documentOf(sphere(1, 4));
    const [mesh] = document.getRoot().listMeshes();
    const scene = document.getRoot().getDefaultScene()!;
    for (let i = 1; i < 4; i++)
      scene.addChild(
        document
          .createNode()
          .setMesh(mesh!)
          .setTranslation([i * 3, 0, 0]),
      );
    await apply(document, { type: 'simplify', triangles: 2000 });
    expect(triangles(document)).toBeLessThanOrEqual(2000);
    expect(triangles(document)).toBeGreaterThan(1900);
  });

  it('takes vertices along with morph targets and skin weights, as they were', async () => {
    const document = documentOf(sphere(1, 4));
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const count = storedVertices(document);
    const buffer = document.getRoot().listBuffers()[0]!;
    const numbered = (size: number, type: 'VEC3' | 'VEC4', scale: number) =>
      document
        .createAccessor()
        .setType(type)
        .setBuffer(buffer)
        .setArray(Float32Array.from({ length: count * size }, (_, i) => Math.floor(i / size) * scale));
    const source = primitive.getAttribute('POSITION')!.getArray()!.slice();
    primitive.addTarget(document.createPrimitiveTarget().setAttribute('POSITION', numbered(3, 'VEC3', 0.001)));
    primitive.setAttribute('_NUMBER', numbered(4, 'VEC4', 1));
    await apply(document, { type: 'simplify', ratio: 0.1 });
    const position = primitive.getAttribute('POSITION')!;
    expect(position.getCount()).toBeLessThan(count / 4);
    const number = primitive.getAttribute('_NUMBER')!;
    const morph = primitive.listTargets()[0]!.getAttribute('POSITION')!;
    for (let i = 0; i < position.getCount(); i++) {
      const old = number.getArray()![i * 4]!;
      expect([...position.getArray()!.slice(i * 3, i * 3 + 3)]).toEqual([...source.slice(old * 3, old * 3 + 3)]);
      expect(morph.getArray()![i * 3]).toBeCloseTo(old * 0.001, 6);
    }
  });

  it('keeps to its error where quadrics see none: flaps shaded flat, and skins that bend', async () => {
    // A ribbon in a plane, each triangle with vertices and a normal of its own, tilted a little so that all differ.
    const flat = plate(1, 12);
    const soup = {
      positions: flat.indices.flatMap((vertex) => flat.positions.slice(vertex * 3, vertex * 3 + 3)),
      indices: flat.indices.map((_, i) => i),
    };
    const document = documentOf(soup);
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const normals = Float32Array.from({ length: soup.positions.length }, (_, i) =>
      i % 3 === 1 ? 1 : (Math.floor(i / 9) % 7) * 0.001,
    );
    for (let i = 0; i < normals.length; i += 3)
      normals.set(
        normals.slice(i, i + 3).map((value) => value / Math.hypot(...normals.slice(i, i + 3))),
        i,
      );
    primitive.setAttribute(
      'NORMAL',
      document.createAccessor().setType('VEC3').setArray(normals).setBuffer(document.getRoot().listBuffers()[0]!),
    );
    const { report } = await optimizeDocument(document, { operations: [{ type: 'simplify', error: 0.001 }] });
    expect(report.deviation!.max).toBeLessThan(0.002);

    // A straight bar of many rings whose joint bends it by a right angle in the rest pose.
    const bar = documentOf(plate(1, 24));
    const node = bar.getRoot().listNodes()[0]!;
    const bent = node.getMesh()!.listPrimitives()[0]!;
    const position = bent.getAttribute('POSITION')!.getArray()!;
    const count = position.length / 3;
    const buffer = bar.getRoot().listBuffers()[0]!;
    const weights = Float32Array.from({ length: count * 4 }, (_, i) =>
      i % 4 === 0 ? 1 - position[Math.floor(i / 4) * 3]! : i % 4 === 1 ? position[Math.floor(i / 4) * 3]! : 0,
    );
    bent
      .setAttribute(
        'JOINTS_0',
        bar
          .createAccessor()
          .setType('VEC4')
          .setArray(Uint8Array.from({ length: count * 4 }, (_, i) => (i % 4 === 1 ? 1 : 0)))
          .setBuffer(buffer),
      )
      .setAttribute('WEIGHTS_0', bar.createAccessor().setType('VEC4').setArray(weights).setBuffer(buffer));
    const [still, turned] = [
      bar.createNode('still'),
      bar.createNode('turned').setRotation([0, 0, Math.SQRT1_2, Math.SQRT1_2]),
    ];
    bar.getRoot().getDefaultScene()!.addChild(still).addChild(turned);
    node.setSkin(bar.createSkin().addJoint(still).addJoint(turned));
    const made = await optimizeDocument(bar, { operations: [{ type: 'simplify', error: 0.002 }] });
    expect(made.report.output.triangles).toBeLessThan(1152);
    expect(made.report.deviation!.max).toBeLessThan(0.004);
  });

  it('never leaves nothing', async () => {
    for (const shape of [sphere(1, 3), plate(1, 4)]) {
      const document = documentOf(shape);
      await apply(document, { type: 'simplify', ratio: 0 });
      expect(triangles(document)).toBeGreaterThan(0);
    }
  });
});
