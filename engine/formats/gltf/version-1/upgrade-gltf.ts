import type { GLTF } from '@gltf-transform/core';
import { isObject, type Json, JsonDictionary } from './json-dictionary.ts';
import { upgradeMaterial } from './upgrade-materials.ts';

/** What was lost on the way, for the report. */
export interface UpgradedGltf {
  json: GLTF.IGLTF;
  /** Skins that could not be kept. */
  droppedSkins: number;
}

const COMPONENT_BYTES: Record<number, number> = { 5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4 };
const WIDTHS: Record<string, number> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 };
const SEMANTICS: Record<string, string> = {
  COLOR: 'COLOR_0',
  JOINT: 'JOINTS_0',
  WEIGHT: 'WEIGHTS_0',
  TEXCOORD: 'TEXCOORD_0',
};
const KNOWN = /^(POSITION|NORMAL|TANGENT|TEXCOORD_\d+|COLOR_\d+|JOINTS_\d+|WEIGHTS_\d+|_.*)$/;
const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** Whether the JSON is that of glTF 1.0: it says so, or it says nothing and has dictionaries where 2.0 has lists. */
export function isGltf1(json: unknown): boolean {
  if (!isObject(json)) return false;
  const version = isObject(json.asset) ? json.asset.version : undefined;
  if (version === undefined) return isObject(json.meshes) && isObject(json.accessors);
  return (typeof version === 'string' && /^1\.\d/.test(version)) || version === 1;
}

/**
 * Makes glTF 2.0 of the JSON of glTF 1.0. Ids become numbers, techniques metallic-roughness materials, strides move
 * from accessors to buffer views of their own. The result has to pass the same checks as any other asset.
 */
export function upgradeGltf(source: Json): UpgradedGltf {
  return new Upgrader(source).run();
}

class Upgrader {
  private readonly source: Json;
  private readonly tables = new Map<string, JsonDictionary>();
  private readonly views: Json[] = [];
  private droppedSkins = 0;

  constructor(source: Json) {
    this.source = source;
  }

  run(): UpgradedGltf {
    const { source } = this;
    const buffers = this.orderedBuffers();
    const nodes = this.nodes();
    const accessors = this.list('accessors', (_, accessor) => this.accessor(accessor, buffers));
    const json: Json = {
      asset: { version: '2.0', ...(isObject(source.asset) && { generator: source.asset.generator }) },
      buffers: buffers.map(([id, buffer]) => ({
        byteLength: buffer.byteLength ?? 0,
        ...(id !== 'binary_glTF' && { uri: buffer.uri }),
      })),
      accessors,
      images: this.list('images', (id, image) => this.image(id, image, buffers)),
      samplers: this.list('samplers', (_, sampler) => pick(sampler, 'magFilter', 'minFilter', 'wrapS', 'wrapT')),
      textures: this.list('textures', (_, texture) => ({
        source: this.number('images', texture.source),
        ...(texture.sampler !== undefined && { sampler: this.number('samplers', texture.sampler) }),
      })),
      materials: this.list('materials', (id, material) =>
        upgradeMaterial(id, material, this.table('techniques'), this.table('textures')),
      ),
      meshes: this.list('meshes', (id, mesh) => this.mesh(id, mesh)),
      cameras: this.list('cameras', (id, camera) => ({
        name: camera.name ?? id,
        ...pick(camera, 'type', 'perspective', 'orthographic'),
      })),
      nodes,
      skins: this.list('skins', (id, skin) => this.skin(id, skin)),
      animations: this.list('animations', (id, animation) => this.animation(id, animation)).filter(
        ({ channels }) => Array.isArray(channels) && channels.length > 0,
      ),
      scenes: this.list('scenes', (id, scene) => ({
        name: scene.name ?? id,
        nodes: ids(scene.nodes).map((node) => this.number('nodes', node)),
      })),
      bufferViews: this.views,
    };
    if (source.scene !== undefined) json.scene = this.number('scenes', source.scene);
    for (const [key, value] of Object.entries(json)) if (Array.isArray(value) && value.length === 0) delete json[key];
    return { json: json as unknown as GLTF.IGLTF, droppedSkins: this.droppedSkins };
  }

  private table(name: string): JsonDictionary {
    let table = this.tables.get(name);
    if (!table) {
      table = new JsonDictionary(this.source[name]);
      this.tables.set(name, table);
    }
    return table;
  }

  private number(table: string, id: unknown): number {
    return this.table(table).number(id);
  }

  private list(name: string, make: (id: string, value: Json) => Json): Json[] {
    return this.table(name).entries.map(([id, value]) => make(id, value));
  }

  /** The buffer inside of a binary file has to be the first. */
  private orderedBuffers(): [string, Json][] {
    return this.table('buffers').entries.toSorted(
      ([a], [b]) => Number(b === 'binary_glTF') - Number(a === 'binary_glTF'),
    );
  }

  private accessor(accessor: Json, buffers: [string, Json][]): Json {
    const view = this.table('bufferViews').get(accessor.bufferView);
    const component = COMPONENT_BYTES[Number(accessor.componentType)] ?? 4;
    const size = component * (WIDTHS[String(accessor.type)] ?? 1);
    const count = Number(accessor.count) || 0;
    const stride = Number(accessor.byteStride) || 0;
    const start = Number(accessor.byteOffset) || 0;
    const needed = count > 0 ? (stride || size) * (count - 1) + size : 0;
    const left = (Number(view?.byteLength) || 0) - start;
    this.views.push({
      buffer: buffers.findIndex(([id]) => id === view?.buffer),
      byteOffset: (Number(view?.byteOffset) || 0) + start,
      // What the view has too little of is for the check of the structure to say.
      byteLength: Math.max(0, Math.min(needed, left)),
      ...(stride > 0 && stride !== size && { byteStride: stride }),
    });
    const { min, max } = accessor;
    const isVector = [min, max].every((bound) => Array.isArray(bound) && bound.length === size / component);
    return {
      bufferView: this.views.length - 1,
      ...pick(accessor, 'componentType', 'count', 'type'),
      ...(isVector && { min, max }),
    };
  }

