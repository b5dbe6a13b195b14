import { describe, expect, it } from 'vitest';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { measureCost } from '../measure/model-cost.ts';
import { readModel } from '../process/read-model.ts';
import { validateModel } from '../process/validate-model.ts';
import { apply, boundsOf, LIMITS } from './testing/run.ts';
import { documentOf, plate, sphere } from './testing/shapes.ts';

describe('rename', () => {
  it('replaces, adds and numbers', async () => {
    const document = documentOf(plate(1, 1), plate(1, 1), plate(1, 1));
    const nodes = document.getRoot().listNodes();
    nodes[0]!.setName('Old Bolt');
    nodes[1]!.setName('Old Bolt');
    await apply(document, { type: 'rename', kinds: ['nodes'], find: 'Old ', replace: '', prefix: 'M_', unique: true });
    expect(nodes.map((node) => node.getName())).toEqual(['M_Bolt', 'M_Bolt_2', 'M_node']);
  });
});

describe('instance', () => {
  it('makes one node of many, where it may', async () => {
    const make = () => {
      const document = documentOf(sphere(1, 1));
      const [mesh] = document.getRoot().listMeshes();
      for (let i = 1; i < 8; i++) {
        document
          .getRoot()
          .getDefaultScene()!
          .addChild(
            document
              .createNode()
              .setMesh(mesh!)
              .setTranslation([i * 3, 0, 0]),
          );
      }
      return document;
    };
    const document = make();
    await apply(document, { type: 'instance' });
    expect(measureCost(document, 0)).toMatchObject({ triangles: 8 * 32, drawCalls: 1 });
    expect(
      document
        .getRoot()
        .listExtensionsRequired()
        .map(({ extensionName }) => extensionName),
    ).toEqual(['EXT_mesh_gpu_instancing']);
    const named = make();
    named.getRoot().listNodes()[3]!.setExtras({ part: 7 });
    expect(await apply(named, { type: 'instance' })).toEqual([expect.stringContaining('custom properties')]);
    expect(measureCost(named, 0).drawCalls).toBe(8);
  });
});

describe('split', () => {
  it('gives each part a node below the one that had the whole', async () => {
    const far = sphere(1, 2);
    const [a, b] = [
      sphere(1, 3),
      { ...far, positions: far.positions.map((value, i) => (i % 3 === 0 ? value + 5 : value)) },
    ];
    const offset = a.positions.length / 3;
    const both = {
      positions: [...a.positions, ...b.positions],
      indices: [...b.indices.map((vertex) => vertex + offset), ...a.indices],
    };
    const document = documentOf(both);
    const [node] = document.getRoot().listNodes();
    node!.setName('bolts').setTranslation([0, 7, 0]).getMesh()!.setName('bolts');
    const before = boundsOf(document);
    expect(await apply(document, { type: 'split', by: 'part' })).toEqual(['Cut 1 mesh into 2 parts.']);
    expect(node!.getMesh()).toBeNull();
    const parts = node!.listChildren();
    expect(parts.map((part) => part.getName())).toEqual(['bolts_1', 'bolts_2']);
    // The largest first.
    const counts = parts.map((part) => part.getMesh()!.listPrimitives()[0]!.getIndices()!.getCount() / 3);
    expect(counts).toEqual([512, 128]);
    expect(parts.map((part) => part.getMesh()!.listPrimitives()[0]!.getAttribute('POSITION')!.getCount())).toEqual([
      258, 66,
    ]);
    expect(boundsOf(document)).toEqual(before);
    expect(document.getRoot().listMeshes().length).toBe(2);
  });

  it('keeps small parts together, and whole meshes whole', async () => {
    const soup = documentOf({
      positions: Array.from({ length: 90 }, (_, i) => Math.floor(i / 9) * 3 + ((i * 7) % 5) / 5),
      indices: Array.from({ length: 30 }, (_, i) => i),
    });
    expect(await apply(soup, { type: 'split', by: 'part', maxParts: 4 })).toEqual(['Cut 1 mesh into 4 parts.']);
    expect(measureCost(soup, 0).triangles).toBe(10);
    expect(await apply(documentOf(sphere(1, 2)), { type: 'split', by: 'part' })).toEqual(['There is nothing to cut.']);
    expect(await apply(documentOf(sphere(1, 2)), { type: 'split' })).toEqual(['There is nothing to cut.']);
  });
});

describe('lod', () => {
  it('lists coarser nodes, which survive writing, reading and pruning', async () => {
    const document = documentOf(sphere(1, 4), plate(1, 1));
    await apply(document, { type: 'lod' });
    await apply(document, { type: 'rename', kinds: ['nodes'], unique: true });
    const bytes = await writeGlb(document);
    const again = (await readModel([{ name: 'lod.glb', bytes }], LIMITS)).document;
    await apply(again, { type: 'prune' });
    const written = await writeGlb(again);
    const json = JSON.parse(
      new TextDecoder().decode(written.subarray(20, 20 + new DataView(written.buffer).getUint32(12, true))),
    );
    const base = json.nodes.find((node: { extensions?: object }) => node.extensions);
    const counts = base.extensions.MSFT_lod.ids.map((id: number) => {
      const [primitive] = json.meshes[json.nodes[id].mesh].primitives;
      return json.accessors[primitive.indices].count / 3;
    });
    expect(counts.length).toBe(3);
    for (const [level, ratio] of [0.5, 0.2, 0.05].entries()) expect(counts[level] / (2048 * ratio)).toBeCloseTo(1, 1);
    expect(base.extras.MSFT_screencoverage).toEqual([0.5, 0.25, 0.06, 0]);
    expect((await validateModel([{ name: 'lod.glb', bytes: written }], LIMITS)).validation.errors).toBe(0);
    expect(measureCost(again, 0).triangles).toBe(2050);
  });
});
