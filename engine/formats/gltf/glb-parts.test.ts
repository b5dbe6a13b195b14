import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Document } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '#contracts/model/default-limits.ts';
import { readModel } from '#engine/process/read-model.ts';
import { CORPUS, corpusFile, hasCorpus } from '#test/corpus.ts';
import { writeGlbParts } from './glb-parts.ts';
import { createGltfIo } from './gltf-io.ts';

/** What the parts are together, and what glTF-Transform writes. */
async function bothWays(document: Document): Promise<[Buffer, Buffer]> {
  const io = createGltfIo(
    document
      .getRoot()
      .listExtensionsUsed()
      .map(({ extensionName }) => extensionName),
  );
  const parts = await writeGlbParts(io, document);
  return [Buffer.concat(parts), Buffer.from(await io.writeBinary(document))];
}

/** Attributes of many sizes, beside images and an animation; `count` vertices. */
function everyKind(count: number): Document {
  const document = new Document();
  const buffer = document.createBuffer();
  const accessor = (
    type: 'SCALAR' | 'VEC2' | 'VEC3' | 'VEC4',
    array: Float32Array | Uint8Array | Int16Array | Uint16Array,
  ) =>
    document
      .createAccessor()
      .setType(type)
      .setArray(array as Float32Array<ArrayBuffer>)
      .setBuffer(buffer);
  const floats = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7));
  const primitive = document
    .createPrimitive()
    .setAttribute('POSITION', accessor('VEC3', floats(count * 3)).setName('where'))
    .setAttribute(
      'NORMAL',
      accessor(
        'VEC3',
        Int16Array.from({ length: count * 3 }, (_, i) => i),
      ).setNormalized(true),
    )
    .setAttribute(
      'COLOR_0',
      accessor(
        'VEC3',
        Uint8Array.from({ length: count * 3 }, (_, i) => i),
      ).setNormalized(true),
    )
    .setAttribute('TEXCOORD_0', accessor('VEC2', floats(count * 2)).setExtras({ set: 'first' }))
    .setIndices(
      accessor(
        'SCALAR',
        Uint16Array.from({ length: count * 3 + 3 }, (_, i) => i % count),
      ),
    )
    .setMaterial(document.createMaterial().setBaseColorTexture(image(document, 7)));
  const target = document
    .createPrimitiveTarget()
    .setAttribute('POSITION', accessor('VEC3', floats(count * 3)).setSparse(true));
  const other = document.createPrimitive().setAttribute('POSITION', accessor('VEC3', floats(9)));
  const mesh = document.createMesh('all').addPrimitive(primitive.addTarget(target)).addPrimitive(other);
  const node = document.createNode().setMesh(mesh);
  document.createScene().addChild(node);
  image(document, 12);
  const sampler = document
    .createAnimationSampler()
    .setInput(
      accessor(
        'SCALAR',
        Float32Array.from({ length: count }, (_, i) => i),
      ),
    )
    .setOutput(accessor('VEC3', floats(count * 3)));
  const channel = document.createAnimationChannel().setSampler(sampler).setTargetNode(node).setTargetPath('scale');
  document.createAnimation('pulse').addSampler(sampler).addChannel(channel);
  return document;
}

function image(document: Document, bytes: number) {
  return document.createTexture().setMimeType('image/png').setImage(new Uint8Array(bytes).fill(bytes));
}

/** What is read of a sparse accessor that was written, and whether it is still sparse. */
async function storedSparse(array: Int8Array<ArrayBuffer>): Promise<{ read: number[]; kept: boolean }> {
  const document = new Document();
  const accessor = document.createAccessor().setType('VEC3').setArray(array).setNormalized(true).setSparse(true);
  document.createMesh().addPrimitive(document.createPrimitive().setAttribute('NORMAL', accessor));
  accessor.setBuffer(document.createBuffer());
  const io = createGltfIo([]);
  const again = await io.readBinary(Buffer.concat(await writeGlbParts(io, document)));
  return { read: Array.from(again.getRoot().listAccessors()[0]!.getArray()!), kept: accessor.getSparse() };
}

describe('writeGlbParts', () => {
  it.each([3, 1001, 2002, 5003])('writes %d vertices of every kind as glTF-Transform does', async (count) => {
    const document = everyKind(count);
    const [ours, theirs] = await bothWays(document);
    expect(ours.equals(theirs)).toBe(true);
  });

  it('writes what is stored of sparse accessors of normalised numbers, which glTF-Transform does not', async () => {
    const normals = Int8Array.from([0, 0, 127, 0, 0, 0, 0, -90, 90, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(await storedSparse(normals)).toEqual({ read: Array.from(normals), kept: true });
  });

  it('writes a document without data', async () => {
    const document = new Document();
    document.createScene('empty');
    const [ours, theirs] = await bothWays(document);
    expect(ours.equals(theirs)).toBe(true);
  });

  it('does not copy large arrays, and leaves the document as it was', async () => {
    const document = everyKind(5003);
    const accessors = document.getRoot().listAccessors();
    const before = accessors.map((accessor) => [accessor.getArray(), accessor.getName()]);
    const parts = await writeGlbParts(createGltfIo([]), document);
    expect(accessors.map((accessor) => [accessor.getArray(), accessor.getName()])).toEqual(before);
    const position = accessors[0]!.getArray()!;
    expect(parts.some((part) => part.buffer === position.buffer)).toBe(true);
  });

  it('leaves the document as it was when writing fails', async () => {
    const document = everyKind(1001);
    const array = document.getRoot().listAccessors()[0]!.getArray();
    document.createBuffer();
    await expect(writeGlbParts(createGltfIo([]), document)).rejects.toThrow();
    expect(document.getRoot().listAccessors()[0]!.getArray()).toBe(array);
  });

  it.skipIf(!hasCorpus)('writes models of the corpus as glTF-Transform does', async () => {
    const paths = readdirSync(join(CORPUS, 'gltf')).filter((name) => name.endsWith('.glb'));
    let compared = 0;
    for (const name of paths) {
      if (statSync(join(CORPUS, 'gltf', name)).size > 4_000_000) continue;
      const file = { name, bytes: await corpusFile(`gltf/${name}`) };
      const read = await readModel([file], DEFAULT_LIMITS).catch(() => null);
      if (!read) continue;
      const { document } = read;
      const [ours, theirs] = await bothWays(document);
      expect(ours.equals(theirs), name).toBe(true);
      compared++;
    }
    expect(compared).toBeGreaterThan(5);
  });
});
