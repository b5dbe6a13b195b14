import type { GLTF } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { cpuTime } from '#test/cpu-time.ts';
import { readModel } from '../../process/read-model.ts';
import { validateModel } from '../../process/validate-model.ts';
import { data, failure, files, LIMITS, triangle } from './testing/triangle.ts';

describe('references', () => {
  it.each([
    ['scenes/0/nodes/0', 7],
    ['nodes/0/mesh', 1],
    ['nodes/0/mesh', -1],
    ['nodes/0/mesh', 'a'],
    ['meshes/0/primitives/0/attributes/POSITION', 9],
    ['meshes/0/primitives/0/indices', 0.5],
    ['meshes/0/primitives', null],
    ['accessors/0/bufferView', 3],
    ['accessors/0/count', 1e300],
    ['accessors/0/type', 'VEC9'],
    ['accessors/0/type', '__proto__'],
    ['bufferViews/0/buffer', 1],
    ['bufferViews/1/byteOffset', -4],
    ['nodes', {}],
    ['nodes/0/translation', [0, 1]],
    ['buffers/0/byteLength', 'long'],
    ['meshes/0/primitives/0/extensions', { KHR_draco_mesh_compression: 1 }],
    ['bufferViews/0/extensions', { KHR_meshopt_compression: [] }],
    ['nodes/0/extensions', { KHR_lights_punctual: 'sun' }],
  ])('%s = %j is an error that names it', async (path, value) => {
    const json = triangle() as unknown as Record<string, unknown>;
    const keys = path.split('/');
    let holder = json as Record<string, unknown>;
    for (const key of keys.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
    holder[keys.at(-1)!] = value;
    const error = await failure(files(json));
    if (path === 'nodes')
      expect(error.code).toBe('format_unsupported'); // objects instead of lists are glTF 1.0
    else expect(error.errors?.[0]?.pointer ?? error.where).toContain(path.split('/').slice(0, 2).join('/'));
  });

  it('nodes that contain themselves, and hierarchies too deep to walk, are refused', async () => {
    const loop = { ...triangle(), nodes: [{ mesh: 0, children: [1] }, { children: [2] }, { children: [0] }] };
    expect((await failure(files(loop))).message).toContain('its own ancestor');
    const deep = {
      ...triangle(),
      nodes: Array.from({ length: 5000 }, (_, i) => (i < 4999 ? { children: [i + 1] } : { mesh: 0 })),
    };
    expect((await failure(files(deep))).message).toContain('levels');
  });

  it('accessors must fit their buffer views, buffer views their buffer, buffers their file', async () => {
    const long = triangle();
    long.accessors![0]!.count = 4;
    expect((await failure(files(long))).code).toBe('model_invalid');
    const view = triangle();
    view.bufferViews![2]!.byteLength = 100;
    expect((await failure(files(view))).code).toBe('model_invalid');
    expect((await failure(files(triangle(), data().subarray(0, 70)))).code).toBe('model_malformed');
  });

  it('sparse values lie where their numbers can be read', async () => {
    const json = triangle();
    const sparse = { count: 1, indices: { bufferView: 2, byteOffset: 1, componentType: 5123 as const } };
    json.accessors![0]!.sparse = { ...sparse, values: { bufferView: 1 } };
    const error = await failure(files(json));
    expect([error.code, error.errors?.[0]?.pointer]).toEqual(['model_invalid', '/accessors/0/sparse/indices']);
    expect(error.message).toContain('byte 73, which is no multiple of 2');
  });

  it('unknown versions are refused by name', async () => {
    for (const version of ['0.8', '3.0']) {
      expect(await failure(files({ asset: { version } }))).toMatchObject({ code: 'format_unsupported' });
    }
  });
});

describe('bombs', () => {
  it('zero-filled accessors may not grow without bounds from a small file', async () => {
    const json = triangle();
    for (let i = 0; i < 30; i++) json.accessors!.push({ componentType: 5126, count: 1_000_000, type: 'VEC3' });
    const start = cpuTime();
    expect((await failure(files(json))).code).toBe('model_too_large');
    expect(cpuTime() - start).toBeLessThan(200);
  });

  it('nor may many accessors over the same bytes, instances, or nodes', async () => {
    const shared = triangle();
    const bin = new Uint8Array(1_000_000);
    bin.set(data());
    shared.buffers![0]!.byteLength = bin.length;
    shared.bufferViews![0]!.byteLength = bin.length;
    for (let i = 0; i < 3000; i++)
      shared.accessors!.push({ bufferView: 0, componentType: 5126, count: 80_000, type: 'VEC3' });
    expect((await failure(files(shared, bin))).code).toBe('model_too_large');
    const nodes = { ...triangle(), nodes: Array.from({ length: 11 }, () => ({ mesh: 0 })) };
    expect((await failure(files(nodes), ModelLimits.parse({ nodes: 10 }))).code).toBe('model_too_large');
    expect((await failure(files(nodes), ModelLimits.parse({ triangles: 10 }))).code).toBe('model_too_large');
  });

  it('JSON may not nest so deep that it exhausts the stack', async () => {
    const text = `{"asset":{"version":"2.0"},"extras":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const error = await failure([{ name: 'a.gltf', bytes: new TextEncoder().encode(text) }]);
    expect(error).toMatchObject({ code: 'model_malformed' });
  });
});

describe('external files', () => {
  const at = (uri: string): GLTF.IGLTF => {
    const json = triangle();
    json.buffers![0]!.uri = uri;
    return json;
  };

  it.each([
    'data.bin',
    './data.bin',
    'DATA.BIN',
    'sub/../data.bin',
    'sub\\..\\data.bin',
    'd%61ta.bin',
    'elsewhere/data.bin',
  ])('%j is found', async (uri) => {
    const { document } = await readModel(files(at(uri)), LIMITS);
    expect(document.getRoot().listMeshes()).toHaveLength(1);
  });

  it.each([
    ['../secret.bin', 'model_resource_unsafe'],
    ['%2e%2e/secret.bin', 'model_resource_unsafe'],
    ['/etc/passwd', 'model_resource_unsafe'],
    ['file:///etc/passwd', 'model_resource_unsafe'],
    ['C:\\secret.bin', 'model_resource_unsafe'],
    ['http://127.0.0.1/data2.bin', 'model_resource_unsafe'],
    ['other.bin', 'model_resource_missing'],
    ['__proto__', 'model_resource_missing'],
  ])('%j is %s', async (uri, code) => {
    expect(await failure(files(at(uri)))).toMatchObject({ code });
  });

  it('data URIs are decoded, damaged ones refused', async () => {
    const base64 = Buffer.from(data()).toString('base64');
    const { document } = await readModel(files(at(`data:application/octet-stream;base64,${base64}`)), LIMITS);
    expect(document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('POSITION')!.getCount()).toBe(3);
    expect(await failure(files(at('data:application/octet-stream;base64,!!!!')))).toMatchObject({
      code: 'model_malformed',
    });
  });
});

describe('validateModel', () => {
  it('lists the reason first, then what the validator found', async () => {
    const json = triangle();
    json.nodes![0]!.mesh = 5;
    const { validation: report } = await validateModel(files(json), LIMITS);
    expect(report.issues[0]).toMatchObject({ code: 'MODEL_INVALID', severity: 'error' });
    expect(report.issues.map((issue) => issue.code)).toContain('UNRESOLVED_REFERENCE');
  });

  it('is clean for a clean file, whose bytes lie anywhere in a larger buffer', async () => {
    const pool = new Uint8Array(4096);
    pool.set(data(), 1000);
    const { validation: report } = await validateModel(files(triangle(), pool.subarray(1000, 1078)), LIMITS);
    expect(report).toMatchObject({ errors: 0, warnings: 0 });
  });
});