  private image(id: string, image: Json, buffers: [string, Json][]): Json {
    const binary = isObject(image.extensions) ? image.extensions.KHR_binary_glTF : undefined;
    if (!isObject(binary)) return { name: image.name ?? id, uri: image.uri };
    const view = this.table('bufferViews').get(binary.bufferView);
    this.views.push({
      buffer: buffers.findIndex(([name]) => name === view?.buffer),
      byteOffset: Number(view?.byteOffset) || 0,
      byteLength: Number(view?.byteLength) || 0,
    });
    return { name: image.name ?? id, bufferView: this.views.length - 1, mimeType: binary.mimeType };
  }

  private mesh(id: string, mesh: Json): Json {
    const primitives = Array.isArray(mesh.primitives) ? mesh.primitives.filter(isObject) : [];
    return {
      name: mesh.name ?? id,
      primitives: primitives.map((primitive) => {
        const attributes: Json = {};
        for (const [semantic, accessor] of Object.entries(isObject(primitive.attributes) ? primitive.attributes : {})) {
          const name = SEMANTICS[semantic] ?? semantic;
          if (this.canHold(name, accessor))
            attributes[KNOWN.test(name) ? name : `_${name}`] = this.number('accessors', accessor);
        }
        return {
          attributes,
          ...(typeof primitive.mode === 'number' && { mode: primitive.mode }),
          ...(primitive.indices !== undefined && { indices: this.number('accessors', primitive.indices) }),
          ...(this.table('materials').get(primitive.material) && {
            material: this.number('materials', primitive.material),
          }),
        };
      }),
    };
  }

  /** Joints may be floats in glTF 1.0, which 2.0 has no place for. */
  private canHold(name: string, accessor: unknown): boolean {
    if (!/^(JOINTS|WEIGHTS)_/.test(name)) return true;
    const type = Number(this.table('accessors').get(accessor)?.componentType);
    return name.startsWith('JOINTS') ? type === 5121 || type === 5123 : type === 5126;
  }

  /** Nodes with several meshes get a node for each behind all others. */
  private nodes(): Json[] {
    const extra: Json[] = [];
    const first = this.table('nodes').entries.length;
    const nodes = this.list('nodes', (id, node) => {
      const meshes = ids(node.meshes).map((mesh) => this.number('meshes', mesh));
      const children = ids(node.children).map((child) => this.number('nodes', child));
      const skin = this.table('skins').get(node.skin);
      const skins = skin && this.isKept(skin) ? { skin: this.number('skins', node.skin) } : {};
      for (const mesh of meshes.slice(1)) {
        children.push(first + extra.length);
        extra.push({ name: `${node.name ?? id} mesh`, mesh, ...skins });
      }
      const hasMatrix = Array.isArray(node.matrix) && JSON.stringify(node.matrix) !== JSON.stringify(IDENTITY);
      return {
        name: node.name ?? id,
        ...(children.length > 0 && { children }),
        ...(meshes.length > 0 && { mesh: meshes[0], ...skins }),
        ...(node.camera !== undefined && { camera: this.number('cameras', node.camera) }),
        ...(hasMatrix ? { matrix: node.matrix } : pick(node, 'translation', 'rotation', 'scale')),
        ...(isObject(node.extras) && { extras: node.extras }),
      };
    });
    return [...nodes, ...extra];
  }

  /** A skin whose bind shape is not at rest would need its matrices multiplied. */
  private isKept(skin: Json): boolean {
    const bind = skin.bindShapeMatrix;
    return bind === undefined || JSON.stringify(bind) === JSON.stringify(IDENTITY);
  }

  private skin(id: string, skin: Json): Json {
    if (!this.isKept(skin)) this.droppedSkins++;
    const names = ids(skin.jointNames).map(String);
    const byName = new Map(
      this.table('nodes').entries.map(([, node], index) => [String(node.jointName ?? ''), index] as const),
    );
    return {
      name: skin.name ?? id,
      joints: names.map((name) => byName.get(name) ?? -1),
      ...(skin.inverseBindMatrices !== undefined && {
        inverseBindMatrices: this.number('accessors', skin.inverseBindMatrices),
      }),
    };
  }

  private animation(id: string, animation: Json): Json {
    const parameters = isObject(animation.parameters) ? animation.parameters : {};
    const samplers = new JsonDictionary(animation.samplers);
    const channels = Array.isArray(animation.channels) ? animation.channels.filter(isObject) : [];
    return {
      name: animation.name ?? id,
      samplers: samplers.entries.map(([, sampler]) => ({
        input: this.number('accessors', parameters[String(sampler.input)]),
        output: this.number('accessors', parameters[String(sampler.output)]),
      })),
      channels: channels.map((channel) => {
        const target = isObject(channel.target) ? channel.target : {};
        return {
          sampler: samplers.number(channel.sampler),
          target: { node: this.number('nodes', target.id), path: target.path },
        };
      }),
    };
  }
}

function pick(source: Json, ...keys: string[]): Json {
  return Object.fromEntries(keys.flatMap((key) => (source[key] === undefined ? [] : [[key, source[key]]])));
}

function ids(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
