import { basename } from 'node:path';
import type { Document, Primitive } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import type { CheckCode } from '#contracts/model/check-codes.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { isWatertight } from '../describe/watertight.ts';
import { processModel } from '../process/process-model.ts';
import { Pointers } from '../validate/checks/pointers.ts';
import { checkModel } from '../validate/checks/run-checks.ts';
import { apply, LIMITS, optimizeFiles } from './testing/run.ts';
import { documentOf, plate, type Shape, sphere } from './testing/shapes.ts';

const primitiveOf = (document: Document): Primitive => document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
const indicesOf = (document: Document) => [...primitiveOf(document).getIndices()!.getArray()!];

function valuesOf(document: Document): Record<CheckCode, number | null> {
  const { outcomes } = checkModel(document, new Pointers(document));
  return Object.fromEntries(outcomes.map(({ code, value }) => [code, value])) as Record<CheckCode, number | null>;
}

const turned = (indices: number[]) => indices.map((_, i) => indices[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1]!);

/** A ball whose triangles chosen by `isTurned` face inwards. Of its 512 triangles, each by its number. */
function ballWith(isTurned: (triangle: number) => boolean): Shape {
  const { positions, indices } = sphere(1, 3);
  const other = turned(indices);
  return { positions, indices: indices.map((index, i) => (isTurned(Math.floor(i / 3)) ? other[i]! : index)) };
}

/** Gives the first primitive normals that point away from the origin. */
function setNormals(document: Document, sign = 1): void {
  const positions = primitiveOf(document).getAttribute('POSITION')!.getArray()!;
  const normals = document
    .createAccessor()
    .setType('VEC3')
    .setArray(Float32Array.from(positions, (value) => value * sign));
  primitiveOf(document).setAttribute('NORMAL', normals);
}

