import type { GLTF } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { processModel } from '../../process/process-model.ts';
import { validateGltfBytes } from '../../validate/validate-gltf.ts';
import { data, files, LIMITS, triangle } from './testing/triangle.ts';

/** A PNG of one pixel. */
const PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (letter) => letter.charCodeAt(0),
);

/** The triangle with more data behind its own, which a change makes accessors of. */
async function processed(change: (json: GLTF.IGLTF, add: Add) => void) {
  const json = triangle();
  const parts: Uint8Array[] = [data(), new Uint8Array(2)];
  let length = 80;
  const add: Add = (values, type, componentType = 5126) => {
    const array = { 5126: Float32Array, 5121: Uint8Array, 5120: Int8Array }[componentType]!.from(values);
    const width = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT4: 16 }[type as string]!;
    parts.push(new Uint8Array(array.buffer));
    json.bufferViews!.push({ buffer: 0, byteOffset: length, byteLength: array.byteLength });
    length += array.byteLength;
    json.accessors!.push({
      bufferView: json.bufferViews!.length - 1,
      componentType,
      count: values.length / width,
      type,
    });
    return json.accessors!.length - 1;
  };
  change(json, add);
  json.buffers![0]!.byteLength = length;
  const input = files(json, Uint8Array.from(parts.flatMap((part) => [...part])), {
    name: 'a.png',
    bytes: PNG,
  });
  const { glb, report } = await processModel(input, LIMITS);
  const { issues } = await validateGltfBytes(glb, 'glb', 'model.glb');
  const head = new DataView(glb.buffer, glb.byteOffset).getUint32(12, true);
  return {
    codes: report.corrections.map(({ code }) => code),
    errors: issues.filter(({ severity }) => severity === 'error').map(({ code, pointer }) => `${code} ${pointer}`),
    json: JSON.parse(new TextDecoder().decode(glb.subarray(20, 20 + head))) as GLTF.IGLTF,
  };
}
type Add = (values: number[], type: GLTF.AccessorType, componentType?: 5126 | 5121 | 5120) => number;

