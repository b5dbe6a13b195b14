import type { GLTF } from '@gltf-transform/core';
import { formatCount, formatUnsupported, modelInvalid } from '../errors.ts';
import { isIndex, isObject, type Json, JsonChecker } from './json-checker.ts';
import { findHierarchyProblem } from './node-hierarchy.ts';

/** Components of one element by accessor type. */
export const COMPONENTS: Record<string, number> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 };

/** Bytes of one component by `componentType`; 5130 and 5131 are the KHR_accessor_float64 and _float16 numbers. */
export const COMPONENT_BYTES: Record<number, number> = {
  5120: 1,
  5121: 1,
  5122: 2,
  5123: 2,
  5125: 4,
  5126: 4,
  5130: 8,
  5131: 2,
};

/**
 * Checks everything that reading relies on: that lists are lists, numbers are numbers and every index points at
 * something. It does not judge whether the asset follows the specification in full (that is the validator's work);
 * what passes here can be read without undefined values turning up.
 *
 * @throws MaquetteError `format_unsupported` for glTF 1.0, `model_invalid` with up to 20 findings as JSON pointers.
 */
export function checkStructure(json: GLTF.IGLTF, name: string): void {
  const root = json as unknown as Json;
  checkVersion(root, name);
  const checker = new StructureChecker(root);
  checker.run();
  if (checker.count > 0) {
    const first = checker.items[0]!;
    const more = checker.count > 1 ? ` (and ${formatCount(checker.count - 1)} more)` : '';
    throw modelInvalid(
      `${name}#${first.pointer}`,
      `The glTF asset cannot be read: ${first.pointer || 'the root'} ${first.message}${more}.`,
      checker.items,
    );
  }
}

function checkVersion(root: Json, name: string): void {
  const asset = root.asset;
  const version = isObject(asset) ? asset.version : undefined;
  const isOldShape = isObject(root.meshes) || isObject(root.nodes) || isObject(root.accessors);
  if (
    (typeof version === 'string' && version.startsWith('1.')) ||
    (typeof version === 'number' && version < 2) ||
    isOldShape
  ) {
    throw formatUnsupported(
      name,
      `This is a glTF ${isOldShape && version === undefined ? '1.0' : version} asset; Maquette reads glTF 2.0.`,
      'Convert it to glTF 2.0, for example by importing and exporting it with a current 3D editor.',
    );
  }
  if (!isObject(asset)) {
    throw modelInvalid(name, 'The JSON has no "asset" object, which every glTF asset must have.', [
      { pointer: '/asset', message: 'is missing' },
    ]);
  }
  if (typeof version !== 'string' || !/^2\.\d+$/.test(version)) {
    throw formatUnsupported(
      name,
      `The asset declares glTF version ${JSON.stringify(version) ?? 'nothing'}; Maquette reads glTF 2.0.`,
      'Export the model as glTF 2.0.',
    );
  }
}

class StructureChecker extends JsonChecker {
  private readonly root: Json;

  constructor(root: Json) {
    super();
    this.root = root;
  }

  run(): void {
    for (const key of TOP_LEVEL) this.lists.set(key, this.objects(this.root, key, ''));
    this.strings(this.root, 'extensionsUsed', '');
    this.strings(this.root, 'extensionsRequired', '');
    this.ref(this.root, 'scene', 'scenes', '');
    this.each('buffers', (buffer, at) => {
      this.integer(buffer, 'byteLength', at, 0, true);
      this.string(buffer, 'uri', at);
    });
    this.each('bufferViews', (view, at) => {
      this.ref(view, 'buffer', 'buffers', at, true);
      this.integer(view, 'byteLength', at, 0, true);
      this.integer(view, 'byteOffset', at, 0);
      this.integer(view, 'byteStride', at, 1);
      for (const extension of ['EXT_meshopt_compression', 'KHR_meshopt_compression']) this.meshopt(view, extension, at);
    });
    this.each('accessors', (accessor, at) => this.accessor(accessor, at));
    this.each('images', (image, at) => {
      this.ref(image, 'bufferView', 'bufferViews', at);
      this.string(image, 'uri', at);
      this.string(image, 'mimeType', at);
      if (image.bufferView === undefined && image.uri === undefined) this.add(at, 'has neither "uri" nor "bufferView"');
    });
    this.each('textures', (texture, at) => {
      this.ref(texture, 'source', 'images', at);
      this.ref(texture, 'sampler', 'samplers', at);
      for (const extension of ['KHR_texture_basisu', 'EXT_texture_webp', 'EXT_texture_avif']) {
        const value = this.extension(texture, extension, at);
        if (value) this.ref(value, 'source', 'images', `${at}/extensions/${extension}`, true);
      }
    });
    this.each('materials', (material, at) => this.material(material, at));
    this.each('meshes', (mesh, at) => this.mesh(mesh, at));
    this.each('cameras', (camera, at) => this.camera(camera, at));
    this.each('nodes', (node, at) => this.node(node, at));
    this.each('skins', (skin, at) => {
      this.ref(skin, 'inverseBindMatrices', 'accessors', at);
      this.ref(skin, 'skeleton', 'nodes', at);
      this.refs(skin, 'joints', 'nodes', at, true);
    });
    this.each('animations', (animation, at) => this.animation(animation, at));
    this.each('scenes', (scene, at) => this.refs(scene, 'nodes', 'nodes', at));
    if (this.count > 0) return;
    const problem = findHierarchyProblem((this.lists.get('nodes') ?? []) as { children?: number[] }[]);
    if (problem) this.add(problem.pointer, problem.message);
  }

