import { mutateBytes } from './mutators/bytes.ts';
import { mutate3ds } from './mutators/chunks-3ds.ts';
import { mutateFbxRecords } from './mutators/fbx-records.ts';
import { mutateFbxTreeToBinary, mutateFbxTreeToText } from './mutators/fbx-tree.ts';
import { mutateGlbChunks, mutateGlbData, mutateGlbJson, mutateGltf, mutateGltfBuffers } from './mutators/gltf.ts';
import { type Mutator, onAny, onMain } from './mutators/mutator.ts';
import { insideGzip } from './mutators/packed.ts';
import { mutateText } from './mutators/text.ts';
import { mutateXml } from './mutators/xml.ts';
import { insideZip, mutateZip } from './mutators/zip.ts';
import {
  binaryFbxSeeds,
  binaryPlySeeds,
  binaryStlSeeds,
  lasSeeds,
  lazSeeds,
  splatPlySeeds,
  splatSeeds,
  spzSeeds,
  textFbxSeeds,
  threeDsSeeds,
  threeMfSeeds,
  usdzSeeds,
  zipSeeds,
} from './seeds/binary-models.ts';
import { corpusSeeds } from './seeds/corpus-seeds.ts';
import { glbSeeds, gltfSeeds } from './seeds/gltf-models.ts';
import type { Seed } from './seeds/seed.ts';
import {
  asciiPlySeeds,
  asciiStlSeeds,
  brepSeeds,
  daeSeeds,
  ifcSeeds,
  objSeeds,
  usdaSeeds,
  vrml1Seeds,
  vrmlSeeds,
  x3dSeeds,
} from './seeds/text-models.ts';

/** How one format is damaged, and how often. */
export interface FuzzFormat {
  /** Of ten thousand cases, about how many are of this format. */
  share: number;
  mutators: readonly (readonly [weight: number, mutate: Mutator])[];
  /** Sound models to start from, small ones: made by code, and from the corpus where it is. */
  seeds(): Promise<Seed[]>;
  /** Whether a third party's native code reads it, which may run into the time limit. */
  native?: true;
}

const text: FuzzFormat['mutators'] = [
  [9, onMain(mutateText)],
  [1, onMain(mutateBytes)],
];
const bytes: FuzzFormat['mutators'] = [[1, onMain(mutateBytes)]];
const xml: FuzzFormat['mutators'] = [
  [5, onMain(mutateXml)],
  [4, onMain(mutateText)],
  [1, onMain(mutateBytes)],
];
const BESIDE_GLTF = /\.(bin|png|jpe?g|webp)$/i;