describe('repair', () => {
  it('leaves a sound model alone', async () => {
    const document = documentOf(sphere(1, 3), plate(1, 4));
    const before = indicesOf(document);
    expect(await apply(document, { type: 'repair' })).toEqual(['Found nothing to repair.']);
    expect(indicesOf(document)).toEqual(before);
  });

  it('removes collapsed triangles and doubles of one side, and keeps the back of a sheet', async () => {
    const { positions, indices } = plate(1, 2);
    const document = documentOf({
      positions,
      indices: [...indices, 0, 0, 1, ...indices.slice(0, 6), ...turned(indices.slice(0, 3))],
    });
    const notes = await apply(document, { type: 'repair' });
    expect(notes).toEqual([
      'Removed 1 triangle two corners of which are one.',
      'Removed 2 triangles that lay upon another.',
    ]);
    expect(indicesOf(document)).toHaveLength(indices.length + 3);
  });

  it('makes neighbours agree, and turns normals along', async () => {
    const document = documentOf(ballWith((triangle) => triangle % 5 === 0));
    setNormals(document);
    expect(valuesOf(document).INCONSISTENT_WINDING).toBeGreaterThan(0);
    expect(await apply(document, { type: 'repair' })).toEqual(['Turned 103 triangles over.']);
    const values = valuesOf(document);
    expect(values).toMatchObject({ INCONSISTENT_WINDING: 0, INSIDE_OUT_PARTS: 0, INVERTED_NORMALS: 0 });
    // Their normals pointed outwards before, and need no vertices of their own.
    expect(primitiveOf(document).getAttribute('POSITION')!.getCount()).toBe(258);
  });

  it('turns a part that is inside out, with its normals, and leaves a cavity', async () => {
    const document = documentOf(ballWith(() => true));
    setNormals(document, -1);
    expect(await apply(document, { type: 'repair' })).toEqual([
      'Turned 512 triangles over; 1 closed part faced inwards.',
    ]);
    expect(valuesOf(document)).toMatchObject({ INSIDE_OUT_PARTS: 0, INVERTED_NORMALS: 0 });
    // Outwards, as the positions from the middle.
    const normals = primitiveOf(document).getAttribute('NORMAL')!.getArray()!;
    expect(normals).toEqual(primitiveOf(document).getAttribute('POSITION')!.getArray());
    const outer = sphere(3, 2);
    const inner = ballWith(() => true);
    const hollow = documentOf({
      positions: [...outer.positions, ...inner.positions],
      indices: [...outer.indices, ...inner.indices.map((index) => index + outer.positions.length / 3)],
    });
    expect(await apply(hollow, { type: 'repair' })).toEqual(['Found nothing to repair.']);
  });

  it('turns the tangent’s handedness with a normal', async () => {
    const document = documentOf(ballWith(() => true));
    setNormals(document, -1);
    const tangents = new Float32Array(258 * 4).map((_, i) => (i % 4 === 0 || i % 4 === 3 ? 1 : 0));
    primitiveOf(document).setAttribute('TANGENT', document.createAccessor().setType('VEC4').setArray(tangents));
    await apply(document, { type: 'repair' });
    expect(primitiveOf(document).getAttribute('TANGENT')!.getElement(7, [])).toEqual([1, 0, 0, -1]);
  });

  it('leaves a strip that has one side alone', async () => {
    // Five quads around, the last joined to the first upside down.
    const n = 5;
    const positions: number[] = [];
    for (let i = 0; i < n; i++) {
      const [around, twist] = [(2 * Math.PI * i) / n, (Math.PI * i) / n];
      for (const side of [-0.3, 0.3]) {
        const radius = 1 + side * Math.cos(twist);
        positions.push(radius * Math.cos(around), side * Math.sin(twist), radius * Math.sin(around));
      }
    }
    const indices: number[] = [];
    for (let i = 0; i < n; i++) {
      const [a, b] = [i * 2, i * 2 + 1];
      const [c, d] = i + 1 < n ? [a + 2, a + 3] : [1, 0];
      indices.push(a, b, c, b, d, c);
    }
    const document = documentOf({ positions, indices });
    const notes = await apply(document, { type: 'repair' });
    expect(notes).toContain('Left 1 surface that cannot face one side, as a Möbius strip cannot.');
    expect(indicesOf(document)).toEqual(indices);
  });

  it('keeps primitives apart, and drops one that has nothing left', async () => {
    const document = documentOf(sphere(1, 2), sphere(1, 2));
    const [first, second] = document.getRoot().listMeshes();
    first!.addPrimitive(second!.listPrimitives()[0]!);
    second!.dispose();
    expect(await apply(document, { type: 'repair' })).toEqual(['Removed 128 triangles that lay upon another.']);
    expect(first!.listPrimitives()).toHaveLength(1);
    expect(document.getRoot().listAccessors()).toHaveLength(2);
    expect(isWatertight(first!)).toBe(true);
  });

  it('of what is filled afterwards, everything faces outwards', async () => {
    const { positions, indices } = ballWith((triangle) => triangle % 5 === 0);
    const document = documentOf({ positions, indices: indices.slice(3) });
    await apply(document, { type: 'repair' });
    await apply(document, { type: 'fillHoles' });
    expect(isWatertight(document.getRoot().listMeshes()[0]!)).toBe(true);
    expect(valuesOf(document)).toMatchObject({ INCONSISTENT_WINDING: 0, INSIDE_OUT_PARTS: 0 });
  });

  it('keeps a label upon a surface, and what moves apart', async () => {
    const layered = documentOf(sphere(1, 2), sphere(1, 2));
    const [first, second] = layered.getRoot().listMeshes();
    first!.addPrimitive(second!.listPrimitives()[0]!.setMaterial(layered.createMaterial('label')));
    second!.dispose();
    expect(await apply(layered, { type: 'repair' })).toEqual(['Found nothing to repair.']);
    const { positions, indices } = sphere(1, 1);
    const lips = documentOf({ positions, indices: [...indices, ...indices] });
    const target = lips.createPrimitiveTarget().setAttribute('POSITION', primitiveOf(lips).getAttribute('POSITION'));
    primitiveOf(lips).addTarget(target);
    expect(await apply(lips, { type: 'repair' })).toEqual(['Found nothing to repair.']);
  });

  it('works through a recipe', async () => {
    const { positions, indices } = sphere(1, 3);
    const { writeGlb } = await import('../formats/gltf/write-glb.ts');
    const bytes = await writeGlb(
      documentOf({ positions, indices: [...turned(indices.slice(0, 30)), ...indices.slice(30)] }),
    );
    const { glb, report } = await optimizeFiles([{ name: 'ball.glb', bytes }], { operations: [{ type: 'repair' }] });
    expect(report.operations[0]!.notes).toEqual(['Turned 10 triangles over.']);
    expect(report.deviation!.max).toBeLessThan(1e-6);
    const made = await processModel([{ name: 'ball.glb', bytes: glb }], LIMITS);
    expect(made.report.validation).toMatchObject({ errors: 0, warnings: 0 });
  });

  it.skipIf(!hasCorpus)('mends what can be mended of a scan from the corpus', async () => {
    const path = 'stl/Spider_binary.stl';
    const files = [{ name: basename(path), bytes: new Uint8Array(await corpusFile(path)) }];
    const { glb } = await optimizeFiles(files, { operations: [{ type: 'repair' }] });
    const { report } = await processModel([{ name: 'spider.glb', bytes: glb }], LIMITS);
    const values = Object.fromEntries(report.checks!.map(({ code, value }) => [code, value]));
    expect(values).toMatchObject({ DEGENERATE_TRIANGLES: 0, INCONSISTENT_WINDING: 0, INVERTED_NORMALS: 0 });
  });
});