  private accessor(accessor: Json, at: string): void {
    this.integer(accessor, 'count', at, 0, true);
    this.integer(accessor, 'byteOffset', at, 0);
    if (typeof accessor.type !== 'string' || !Object.hasOwn(COMPONENTS, accessor.type)) {
      this.add(`${at}/type`, 'is no accessor type');
    }
    if (typeof accessor.componentType !== 'number' || !Object.hasOwn(COMPONENT_BYTES, accessor.componentType)) {
      this.add(`${at}/componentType`, 'is no component type');
    }
    this.ref(accessor, 'bufferView', 'bufferViews', at);
    if (accessor.sparse === undefined) return;
    if (!isObject(accessor.sparse)) {
      this.add(`${at}/sparse`, 'is no object');
      return;
    }
    this.integer(accessor.sparse, 'count', `${at}/sparse`, 1, true);
    for (const part of ['indices', 'values']) {
      const value = accessor.sparse[part];
      if (!isObject(value)) {
        this.add(`${at}/sparse/${part}`, 'is missing');
        continue;
      }
      this.ref(value, 'bufferView', 'bufferViews', `${at}/sparse/${part}`, true);
      this.integer(value, 'byteOffset', `${at}/sparse/${part}`, 0);
    }
    const indices = accessor.sparse.indices;
    if (isObject(indices) && ![5121, 5123, 5125].includes(indices.componentType as number)) {
      this.add(`${at}/sparse/indices/componentType`, 'is no unsigned integer type');
    }
  }

  private meshopt(view: Json, name: string, at: string): void {
    const value = this.extension(view, name, at);
    if (!value) return;
    const where = `${at}/extensions/${name}`;
    this.ref(value, 'buffer', 'buffers', where, true);
    this.integer(value, 'byteOffset', where, 0);
    this.integer(value, 'byteLength', where, 1, true);
    this.integer(value, 'byteStride', where, 1, true);
    this.integer(value, 'count', where, 1, true);
    if (!['ATTRIBUTES', 'TRIANGLES', 'INDICES'].includes(value.mode as string)) this.add(`${where}/mode`, 'is no mode');
    if (value.filter !== undefined && typeof value.filter !== 'string') this.add(`${where}/filter`, 'is no filter');
  }

  /** Finds texture references wherever a material holds them: the key ends in `Texture`, the value has an `index`. */
  private material(material: Json, at: string): void {
    if (material.pbrMetallicRoughness !== undefined && !isObject(material.pbrMetallicRoughness)) {
      this.add(`${at}/pbrMetallicRoughness`, 'is no object');
    }
    const numbers: [unknown, string, number][] = [
      [material, 'emissiveFactor', 3],
      [material.pbrMetallicRoughness, 'baseColorFactor', 4],
    ];
    for (const [holder, key, length] of numbers) if (isObject(holder)) this.numbers(holder, key, at, length);
    for (const [holder, key] of [
      [material, 'alphaCutoff'],
      [material.pbrMetallicRoughness, 'metallicFactor'],
      [material.pbrMetallicRoughness, 'roughnessFactor'],
    ] as const) {
      if (isObject(holder)) this.number(holder, key, at);
    }
    this.string(material, 'alphaMode', at);
    this.textureInfos(material, at, 0);
  }

  private textureInfos(holder: Json, at: string, level: number): void {
    for (const [key, value] of Object.entries(holder)) {
      if (key === 'extras' || value === undefined) continue;
      if (key.endsWith('Texture')) {
        if (!isObject(value)) this.add(`${at}/${key}`, 'is no object');
        else {
          this.ref(value, 'index', 'textures', `${at}/${key}`, true);
          this.integer(value, 'texCoord', `${at}/${key}`, 0);
        }
      } else if (level < 2 && isObject(value)) {
        this.textureInfos(value, `${at}/${key}`, level + 1);
      }
    }
  }

