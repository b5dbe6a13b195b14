import type { Document, GLTF } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { processModel } from '../../process/process-model.ts';
import { readModel } from '../../process/read-model.ts';
import { data, failure, files, LIMITS, triangle } from './testing/triangle.ts';
import { writeGlb } from './write-glb.ts';

describe('corrections', () => {
  const corrected = async (bin: Uint8Array, change?: (json: GLTF.IGLTF) => void) => {
    const json = triangle();
    change?.(json);
    const { report, document } = await processModel(files(json, bin), LIMITS);
    return { codes: report.corrections.map((correction) => correction.code), report, document };
  };

  it('none for a good file', async () => {
    expect((await corrected(data())).codes).toEqual([]);
  });

  it('normals without unit length or direction', async () => {
    const { codes, document } = await corrected(data(undefined, [0, 0, 9, 0, 0, 0, Number.NaN, 0, 0]));
    expect(codes).toEqual(['normalised_normals', 'replaced_normals']);
    const normals = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('NORMAL')!;
    expect(Array.from(normals.getArray()!)).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1]);
  });

  it('a scene where there is none, also for meshes that no node shows', async () => {
    const { codes, report } = await corrected(data(), (json) => {
      delete json.scene;
      delete json.scenes;
    });
    expect(codes).toEqual(['generated_scene']);
    expect(report.triangles).toBe(1);
    const bare = await corrected(data(), (json) => {
      for (const key of ['scene', 'scenes', 'nodes'] as const) delete json[key];
    });
    expect(bare.report.triangles).toBe(1);
  });

  it('rotations and transforms that are none', async () => {
    const { codes, report } = await corrected(data(), (json) => {
      json.nodes = [{ mesh: 0, rotation: [0, 0, 0, 2], scale: [1, 1, '1e999' as unknown as number] }];
    });
    expect(codes).toContain('normalised_rotations');
    expect(report.bounds).not.toBeNull();
  });

  it('animation keys at one time, rotations without unit length, channels that cannot be played', async () => {
    const animated = (
      times: number[],
      values: number[],
      path: string,
    ): Promise<{ codes: string[]; document: Document }> => {
      const bin = new Uint8Array(200);
      bin.set(data());
      new Float32Array(bin.buffer, 80, times.length).set(times);
      new Float32Array(bin.buffer, 100, values.length).set(values);
      return corrected(bin, (json) => {
        json.buffers![0]!.byteLength = 200;
        json.bufferViews!.push(
          { buffer: 0, byteOffset: 80, byteLength: 4 * times.length },
          { buffer: 0, byteOffset: 100, byteLength: 4 * values.length },
        );
        json.accessors!.push({
          bufferView: 3,
          componentType: 5126,
          count: times.length,
          type: 'SCALAR',
          min: [0],
          max: [1],
        });
        json.accessors!.push({ bufferView: 4, componentType: 5126, count: values.length / 4, type: 'VEC4' });
        json.animations = [
          {
            samplers: [{ input: 3, output: 4 }],
            channels: [{ sampler: 0, target: { node: 0, path: path as 'rotation' } }],
          },
        ];
      });
    };
    const good = await animated([0, 1], [0, 0, 0, 1, 0, 0, 1, 0], 'rotation');
    expect(good.codes).toEqual([]);
    const bad = await animated([0, 0, 1], [0, 0, 0, 1, 0, 0, 3, 0, 0, 0, 0, 0], 'rotation');
    expect(bad.codes).toEqual(['normalised_rotation_keys', 'removed_keys']);
    const sampler = bad.document.getRoot().listAnimations()[0]!.listSamplers()[0]!;
    expect(Array.from(sampler.getInput()!.getArray()!)).toEqual([0, 1]);
    expect(Array.from(sampler.getOutput()!.getArray()!)).toEqual([0, 0, 1, 0, 0, 0, 0, 1]);
    const lost = await animated([1, 0], [0, 0, 0, 1, 0, 0, 1, 0], 'rotation');
    expect(lost.codes).toEqual(['removed_channels', 'removed_animations']);
    const wrong = await animated([0, 1], [0, 0, 0, 1, 0, 0, 1, 0], 'translation');
    expect(wrong.codes).toEqual(['removed_channels', 'removed_animations']);
  });

  it('factors outside of their range', async () => {
    const { codes, document } = await corrected(data(), (json) => {
      json.materials = [{ pbrMetallicRoughness: { metallicFactor: 7, baseColorFactor: [2, -1, 0.5, 1] } }];
    });
    expect(codes).toEqual(['clamped_factors']);
    expect(document.getRoot().listMaterials()[0]!.getBaseColorFactor()).toEqual([1, 0, 0.5, 1]);
  });

  it('refuses what is left with nothing', async () => {
    expect(await failure(files(triangle(), data([Number.NaN, 0, 0, 1, 0, 0, 0, 1, 0])))).toMatchObject({
      code: 'model_invalid',
    });
    expect(await failure(files(triangle(), data(undefined, undefined, [0, 1, 9])))).toMatchObject({
      code: 'model_invalid',
    });
    expect(await failure(files({ asset: { version: '2.0' }, scenes: [{}] }))).toMatchObject({ code: 'model_empty' });
  });

  it('textures that are no images, PNGs that would crash the validator among them', async () => {
    const brokenPng = Uint8Array.from([
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 4, 0x49, 0x44, 0x41, 0x54, 1, 2, 3, 4, 0, 0, 0, 0,
    ]);
    for (const bytes of [brokenPng, new TextEncoder().encode('hello')]) {
      const json = triangle();
      json.images = [{ uri: 'a.png', name: 'paint' }];
      json.textures = [{ source: 0 }];
      json.materials = [{ pbrMetallicRoughness: { baseColorTexture: { index: 0 } } }];
      json.meshes![0]!.primitives[0]!.material = 0;
      const { report } = await processModel(files(json, data(), { name: 'a.png', bytes }), LIMITS);
      expect(report.corrections).toMatchObject([{ code: 'damaged_texture' }]);
      expect(report.textures).toEqual([]);
      // What the validator throws outside of its promise would surface here.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});

describe('round trip', () => {
  it('keeps extensions and extras that the engine does not know', async () => {
    const json = triangle();
    json.extensionsUsed = ['EXAMPLE_made_up'];
    json.extensions = { EXAMPLE_made_up: { root: 1 } };
    json.nodes![0]!.extensions = { EXAMPLE_made_up: { node: 'n' } };
    json.nodes![0]!.extras = { kept: true };
    json.meshes![0]!.primitives[0]!.extensions = { EXAMPLE_made_up: { primitive: [1, 2] } };
    const { glb } = await processModel(files(json), LIMITS);
    const view = new DataView(glb.buffer, glb.byteOffset);
    const written = JSON.parse(new TextDecoder().decode(glb.subarray(20, 20 + view.getUint32(12, true)))) as GLTF.IGLTF;
    expect(written.extensionsUsed).toEqual(['EXAMPLE_made_up']);
    expect(written.extensions).toEqual({ EXAMPLE_made_up: { root: 1 } });
    expect(written.nodes![0]).toMatchObject({ extras: { kept: true }, extensions: { EXAMPLE_made_up: { node: 'n' } } });
    expect(written.meshes![0]!.primitives[0]!.extensions).toEqual({ EXAMPLE_made_up: { primitive: [1, 2] } });
  });
});

describe('indices in carried extensions', () => {
  const written = (glb: Uint8Array): GLTF.IGLTF => {
    const view = new DataView(glb.buffer, glb.byteOffset);
    return JSON.parse(new TextDecoder().decode(glb.subarray(20, 20 + view.getUint32(12, true))));
  };

  it('follow the nodes and textures that they mean', async () => {
    const json = triangle();
    const png = Uint8Array.from(
      atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
      (c) => c.charCodeAt(0),
    );
    json.images = [{ uri: 'a.png' }, { uri: 'b.png' }];
    json.textures = [{ source: 1 }, { source: 0 }];
    json.materials = [
      {
        pbrMetallicRoughness: { baseColorTexture: { index: 1 } },
        extensions: { VRMC_materials_mtoon: { specVersion: '1.0', shadeMultiplyTexture: { index: 0 } } },
      },
    ];
    json.meshes![0]!.primitives[0]!.material = 0;
    json.nodes = [{ name: 'gone' }, { name: 'body', mesh: 0 }, { name: 'head' }];
    json.scenes = [{ nodes: [1, 2] }];
    json.extensionsUsed = ['VRMC_vrm', 'VRMC_materials_mtoon'];
    json.extensions = { VRMC_vrm: { humanoid: { humanBones: { head: { node: 2 } } } } };
    const input = files(json, data(), { name: 'a.png', bytes: png }, { name: 'b.png', bytes: png });
    const { document } = await readModel(input, LIMITS);
    document
      .getRoot()
      .listNodes()
      .find((node) => node.getName() === 'gone')!
      .dispose();
    const out = written(await writeGlb(document));
    const head = (out.extensions as Record<string, { humanoid: { humanBones: { head: { node: number } } } }>).VRMC_vrm!
      .humanoid.humanBones.head.node;
    expect(out.nodes![head]!.name).toBe('head');
    const shade = (out.materials![0]!.extensions!.VRMC_materials_mtoon as { shadeMultiplyTexture: { index: number } })
      .shadeMultiplyTexture.index;
    expect(out.images![out.textures![shade]!.source!]!.name).toBe('b');
  });

  it('follow what animations point at', async () => {
    const json = triangle();
    json.nodes = [{ name: 'gone' }, { name: 'body', mesh: 0 }];
    json.scenes = [{ nodes: [1] }];
    json.accessors!.push(
      { bufferView: 3, componentType: 5126, count: 2, type: 'SCALAR', min: [0], max: [1] },
      { bufferView: 0, componentType: 5126, count: 2, type: 'VEC3' },
    );
    json.bufferViews!.push({ buffer: 0, byteOffset: 8, byteLength: 8 });
    json.extensionsUsed = ['KHR_animation_pointer'];
    const target = { path: 'pointer', extensions: { KHR_animation_pointer: { pointer: '/nodes/1/translation' } } };
    json.animations = [{ samplers: [{ input: 3, output: 4 }], channels: [{ sampler: 0, target: target as never }] }];
    const { document } = await readModel(files(json), LIMITS);
    document.getRoot().listNodes()[0]!.dispose();
    const out = written(await writeGlb(document));
    expect(out.animations![0]!.channels[0]!.target).toMatchObject({
      path: 'pointer',
      extensions: { KHR_animation_pointer: { pointer: '/nodes/0/translation' } },
    });
  });
});