/** Every format that is read, with what is done to its files. */
export const FUZZ_FORMATS: Record<string, FuzzFormat> = {
  gltf: {
    share: 1500,
    mutators: [
      [6, mutateGltf],
      [2, mutateGltfBuffers],
      [1, onAny(mutateBytes)],
    ],
    async seeds() {
      const corpus = [
        ...['03_all_animations', '03_skinned_cylinder', '01_cs_morph', '18_variants', '22_factors', '04_lights'],
        ...['09_texture_transform', '01_unlit', '17_ior', '20_specular', 'BoxDraco/BoxDraco.gltf'],
        ...[
          'specgloss/BoxTextured.gltf',
          'khr-meshopt/meshopt-no-fallback.gltf',
          'webp/box-textured-with-fallback.gltf',
        ],
      ].map((name) => (name.endsWith('.gltf') ? `gltf/${name}` : `gltf/${name}/${name}.gltf`));
      return [...(await gltfSeeds()), ...(await corpusSeeds(corpus, BESIDE_GLTF))];
    },
  },
  glb: {
    share: 1000,
    mutators: [
      [5, onMain(mutateGlbJson)],
      [2, onMain(mutateGlbChunks)],
      [2, onMain(mutateGlbData)],
      [1, onMain(mutateBytes)],
    ],
    async seeds() {
      const corpus = ['gltf/BoxMeshopt.glb', 'gltf/character.glb', 'gltf/space.glb', 'corrupt/fuzz.glb'];
      return [...(await glbSeeds()), ...(await corpusSeeds(corpus))];
    },
  },
  'fbx-binary': {
    share: 1250,
    mutators: [
      [6, onMain(mutateFbxTreeToBinary)],
      [3, onMain(mutateFbxRecords)],
      [1, onMain(mutateBytes)],
    ],
    async seeds() {
      const corpus = [
        ...['maya_cube_6100_binary', 'maya_blend_shape_cube_7700_binary', 'maya_game_sausage_7500_binary_wiggle'],
        ...['max_physical_material_textures_7500_binary', 'maya_null_pivots_7700_binary', 'max2009_blob_5800_binary'],
        ...['blender_279_sausage_7400_binary', 'synthetic_unsafe_cube_7500_binary'],
      ].map((name) => `fbx/${name}.fbx`);
      return [...binaryFbxSeeds(), ...(await corpusSeeds(corpus))];
    },
  },
  'fbx-text': {
    share: 750,
    mutators: [
      [5, onMain(mutateFbxTreeToText)],
      [5, onMain(mutateText)],
    ],
    async seeds() {
      const corpus = [
        ...['maya_game_sausage_6100_ascii_combined', 'max_pbr_metal_rough_material_7700_ascii'],
        ...['maya_material_chart_7700_ascii', 'synthetic_recursive_connections_7700_ascii'],
      ].map((name) => `fbx/${name}.fbx`);
      return [...textFbxSeeds(), ...(await corpusSeeds(corpus))];
    },
  },
  zip: {
    share: 600,
    mutators: [
      [7, onMain(mutateZip)],
      [2, onMain(insideZip(mutateText, (name) => /\.(obj|mtl)$/.test(name)))],
      [1, onMain(insideZip(mutateBytes))],
    ],
    seeds: async () => zipSeeds(),
  },
  obj: {
    share: 750,
    mutators: [
      [5, onMain(mutateText)],
      [4, onAny(mutateText)],
      [1, onAny(mutateBytes)],
    ],
    async seeds() {
      const corpus = ['obj/cube_with_vertexcolors.obj', 'obj/concave_polygon.obj', 'obj/box_UTF16BE.obj'];
      const withMaterials = await corpusSeeds(['obj/box-complex-material/box-complex-material.obj'], /\.mtl$/);
      return [...objSeeds(), ...(await corpusSeeds(corpus)), ...withMaterials];
    },
  },
  'stl-binary': {
    share: 250,
    mutators: bytes,
    seeds: async () => [...binaryStlSeeds(), ...(await corpusSeeds(['stl/sphereWithHole.stl']))],
  },
  'stl-text': {
    share: 250,
    mutators: text,
    seeds: async () => [...asciiStlSeeds(), ...(await corpusSeeds(['stl/triangle_with_two_solids.stl']))],
  },
  'ply-binary': {
    share: 350,
    mutators: [
      [1, onMain(mutateText)],
      [1, onMain(mutateBytes)],
    ],
    async seeds() {
      const corpus = ['ply/cube_binary.ply', 'ply/cube_rgb_binary.ply', 'ply/points_bin.ply'];
      return [...binaryPlySeeds(), ...(await corpusSeeds(corpus))];
    },
  },
  'ply-text': {
    share: 350,
    mutators: text,
    seeds: async () => [...asciiPlySeeds(), ...(await corpusSeeds(['ply/float-color.ply']))],
  },
  'splat-ply': {
    share: 150,
    mutators: [
      [1, onMain(mutateText)],
      [1, onMain(mutateBytes)],
    ],
    seeds: async () => splatPlySeeds(),
  },
  '3mf': {
    share: 500,
    mutators: [
      [5, onMain(insideZip(mutateXml, (name) => name.endsWith('.model')))],
      [2, onMain(insideZip(mutateText, (name) => name.endsWith('.model')))],
      [1, onMain(insideZip(mutateBytes))],
      [2, onMain(mutateZip)],
    ],
    seeds: async () => [...threeMfSeeds(), ...(await corpusSeeds(['3mf/pyramid_vertexcolor.3mf']))],
  },
  dae: {
    share: 550,
    mutators: xml,
    async seeds() {
      const corpus = ['dae/cube_tristrips.dae', 'dae/library_animation_clips.dae'];
      return [...daeSeeds(), ...(await corpusSeeds(corpus))];
    },
  },
  '3ds': {
    share: 350,
    mutators: [
      [7, onMain(mutate3ds)],
      [3, onMain(mutateBytes)],
    ],
    async seeds() {
      return [...threeDsSeeds(), ...(await corpusSeeds(['3ds/cube_hierarchy.3ds', '3ds/test1/test1.3ds']))];
    },
  },
  usda: {
    share: 250,
    mutators: text,
    async seeds() {
      return [...usdaSeeds(), ...(await corpusSeeds(['usd/geomsubset-material-001.usda', 'usd/blendshape.usda']))];
    },
  },
  usdc: { share: 150, mutators: bytes, seeds: () => corpusSeeds(['usd/suzanne.usdc']) },
  usdz: {
    share: 200,
    mutators: [
      [4, onMain(insideZip(mutateText, (name) => name.endsWith('.usda')))],
      [3, onMain(insideZip(mutateBytes))],
      [3, onMain(mutateZip)],
    ],
    async seeds() {
      return [...usdzSeeds(), ...(await corpusSeeds(['usd/RiggedSimple.usdz', 'usd/texture-cat-plane.usdz']))];
    },
  },
  x3d: {
    share: 250,
    mutators: xml,
    seeds: async () => [...x3dSeeds(), ...(await corpusSeeds(['x3d/HelloX3dTrademark.x3d']))],
  },
  vrml: { share: 250, mutators: text, seeds: async () => vrmlSeeds() },
  'vrml-1': { share: 250, mutators: text, seeds: async () => vrml1Seeds() },
  step: {
    share: 60,
    mutators: text,
    seeds: () => corpusSeeds(['cad/cube-in.step', 'cad/rounded-cube.step']),
    native: true,
  },
  iges: { share: 60, mutators: text, seeds: () => corpusSeeds(['cad/cube-10x10.igs']), native: true },
  brep: { share: 100, mutators: text, seeds: async () => brepSeeds(), native: true },
  ifc: { share: 150, mutators: text, seeds: async () => ifcSeeds(), native: true },
  las: { share: 200, mutators: bytes, seeds: async () => lasSeeds() },
  laz: { share: 150, mutators: bytes, seeds: async () => lazSeeds(), native: true },
  spz: {
    share: 200,
    mutators: [
      [7, onMain(insideGzip(mutateBytes))],
      [3, onMain(mutateBytes)],
    ],
    seeds: async () => [...spzSeeds(), ...(await corpusSeeds(['splat/minimal-v2.spz', 'splat/minimal-v4.spz']))],
  },
  splat: {
    share: 100,
    mutators: bytes,
    seeds: async () => [...splatSeeds(), ...(await corpusSeeds(['splat/minimal.splat']))],
  },
  textures: {
    share: 130,
    // A sound model whose pictures are not.
    mutators: [[1, ([main, ...others], random) => [main!, ...onAny(mutateBytes)(others, random)]]],
    seeds: () =>
      corpusSeeds(
        ['gltf/webp/box-textured-with-fallback.gltf', 'gltf/specgloss/BoxTextured.gltf', 'dae/duck/duck.dae'],
        /\.(bin|png|webp|tga)$/i,
      ),
  },
};
