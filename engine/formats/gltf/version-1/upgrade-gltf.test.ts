import { describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { seededRandom } from '#engine/measure/random.ts';
import { processModel } from '#engine/process/process-model.ts';
import { mutateBytes, TEST_LIMITS } from '#test/check-import.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';

/** A triangle of glTF 1.0 with interleaved positions and normals, moved by an animation. */
function triangle(changes: Record<string, unknown> = {}) {
  const data = new Float32Array([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 2, 0, 0, 0, 3, 0, 0]);
  const uri = `data:application/octet-stream;base64,${Buffer.from(data.buffer).toString('base64')}`;
  const json = {
    asset: { version: '1.0', generator: 'by hand' },
    buffers: { b: { byteLength: data.byteLength, type: 'arraybuffer', uri } },
    bufferViews: {
      v: { buffer: 'b', byteLength: 72, byteOffset: 0 },
      w: { buffer: 'b', byteLength: 32, byteOffset: 72 },
    },
    accessors: {
      p: {
        bufferView: 'v',
        byteOffset: 0,
        byteStride: 24,
        componentType: 5126,
        count: 3,
        type: 'VEC3',
        min: [0, 0, 0],
        max: [1, 1, 0],
      },
      n: { bufferView: 'v', byteOffset: 12, byteStride: 24, componentType: 5126, count: 3, type: 'VEC3' },
      t: { bufferView: 'w', byteOffset: 0, componentType: 5126, count: 2, type: 'SCALAR', min: [0], max: [2] },
      m: { bufferView: 'w', byteOffset: 8, componentType: 5126, count: 2, type: 'VEC3' },
    },
    techniques: { q: { parameters: { diffuse: { value: [0, 1, 0, 1], type: 35666 } }, states: { enable: [2929] } } },
    materials: {
      paint: { technique: 'q', values: { diffuse: [1, 0, 0, 1], transparency: 0.5 } },
      plain: { technique: 'q' },
    },
    meshes: {
      one: { primitives: [{ attributes: { POSITION: 'p', NORMAL: 'n' }, material: 'paint', mode: 4 }] },
      two: { primitives: [{ attributes: { POSITION: 'p', NORMAL: 'n' }, material: 'plain', mode: 4 }] },
    },
    nodes: { root: { meshes: ['one', 'two'], children: ['leaf'] }, leaf: { translation: [5, 0, 0], meshes: ['one'] } },
    scenes: { s: { nodes: ['root'] } },
    scene: 's',
    animations: {
      a: {
        parameters: { TIME: 't', move: 'm' },
        samplers: { k: { input: 'TIME', interpolation: 'LINEAR', output: 'move' } },
        channels: [{ sampler: 'k', target: { id: 'leaf', path: 'translation' } }],
      },
    },
    ...changes,
  };
  return [{ name: 'old.gltf', bytes: new TextEncoder().encode(JSON.stringify(json)) }];
}

describe('glTF 1.0', () => {
  it('becomes 2.0: ids, interleaved data, several meshes of a node, techniques, animation', async () => {
    const { report, document } = await processModel(triangle(), TEST_LIMITS);
    expect(report.validation.errors).toBe(0);
    expect(report).toMatchObject({ triangles: 3, generator: 'by hand', animations: [{ name: 'a', seconds: 2 }] });
    expect(report.corrections[0]).toMatchObject({ code: 'upgraded_gltf' });
    const [paint, plain] = document.getRoot().listMaterials();
    expect(paint!.getBaseColorFactor()).toEqual([1, 0, 0, 0.5]);
    expect([paint!.getAlphaMode(), paint!.getDoubleSided()]).toEqual(['BLEND', true]);
    expect(plain!.getBaseColorFactor()).toEqual([0, 1, 0, 1]);
    const normal = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('NORMAL')!;
    expect(normal.getElement(2, [] as number[])).toEqual([0, 0, 1]);
  });

  it.each([
    [{ scenes: { s: { nodes: ['nobody'] } } }, /scenes\/0/],
    [{ accessors: { p: { bufferView: 'v', componentType: 5126, count: 1_000_000, type: 'VEC3' } } }, /./],
    [{ meshes: { one: { primitives: [{ attributes: { POSITION: 'gone' } }] } } }, /meshes\/0/],
  ])('with %j is refused', async (changes, message) => {
    const error = await processModel(triangle(changes), TEST_LIMITS).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(MaquetteError);
    expect(error.code).toBe('model_invalid');
    expect(error.message).toMatch(message);
  });

  it.skipIf(!hasCorpus)('a binary file keeps its texture', async () => {
    const bytes = new Uint8Array(await corpusFile('gltf/gltf1-box-textured.glb'));
    const { report } = await processModel([{ name: 'box.glb', bytes }], TEST_LIMITS);
    expect(report).toMatchObject({ triangles: 12, watertight: true, textures: [{ width: 128 }] });
    expect(report.validation.errors).toBe(0);
    for (const share of [0.001, 0.1, 0.5, 0.9]) {
      const cut = bytes.slice(0, Math.floor(bytes.length * share));
      await expect(processModel([{ name: 'box.glb', bytes: cut }], TEST_LIMITS)).rejects.toMatchObject({
        code: 'model_malformed',
      });
    }
    for (let seed = 1; seed <= 60; seed++) {
      const mutated = mutateBytes(bytes, seededRandom(seed * 977));
      await processModel([{ name: 'box.glb', bytes: mutated }], TEST_LIMITS).catch((error) =>
        expect(MaquetteError.from(error).fault, `seed ${seed}: ${error.stack}`).toBe('input'),
      );
    }
  });
});
