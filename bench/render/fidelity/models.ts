import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { ModelFile } from '#engine/formats/model-file.ts';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import { makeReferenceModel } from '../../../scripts/make-reference-model.ts';
import { MATERIAL_MODELS } from './material-models.ts';

/** A model of the comparison. */
export interface FidelityModel {
  name: string;
  /** What it shows. */
  shows: string;
  read: () => Promise<ModelFile[]>;
  request: Partial<ImageRequest>;
  /** Compared with Cycles too: its importer reads all of the model's materials. */
  cycles: boolean;
}

/** Models that Blender 3.4 imports with all that they show. */
const CYCLES: ReadonlySet<string> = new Set(['helmet', 'metal-rough', 'clearcoat', 'volume', 'Knight']);

const FRONT = { view: 'front' } as const;

const OURS: Readonly<Record<string, { shows: string; request: Partial<ImageRequest> }>> = {
  'metal-rough': { shows: 'metalness by roughness', request: FRONT },
  'specular-ior': { shows: 'KHR_materials_ior, KHR_materials_specular', request: FRONT },
  clearcoat: { shows: 'KHR_materials_clearcoat, coat and base normals', request: FRONT },
  sheen: { shows: 'KHR_materials_sheen', request: FRONT },
  transmission: { shows: 'KHR_materials_transmission, thin walls', request: FRONT },
  volume: { shows: 'KHR_materials_volume, KHR_materials_ior', request: FRONT },
  dispersion: { shows: 'KHR_materials_dispersion', request: FRONT },
  iridescence: { shows: 'KHR_materials_iridescence', request: FRONT },
  anisotropy: { shows: 'KHR_materials_anisotropy', request: FRONT },
  'diffuse-transmission': { shows: 'KHR_materials_diffuse_transmission', request: FRONT },
  emissive: { shows: 'KHR_materials_emissive_strength', request: FRONT },
  'checker-floor': { shows: 'texture filtering at grazing angles', request: { view: { azimuth: 15, elevation: 8 } } },
  lights: { shows: 'KHR_lights_punctual: point, spot, directional', request: FRONT },
};

const FROM_CORPUS: Readonly<Record<string, { shows: string; request?: Partial<ImageRequest> }>> = {
  'gltf/16_volume/16_volume.gltf': { shows: 'KHR_materials_volume, thickness textures', request: FRONT },
  'gltf/17_ior/17_ior.gltf': { shows: 'KHR_materials_ior, half transmitting' },
  'gltf/20_specular/20_specular.gltf': { shows: 'KHR_materials_specular, textures', request: FRONT },
  'gltf/22_factors/22_factors.gltf': { shows: 'seven extensions on one cube, blended' },
  'gltf/25_anisotropy/25_anisotropy.gltf': { shows: 'KHR_materials_anisotropy, textures', request: FRONT },
  'gltf/01_unlit/01_unlit.gltf': { shows: 'KHR_materials_unlit' },
  'gltf/09_texture_transform/09_texture_transform.gltf': { shows: 'KHR_texture_transform' },
  'gltf/18_variants/18_variants.gltf': { shows: 'KHR_materials_variants, default' },
  'gltf/specgloss/BoxTextured.gltf': { shows: 'KHR_materials_pbrSpecularGlossiness' },
  'gltf/webp/box-textured-separate.gltf': { shows: 'EXT_texture_webp' },
  'gltf/Knight.glb': { shows: 'skins, a character with textures' },
  'gltf/knight_ktx2_etc1s.glb': { shows: 'KHR_texture_basisu' },
  'gltf/character.glb': { shows: 'morph targets and texture transforms' },
};

/** All models of the comparison; without the corpus only those that this folder makes. */
export function fidelityModels(): FidelityModel[] {
  const helmet: FidelityModel = {
    name: 'helmet',
    shows: 'the reference model: metal, enamel, glass with a clearcoat',
    request: {},
    cycles: CYCLES.has('helmet'),
    read: async () => [{ name: 'helmet.glb', bytes: await makeReferenceModel() }],
  };
  const ours = Object.entries(OURS).map(([name, { shows, request }]) => ({
    name,
    shows,
    request,
    cycles: CYCLES.has(name),
    read: async () => [{ name: `${name}.glb`, bytes: await MATERIAL_MODELS[name]!() }],
  }));
  if (!hasCorpus) return [helmet, ...ours];
  const corpus = Object.entries(FROM_CORPUS).map(([path, { shows, request = {} }]) => {
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
    return { name, shows, request, cycles: CYCLES.has(name), read: () => readModel(join(CORPUS, path)) };
  });
  return [helmet, ...ours, ...corpus];
}

/** A model of the corpus with all that lies in its folder; a GLB comes alone unless it refers to files. */
async function readModel(path: string): Promise<ModelFile[]> {
  const folder = dirname(path);
  const main = path.slice(folder.length + 1);
  const others = main.endsWith('.glb')
    ? (await readdir(folder, { recursive: true })).filter((name) => name.startsWith('Textures/'))
    : (await readdir(folder, { recursive: true })).filter((name) => name !== main && /\.\w+$/.test(name));
  return Promise.all([main, ...others].map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
}