describe('what breaks the rules of glTF comes out by them', () => {
  it('values of materials, lights and cameras', async () => {
    const { codes, errors, json } = await processed((source) => {
      source.extensionsUsed = ['KHR_materials_iridescence', 'KHR_texture_transform', 'KHR_lights_punctual'];
      source.materials = [
        {
          alphaMode: 'SEE_THROUGH' as 'BLEND',
          extensions: { KHR_materials_iridescence: { iridescenceIor: 0, iridescenceFactor: 7 } },
        },
      ];
      source.meshes![0]!.primitives[0]!.material = 0;
      source.extensions = {
        KHR_lights_punctual: {
          lights: [{ type: 'point', intensity: -1, range: 0 }, { type: 'spot', spot: { outerConeAngle: 9 } }, 7],
        },
      };
      source.cameras = [
        { type: 'perspective', perspective: { yfov: 0, znear: 0, zfar: -1 } },
        { type: 'orthographic', orthographic: { xmag: 0, ymag: 1, znear: 2, zfar: 1 } },
      ];
      source.nodes!.push({ camera: 0, extensions: { KHR_lights_punctual: { light: 0 } } }, { camera: 1 });
      source.scenes![0]!.nodes!.push(1, 2);
    });
    expect(errors).toEqual([]);
    expect(codes).toEqual(['replaced_values']);
    expect(json.materials![0]!.extensions!.KHR_materials_iridescence).toMatchObject({ iridescenceFactor: 1 });
  });

  it('lists of nothing, data of nothing', async () => {
    const { codes, errors, json } = await processed((source) => {
      source.scenes!.push({ nodes: [] });
      source.animations = [{ channels: [], samplers: [] }];
      source.skins = [{ joints: [] }];
      const none = source.accessors!.push({ bufferView: 1, componentType: 5126, count: 0, type: 'SCALAR' }) - 1;
      source.extensionsUsed = ['EXT_mesh_manifold'];
      source.meshes![0]!.extensions = { EXT_mesh_manifold: { mergeIndices: none } };
    });
    expect(errors).toEqual([]);
    expect(codes).toEqual(['removed_skins', 'removed_animations', 'removed_extensions']);
    expect(json.scenes).toEqual([{ nodes: [0] }, {}]);
    expect(json.meshes![0]).not.toHaveProperty('extensions');
  });

  it('values that are of another type, or beyond what can be written', async () => {
    const { codes, errors, json } = await processed((source, add) => {
      const odd = source as unknown as Record<string, unknown>;
      odd.asset = { version: '2.0', copyright: 5 };
      source.bufferViews![0]!.target = '1e999' as unknown as 34962;
      odd.samplers = [{ magFilter: 5e-324, minFilter: 9729, wrapS: 'x' }];
      odd.images = [{ uri: 'a.png' }];
      odd.textures = [{ source: 0, sampler: 0 }];
      odd.extensionsUsed = ['KHR_materials_clearcoat'];
      odd.materials = [
        {
          emissiveTexture: { index: 0 },
          alphaCutoff: '1e999',
          normalTexture: { index: 0 },
          extensions: { KHR_materials_clearcoat: { clearcoatNormalTexture: { index: 0, scale: 'a' } } },
        },
      ];
      source.meshes![0]!.primitives[0]!.attributes.TEXCOORD_0 = add([0, 0, 1, 0, 0, 1], 'VEC2');
      odd.cameras = [{ type: 'perspective', perspective: { yfov: '1e999', znear: 1, zfar: '1e999' } }];
      source.meshes![0]!.primitives[0]!.attributes._WARMTH = add([0, Number.POSITIVE_INFINITY, 0], 'SCALAR');
      source.accessors![1]!.normalized = true;
      source.accessors![2]!.normalized = true;
      source.meshes![0]!.primitives[0]!.material = 0;
    });
    expect(errors).toEqual([]);
    expect(codes).toEqual(expect.arrayContaining(['replaced_values', 'replaced_non_finite']));
    expect(json.cameras![0]!.perspective).toMatchObject({ yfov: Math.PI / 3, znear: 1 });
    expect(json.accessors!.filter(({ normalized }) => normalized)).toEqual([]);
  });

  it('variants without a name, mappings of what is none or has a material already', async () => {
    const { codes, errors, json } = await processed((source) => {
      source.extensionsUsed = ['KHR_materials_variants'];
      source.extensions = { KHR_materials_variants: { variants: [{ name: '' }, 7, { name: 'Blue' }] } };
      source.materials = [{ name: 'A' }, { name: 'B' }];
      const [primitive] = source.meshes![0]!.primitives;
      const mappings = (...lists: unknown[]) => ({
        KHR_materials_variants: { mappings: lists.map((variants, material) => ({ material, variants })) },
      });
      const second = { ...primitive!, extensions: mappings() };
      primitive!.extensions = mappings([0, 2, 9], [2]);
      source.meshes![0]!.primitives.push(second);
    });
    expect(errors).toEqual([]);
    expect(codes).toEqual(['replaced_values', 'removed_variants']);
    const names = (json.extensions!.KHR_materials_variants as { variants: { name: string }[] }).variants;
    expect(names.map(({ name }) => name)).toEqual(['Variant 1', 'Variant 2', 'Blue']);
    expect(json.meshes![0]!.primitives.map(({ extensions }) => extensions?.KHR_materials_variants)).toEqual([
      { mappings: [{ material: 0, variants: [0, 2] }] },
      undefined,
    ]);
  });

  it('quantised directions without unit length, in a file that does not require quantisation', async () => {
    const { codes, errors, json } = await processed((source, add) => {
      source.extensionsUsed = ['KHR_mesh_quantization'];
      const { attributes } = source.meshes![0]!.primitives[0]!;
      attributes.NORMAL = add([0, 0, 3, 0, 0, 0, 0, 90, -90, 0, 0, 0], 'VEC4', 5120);
      attributes.TANGENT = add([9, 0, 0, 1, 127, 0, 0, 127, 0, 1, 1, -3], 'VEC4', 5120);
      for (const at of [attributes.NORMAL, attributes.TANGENT]) source.accessors![at]!.normalized = true;
      // Elements of four bytes, as all attributes have them.
      Object.assign(source.accessors![attributes.NORMAL]!, { type: 'VEC3', count: 3 });
      source.bufferViews![source.accessors![attributes.NORMAL]!.bufferView!]!.byteStride = 4;
    });
    expect(errors).toEqual([]);
    expect(codes).toEqual(['normalised_normals', 'replaced_normals', 'normalised_tangents', 'required_extensions']);
    expect(json.extensionsRequired).toEqual(['KHR_mesh_quantization']);
  });

  it('copies whose places are no numbers, no rotations, or fewer than there are copies', async () => {
    const { codes, errors, json } = await processed((source, add) => {
      source.extensionsUsed = ['EXT_mesh_gpu_instancing'];
      const attributes = {
        TRANSLATION: add([1, 2, 3, Number.NaN, 0, 0], 'VEC3'),
        ROTATION: add([0, 0, 0, 2, 0, 0, 0, 1], 'VEC4'),
        SCALE: add([1, 1, 1], 'VEC3'),
      };
      source.nodes![0]!.extensions = { EXT_mesh_gpu_instancing: { attributes } };
      const scalar = { EXT_mesh_gpu_instancing: { attributes: { TRANSLATION: add([1], 'SCALAR') } } };
      source.nodes!.push({ mesh: 0, extensions: scalar });
      source.scenes![0]!.nodes!.push(1);
    });
    expect(errors).toEqual([]);
    expect(codes).toEqual(['removed_instance_attributes', 'replaced_instances']);
    const kept = json.nodes!.map(({ extensions }) => extensions?.EXT_mesh_gpu_instancing as { attributes: object });
    expect(kept.map((instances) => instances && Object.keys(instances.attributes))).toEqual([
      ['TRANSLATION', 'ROTATION'],
      undefined,
    ]);
  });

  it('skin weights whose sum is off by more than rounding', async () => {
    const { errors, json } = await processed((source, add) => {
      source.skins = [{ joints: [0] }];
      const { attributes } = source.meshes![0]!.primitives[0]!;
      attributes.JOINTS_0 = add(Array(12).fill(0), 'VEC4', 5121);
      attributes.WEIGHTS_0 = add([1.0000007, 0, 0, 0, 1, 0, 0, 0, 0.9999993, 0, 0, 0], 'VEC4');
      source.nodes![0]!.skin = 0;
    });
    expect(errors).toEqual([]);
    expect(json.skins).toHaveLength(1);
  });

  it('textures without coordinates to look them up by', async () => {
    const { codes, errors, json } = await processed((source, add) => {
      source.images = [{ uri: 'a.png' }];
      source.textures = [{ source: 0 }];
      source.extensionsUsed = ['KHR_materials_clearcoat'];
      source.materials = [
        {
          name: 'Paint',
          pbrMetallicRoughness: { baseColorTexture: { index: 0 }, baseColorFactor: [1, 0, 0, 1] },
          normalTexture: { index: 0, texCoord: 1 },
          extensions: { KHR_materials_clearcoat: { clearcoatTexture: { index: 0, texCoord: 1 } } },
        },
      ];
      const [primitive] = source.meshes![0]!.primitives;
      primitive!.material = 0;
      const uv = add([0, 0, 1, 0, 0, 1], 'VEC2');
      const bare = { ...primitive!, attributes: { ...primitive!.attributes } };
      primitive!.attributes.TEXCOORD_0 = uv;
      const full = { ...primitive!, attributes: { ...primitive!.attributes, TEXCOORD_1: uv } };
      source.meshes![0]!.primitives.push(bare, full);
    });
    expect(errors).toEqual([]);
    expect(codes).toContain('removed_texture_uses');
    const materials = json.meshes![0]!.primitives.map(({ material }) => json.materials![material!]!);
    expect(materials.map(({ name }) => name)).toEqual(['Paint', 'Paint', 'Paint']);
    expect(materials.map((material) => Boolean(material.pbrMetallicRoughness!.baseColorTexture))).toEqual([
      true,
      false,
      true,
    ]);
    expect(materials.map((material) => Boolean(material.normalTexture))).toEqual([false, false, true]);
    expect(
      materials.map(({ extensions }) => 'clearcoatTexture' in (extensions!.KHR_materials_clearcoat as object)),
    ).toEqual([false, false, true]);
  });

  it('morph targets of other types, without a base, or in one part of a mesh only; weights that move nothing', async () => {
    const { codes, errors, json } = await processed((source, add) => {
      const [primitive] = source.meshes![0]!.primitives;
      const bare = { ...primitive! };
      primitive!.targets = [{ _X: 0 }, { POSITION: add([0, 0, 0, 0, 0, 0], 'VEC2') }, { POSITION: 0 }];
      source.meshes!.push({ primitives: [{ attributes: { POSITION: 0 } }] });
      source.meshes![0]!.primitives.push(bare);
      source.nodes!.push({ mesh: 1 });
      source.scenes![0]!.nodes!.push(1);
      const input = add([0], 'SCALAR');
      source.accessors![input]!.min = [0];
      source.accessors![input]!.max = [0];
      source.animations = [
        {
          samplers: [
            { input, output: add([1], 'SCALAR') },
            { input, output: add([0, 0, 0, 1, 1, 1, 0, 0, 0], 'VEC3'), interpolation: 'CUBICSPLINE' },
          ],
          channels: [
            { sampler: 0, target: { node: 1, path: 'weights' } },
            { sampler: 1, target: { node: 1, path: 'scale' } },
          ],
        },
      ];
    });
    expect(errors).toEqual([]);
    expect(codes).toEqual(
      expect.arrayContaining(['replaced_morph_targets', 'added_morph_targets', 'removed_channels']),
    );
    expect(json.meshes![0]!.primitives.map(({ targets }) => targets!.length)).toEqual([3, 3]);
    expect(json.animations![0]!.samplers[0]!.interpolation).toBe('STEP');
  });

  it('morph targets stored as numbers that no movement is stored as', async () => {
    const { codes, errors, json } = await processed((source, add) => {
      const [primitive] = source.meshes![0]!.primitives;
      primitive!.targets = [{ NORMAL: add([0, 0, 1, 0, 0, 1, 0, 0, 1], 'VEC3', 5121) }];
    });
    expect(errors).toEqual([]);
    expect(codes).toContain('converted_attributes');
    const moved = json.meshes![0]!.primitives[0]!.targets![0]!.NORMAL!;
    expect(json.accessors![moved]!.componentType).toBe(5126);
  });

  it('anisotropy that has no direction gets tangents where they can be computed, and goes elsewhere', async () => {
    const anisotropic = (source: GLTF.IGLTF, coordinates: number | undefined) => {
      const [primitive] = source.meshes![0]!.primitives;
      const extension = { anisotropyStrength: 0.5 };
      source.materials = [{ extensions: { KHR_materials_anisotropy: extension } }];
      source.extensionsUsed = ['KHR_materials_anisotropy'];
      primitive!.material = 0;
      if (coordinates !== undefined) primitive!.attributes.TEXCOORD_0 = coordinates;
    };
    const given = await processed((source, add) => anisotropic(source, add([0, 0, 1, 0, 0, 1], 'VEC2')));
    expect([given.errors, given.codes]).toEqual([[], ['generated_tangents']]);
    expect(given.json.meshes![0]!.primitives[0]!.attributes).toHaveProperty('TANGENT');
    const bare = await processed((source) => anisotropic(source, undefined));
    expect([bare.errors, bare.codes]).toEqual([[], ['removed_anisotropy']]);
    expect(bare.json.materials![0]!.extensions).toBeUndefined();
  });

  it('a normal texture of the clear coat gets its direction in the same way', async () => {
    const coated = (source: GLTF.IGLTF, coordinates: number, mode: GLTF.MeshPrimitiveMode) => {
      const [primitive] = source.meshes![0]!.primitives;
      source.images = [{ uri: 'a.png' }];
      source.textures = [{ source: 0 }];
      const extension = { clearcoatFactor: 1, clearcoatNormalTexture: { index: 0 } };
      source.materials = [{ extensions: { KHR_materials_clearcoat: extension } }];
      source.extensionsUsed = ['KHR_materials_clearcoat'];
      primitive!.material = 0;
      primitive!.mode = mode;
      primitive!.attributes.TEXCOORD_0 = coordinates;
    };
    const given = await processed((source, add) => coated(source, add([0, 0, 1, 0, 0, 1], 'VEC2'), 4));
    expect([given.errors, given.codes]).toEqual([[], ['generated_tangents']]);
    expect(given.json.meshes![0]!.primitives[0]!.attributes).toHaveProperty('TANGENT');
    const line = await processed((source, add) => coated(source, add([0, 0, 1, 0, 0, 1], 'VEC2'), 3));
    expect(line.errors).toEqual([]);
    expect(line.codes).toContain('removed_coat_normals');
  });

  it('bind matrices that are not affine, joints that move a vertex twice', async () => {
    const { codes, errors, json } = await processed((source, add) => {
      const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0.5, 0, 0, 0, 1];
      source.skins = [{ joints: [0], inverseBindMatrices: add(matrix, 'MAT4') }];
      const { attributes } = source.meshes![0]!.primitives[0]!;
      attributes.JOINTS_0 = add([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'VEC4', 5121);
      attributes.WEIGHTS_0 = add([0.5, 0.25, 0.25, 0, 1, 0, 0, 0, 0, 0, 0, 1], 'VEC4');
      source.nodes![0]!.skin = 0;
    });
    expect(errors).toEqual([]);
    expect(codes).toContain('repaired_bind_matrices');
    expect(json.skins).toHaveLength(1);
  });

  it('leaves nothing of geometry that was removed', async () => {
    const { codes, errors, json } = await processed((source, add) => {
      const position = add(Array(9).fill(Number.NaN), 'VEC3');
      source.meshes!.push({
        primitives: [{ attributes: { POSITION: position, TEXCOORD_0: add(Array(6).fill(Number.NaN), 'VEC2') } }],
      });
      source.nodes!.push({ mesh: 1 });
      source.scenes![0]!.nodes!.push(1);
    });
    expect(codes).toContain('removed_primitives');
    expect(errors).toEqual([]);
    expect(json.accessors).toHaveLength(3);
  });

  it('takes a PNG that never comes to its data for damaged', async () => {
    const broken = PNG.slice();
    broken[8] = 0x7f;
    const json = triangle();
    json.images = [{ uri: 'a.png' }];
    json.textures = [{ source: 0 }];
    json.materials = [{ emissiveTexture: { index: 0 } }];
    const { report } = await processModel(files(json, data(), { name: 'a.png', bytes: broken }), LIMITS);
    expect(report.corrections.map(({ code }) => code)).toEqual(['damaged_texture']);
  });
});