  private mesh(mesh: Json, at: string): void {
    this.numbers(mesh, 'weights', at);
    for (const [index, primitive] of this.objects(mesh, 'primitives', at, true).entries()) {
      const where = `${at}/primitives/${index}`;
      this.ref(primitive, 'material', 'materials', where);
      this.ref(primitive, 'indices', 'accessors', where);
      this.integer(primitive, 'mode', where, 0, false, 6);
      this.attributes(primitive.attributes, `${where}/attributes`, true);
      if (primitive.targets !== undefined) {
        if (!Array.isArray(primitive.targets)) this.add(`${where}/targets`, 'is no list');
        else
          for (const [i, target] of primitive.targets.entries()) this.attributes(target, `${where}/targets/${i}`, true);
      }
      const draco = this.extension(primitive, 'KHR_draco_mesh_compression', where);
      if (draco) {
        const pointer = `${where}/extensions/KHR_draco_mesh_compression`;
        this.ref(draco, 'bufferView', 'bufferViews', pointer, true);
        if (!isObject(draco.attributes)) this.add(`${pointer}/attributes`, 'is no object');
        else
          for (const key of Object.keys(draco.attributes))
            this.integer(draco.attributes, key, `${pointer}/attributes`, 0);
      }
      const variants = this.extension(primitive, 'KHR_materials_variants', where);
      if (variants) {
        const pointer = `${where}/extensions/KHR_materials_variants`;
        for (const [i, mapping] of this.objects(variants, 'mappings', pointer, true).entries()) {
          this.ref(mapping, 'material', 'materials', `${pointer}/mappings/${i}`, true);
        }
      }
    }
  }

  private attributes(value: unknown, at: string, required: boolean): void {
    if (!isObject(value)) {
      if (required) this.add(at, 'is missing');
      return;
    }
    for (const key of Object.keys(value)) this.ref(value, key, 'accessors', at, true);
  }

  private camera(camera: Json, at: string): void {
    if (camera.type !== 'perspective' && camera.type !== 'orthographic') {
      this.add(`${at}/type`, 'is no camera type');
      return;
    }
    const value = camera[camera.type];
    if (!isObject(value)) {
      this.add(`${at}/${camera.type}`, 'is missing');
      return;
    }
    const keys = camera.type === 'perspective' ? ['yfov', 'znear'] : ['xmag', 'ymag', 'znear', 'zfar'];
    for (const key of keys) this.number(value, key, `${at}/${camera.type}`, true);
  }

  private node(node: Json, at: string): void {
    this.numbers(node, 'translation', at, 3);
    this.numbers(node, 'rotation', at, 4);
    this.numbers(node, 'scale', at, 3);
    this.numbers(node, 'matrix', at, 16);
    this.numbers(node, 'weights', at);
    this.ref(node, 'mesh', 'meshes', at);
    this.ref(node, 'skin', 'skins', at);
    this.ref(node, 'camera', 'cameras', at);
    this.refs(node, 'children', 'nodes', at);
    const instancing = this.extension(node, 'EXT_mesh_gpu_instancing', at);
    if (instancing) this.attributes(instancing.attributes, `${at}/extensions/EXT_mesh_gpu_instancing/attributes`, true);
    const light = this.extension(node, 'KHR_lights_punctual', at);
    if (light) {
      const lights = this.extension(this.root, 'KHR_lights_punctual', '')?.lights;
      const size = Array.isArray(lights) ? lights.length : 0;
      if (!isIndex(light.light, size))
        this.add(`${at}/extensions/KHR_lights_punctual/light`, `is no index below ${size}`);
    }
  }

  private animation(animation: Json, at: string): void {
    const samplers = this.objects(animation, 'samplers', at, true);
    for (const [index, sampler] of samplers.entries()) {
      this.ref(sampler, 'input', 'accessors', `${at}/samplers/${index}`, true);
      this.ref(sampler, 'output', 'accessors', `${at}/samplers/${index}`, true);
    }
    for (const [index, channel] of this.objects(animation, 'channels', at, true).entries()) {
      const where = `${at}/channels/${index}`;
      if (!isIndex(channel.sampler, samplers.length)) {
        this.add(`${where}/sampler`, `is no index below ${samplers.length}, the number of samplers`);
      }
      if (!isObject(channel.target)) this.add(`${where}/target`, 'is missing');
      else this.ref(channel.target, 'node', 'nodes', `${where}/target`);
    }
  }
}

const TOP_LEVEL = [
  'accessors',
  'animations',
  'buffers',
  'bufferViews',
  'cameras',
  'images',
  'materials',
  'meshes',
  'nodes',
  'samplers',
  'scenes',
  'skins',
  'textures',
];
