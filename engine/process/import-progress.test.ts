import { Document } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { ExportOptions } from '#contracts/model/export-format.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { EXPORTERS } from '../formats/exporters.ts';
import type { ModelFile } from '../formats/model-file.ts';
import { processModel } from './process-model.ts';

const LIMITS = ModelLimits.parse({});

/** Sixteen meshes of 4,608 triangles each, hills that no two share. */
function hills(): Document {
  const document = new Document();
  const buffer = document.createBuffer();
  const scene = document.createScene('Hills');
  document.getRoot().setDefaultScene(scene);
  const side = 48;
  for (let which = 0; which < 16; which++) {
    const positions = new Float32Array((side + 1) ** 2 * 3);
    const indices = new Uint32Array(side * side * 6);
    for (let i = 0; i < (side + 1) ** 2; i++) {
      const x = i % (side + 1);
      const z = Math.floor(i / (side + 1));
      positions.set([x / side + which, 0.1 * Math.sin(x * 0.7 + which) * Math.cos(z * 0.4), z / side], i * 3);
    }
    for (let i = 0; i < side * side; i++) {
      const at = Math.floor(i / side) * (side + 1) + (i % side);
      indices.set([at, at + side + 1, at + 1, at + 1, at + side + 1, at + side + 2], i * 6);
    }
    const primitive = document
      .createPrimitive()
      .setAttribute('POSITION', document.createAccessor().setType('VEC3').setArray(positions).setBuffer(buffer))
      .setIndices(document.createAccessor().setArray(indices).setBuffer(buffer));
    const mesh = document.createMesh(`Hill ${which}`).addPrimitive(primitive);
    scene.addChild(document.createNode(`Hill ${which}`).setMesh(mesh));
  }
  return document;
}

/** As a sandbox reads it: from the disk, in parts. */
function inParts({ name, bytes }: ModelFile): ModelFile {
  const read = (into: Uint8Array, position: number) => {
    const part = bytes.subarray(position, position + into.byteLength);
    into.set(part);
    return part.byteLength;
  };
  return { name, bytes, parts: { byteLength: bytes.byteLength, read } };
}

async function progressOf(files: readonly ModelFile[]): Promise<{ stage: string; share: number }[]> {
  const told: { stage: string; share: number }[] = [];
  await processModel(files, LIMITS, { onProgress: (stage, share) => told.push({ stage, share }) });
  return told;
}

function expectGrowing(told: readonly { stage: string; share: number }[]): void {
  const shares = told.map(({ share }) => share);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
}

describe('the progress of an import', () => {
  const exported = hills();
  it.each(['obj', 'stl', 'ply', '3mf', 'fbx'] as const)('grows while a file is read: %s', async (format) => {
    const exporter = await EXPORTERS[format]();
    const options = ExportOptions.parse({ format });
    const { files } = await exporter(exported, { options, stem: 'hills', host: nodeOperationHost });
    const told = await progressOf(files.map(({ path, bytes }) => inParts({ name: path, bytes })));
    expectGrowing(told);
    const opening = new Set(told.filter(({ stage }) => stage === 'open').map(({ share }) => share));
    // A file of some megabytes is told of more than once, and not by its beginning and end alone.
    expect(opening.size).toBeGreaterThan(3);
    const measuring = told.filter(({ stage }) => stage === 'measure');
    expect(measuring.length).toBeGreaterThan(5);
  });

  it
    .skipIf(!hasCorpus)
    .each(['pointcloud/grid.las', 'dae/cube_tristrips.dae', 'cad/rounded-cube.step', 'cad/AC14-FZK-Haus.ifc'])(
    'grows in formats that only others write: %s',
    async (path) => {
      expectGrowing(await progressOf([{ name: path, bytes: await corpusFile(path) }]));
    },
  );
});
