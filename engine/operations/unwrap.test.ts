import type { Document } from '@gltf-transform/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { uvCoverage } from '../validate/checks/uv-coverage.ts';
import { uvOverlap } from '../validate/checks/uv-overlap.ts';
import { floatValues } from './float-values.ts';
import { apply, boundsOf, optimizeDocument } from './testing/run.ts';
import { documentOf, plate, type Shape, sphere } from './testing/shapes.ts';

/** Coverage of a set over all primitives of a document. */
function coverageOf(document: Document, set = 0) {
  return uvCoverage(
    document
      .getRoot()
      .listMeshes()
      .flatMap((mesh) => mesh.listPrimitives())
      .map((primitive) => ({
        coordinates: floatValues(primitive.getAttribute(`TEXCOORD_${set}`)!, 2),
        vertices: primitive.getIndices()!.getArray()!,
      })),
  );
}

function primitiveOf(document: Document, mesh = 0) {
  return document.getRoot().listMeshes()[mesh]!.listPrimitives()[0]!;
}

/** Positions of the corners of a primitive. */
function cornersOf(document: Document, mesh = 0): number[] {
  const primitive = primitiveOf(document, mesh);
  const positions = floatValues(primitive.getAttribute('POSITION')!, 3);
  return [...primitive.getIndices()!.getArray()!].flatMap((vertex) => [
    ...positions.subarray(vertex * 3, vertex * 3 + 3),
  ]);
}

const positionsOf = ({ positions }: Shape, by: number) => positions.map((value, i) => value + (i % 3 === 0 ? by : 0));

describe('unwrap', () => {
  test('a sphere gets charts without overlaps and little stretch, and keeps its surface', async () => {
    const document = documentOf(sphere(1, 4));
    const before = cornersOf(document);
    const notes = await apply(document, { type: 'unwrap' });
    const { covered, overlapped } = coverageOf(document);
    expect(overlapped).toBe(0);
    expect(covered).toBeGreaterThan(0.5);
    expect(cornersOf(document)).toEqual(before);
    const [, stretch] = /stretch (\d\.\d+)/.exec(notes.join(' '))!;
    expect(Number(stretch)).toBeLessThan(1.2);
    expect(uvOverlap.measure(document)?.value ?? 0).toBe(0);
  });

  test('a plate is one chart that fills the square', async () => {
    const document = documentOf(plate(2, 4));
    expect((await apply(document, { type: 'unwrap' }))[0]).toMatch(
      /^The model: 1 chart in set 0, \d+ % .* stretch 1\.00\.$/,
    );
  });

  test('meshes of one material share a square with the same texels to the metre', async () => {
    const small = sphere(0.01, 3);
    const document = documentOf(sphere(1, 3), { ...small, positions: positionsOf(small, 3) });
    document.getRoot().listNodes()[1]!.setScale([50, 50, 50]);
    await apply(document, { type: 'unwrap' });
    expect(coverageOf(document).overlapped).toBe(0);
    const areas = [0, 1].map((mesh) => {
      const primitive = primitiveOf(document, mesh);
      return uvCoverage([
        {
          coordinates: floatValues(primitive.getAttribute('TEXCOORD_0')!, 2),
          vertices: primitive.getIndices()!.getArray()!,
        },
      ]).covered;
    });
    // Radii of 1 and 0.5 metres.
    expect(areas[0]! / areas[1]!).toBeGreaterThan(3);
    expect(areas[0]! / areas[1]!).toBeLessThan(5);
  });

  test('coordinates that textures use stay, and a set is written beside them', async () => {
    const document = documentOf(sphere(1, 3));
    const primitive = primitiveOf(document);
    const count = primitive.getAttribute('POSITION')!.getCount();
    const doubled = new Float32Array(count * 2).map((_, i) => (i % 7) / 7);
    primitive.setAttribute('TEXCOORD_0', document.createAccessor().setType('VEC2').setArray(doubled));
    const texture = document
      .createTexture('paint')
      .setImage(new Uint8Array([1]))
      .setMimeType('image/png');
    primitive.setMaterial(document.createMaterial('painted').setBaseColorTexture(texture));
    expect((await apply(document, { type: 'unwrap', texcoord: 0 }))[0]).toMatch(
      /stayed: its textures are laid out by set 0/,
    );
    const corners = () => {
      const values = floatValues(primitive.getAttribute('TEXCOORD_0')!, 2);
      return [...primitive.getIndices()!.getArray()!].flatMap((vertex) => [values[vertex * 2], values[vertex * 2 + 1]]);
    };
    const before = corners();
    await apply(document, { type: 'unwrap' });
    expect(corners()).toEqual(before);
    expect(coverageOf(document, 1).overlapped).toBe(0);
    expect(coverageOf(document, 1).covered).toBeGreaterThan(0.4);
  });

  test('what has no overlaps is left alone unless it is to be overwritten', async () => {
    const document = documentOf(sphere(1, 2));
    await apply(document, { type: 'unwrap' });
    const stored = () => [...primitiveOf(document).getAttribute('TEXCOORD_0')!.getArray()!];
    const kept = stored();
    expect(await apply(document, { type: 'unwrap' })).toEqual(['The model has no overlaps in set 0 and stayed.']);
    expect(stored()).toEqual(kept);
    await apply(document, { type: 'unwrap', overwrite: true, padding: 16 });
    expect(stored()).not.toEqual(kept);
    expect(coverageOf(document).overlapped).toBe(0);
  });

  test('gives the same bytes each time, and a sound file', async () => {
    const recipe = { operations: [{ type: 'unwrap' as const, share: 'model' as const }] };
    const [one, two] = [
      await optimizeDocument(documentOf(sphere(1, 3)), recipe),
      await optimizeDocument(documentOf(sphere(1, 3)), recipe),
    ];
    expect(one.glb).toEqual(two.glb);
    expect(one.report.deviation!.max).toBeLessThan(1e-5);
    expect(boundsOf(one.document)).toEqual(boundsOf(documentOf(sphere(1, 3))));
  });

  test('any triangles at all lie apart: crumpled, folded, upon one another', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 })),
          {
            minLength: 3,
            maxLength: 12,
          },
        ),
        fc.array(fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11)), { minLength: 1, maxLength: 30 }),
        async (points, triangles) => {
          const indices = triangles.flatMap((corners) => corners.map((corner) => corner % points.length));
          const document = documentOf({ positions: points.flat(), indices });
          if (document.getRoot().listMeshes().length === 0) return;
          await apply(document, { type: 'unwrap', resolution: 256, padding: 2 });
          expect(coverageOf(document).overlapped).toBe(0);
        },
      ),
      { numRuns: 25, seed: 4 },
    );
  });
});
