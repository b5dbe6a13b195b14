import type { Random } from '../random.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** Where extensions stand, and what they may say there; `n()` is an index that may or may not exist. */
const TEMPLATES: Record<string, [place: string, make: (n: () => number, random: Random) => Json][]> = {
  KHR_draco_mesh_compression: [['primitive', (n) => ({ bufferView: n(), attributes: { POSITION: n(), NORMAL: n() } })]],
  EXT_meshopt_compression: [
    [
      'bufferViews',
      (n, random) => ({
        buffer: n(),
        byteOffset: random.pick([0, 1, 64]),
        byteLength: random.pick([0, 16, 1e9]),
        byteStride: random.pick([0, 3, 4, 12, 16, 256]),
        count: random.pick([0, 1, 3, 24, 1e9]),
        mode: random.pick(['ATTRIBUTES', 'TRIANGLES', 'INDICES', 'X']),
        filter: random.pick(['NONE', 'OCTAHEDRAL', 'QUATERNION', 'EXPONENTIAL']),
      }),
    ],
  ],
  EXT_mesh_gpu_instancing: [
    ['nodes', (n) => ({ attributes: { TRANSLATION: n(), ROTATION: n(), SCALE: n(), _ID: n() } })],
  ],
  KHR_texture_basisu: [['textures', (n) => ({ source: n() })]],
  EXT_texture_webp: [['textures', (n) => ({ source: n() })]],
  EXT_texture_avif: [['textures', (n) => ({ source: n() })]],
  KHR_lights_punctual: [
    ['root', (_, random) => ({ lights: [{ type: random.pick(['point', 'spot', 'x']), intensity: -1, range: 0 }] })],
    ['nodes', (n) => ({ light: n() })],
  ],
  KHR_materials_variants: [
    ['root', () => ({ variants: [{ name: 'a' }] })],
    ['primitive', (n) => ({ mappings: [{ material: n(), variants: [n(), n()] }] })],
  ],
  KHR_materials_transmission: [['materials', (n) => ({ transmissionFactor: 2, transmissionTexture: { index: n() } })]],
  KHR_materials_volume: [['materials', (n) => ({ thicknessFactor: -1, thicknessTexture: { index: n() } })]],
  KHR_materials_clearcoat: [['materials', (n) => ({ clearcoatNormalTexture: { index: n(), scale: 'a' } })]],
  KHR_materials_anisotropy: [['materials', (n) => ({ anisotropyStrength: 5, anisotropyTexture: { index: n() } })]],
  KHR_materials_iridescence: [['materials', () => ({ iridescenceThicknessMinimum: 900, iridescenceIor: 0 })]],
  KHR_materials_pbrSpecularGlossiness: [
    ['materials', (n) => ({ diffuseTexture: { index: n() }, glossinessFactor: 4 })],
  ],
  KHR_materials_unlit: [['materials', () => ({})]],
  KHR_texture_transform: [['textureInfo', () => ({ offset: [0], rotation: 'a', scale: [1e30, 0], texCoord: 9 })]],
  KHR_gaussian_splatting: [['primitive', () => ({ kernel: 'ellipse', colorSpace: 'x', sortingMethod: 1 })]],
  KHR_animation_pointer: [['channelTarget', (n) => ({ pointer: `/nodes/${n()}/${n()}` })]],
  MSFT_lod: [['nodes', (n) => ({ ids: [n(), n()] })]],
  VENDOR_unknown: [
    ['root', (n) => ({ meshes: [n()], deep: { node: n() } })],
    ['nodes', (n) => ({ node: n(), list: [n(), 'a', null] })],
  ],
};

/** Adds an extension of which some values are wrong, used or required or neither. */
export function addExtension(json: JsonObject, random: Random): void {
  const name = random.pick(Object.keys(TEMPLATES));
  for (const [place, make] of TEMPLATES[name]!) {
    const holders = holdersAt(json, place);
    if (holders.length === 0) continue;
    const holder = random.pick(holders);
    const value = random.chance(0.1) ? random.pick<Json>([null, 1, 'a', [], {}]) : make(() => random.below(6), random);
    holder.extensions = { ...(isObject(holder.extensions) ? holder.extensions : {}), [name]: value };
  }
  if (random.chance(0.9)) append(json, 'extensionsUsed', name);
  if (random.chance(0.3)) append(json, 'extensionsRequired', name);
}

function append(json: JsonObject, list: string, name: string): void {
  const names = json[list];
  json[list] = [...(Array.isArray(names) ? names : []), name];
}

function holdersAt(json: JsonObject, place: string): JsonObject[] {
  const list = (name: string) => (Array.isArray(json[name]) ? json[name] : []).filter(isObject);
  const inside = (objects: JsonObject[], name: string) =>
    objects.flatMap((object) => (Array.isArray(object[name]) ? object[name] : [])).filter(isObject);
  switch (place) {
    case 'root':
      return [json];
    case 'primitive':
      return inside(list('meshes'), 'primitives');
    case 'channelTarget':
      return inside(list('animations'), 'channels')
        .map((channel) => channel.target)
        .filter(isObject);
    case 'textureInfo':
      return list('materials')
        .flatMap((material) => [material.normalTexture, material.emissiveTexture, material.occlusionTexture])
        .filter(isObject);
    default:
      return list(place);
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
