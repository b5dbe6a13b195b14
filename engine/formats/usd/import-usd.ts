import { type Animation, type AnimationChannel, Document } from '@gltf-transform/core';
import type { AnimationClip, Group, Object3D } from 'three';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections, plural } from '../corrections.ts';
import { type FindingKind, Findings } from '../findings.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { TextureLibrary } from '../textures/texture-library.ts';
import { addBlendWeights } from './blend-weights.ts';
import { UsdDocument } from './build-document.ts';
import { mergeMaterials } from './merge-materials.ts';
import { readUsd } from './read-usd.ts';
import type { BlendWeights } from './stage-composer.ts';

const KINDS = {
  unsupported_texture: [
    'warning',
    'textures are missing or in a format that glTF does not hold',
    'Pack the textures as PNG or JPEG into the USDZ.',
  ],
  reader_warning: ['warning', 'things could not be read', 'Export the model as a USDZ in which everything is packed.'],
  unread_prims: [
    'warning',
    'prims (curves, patches, volumes, environment lights) are not read',
    'Convert curves and patches to meshes before the export.',
  ],
  missing_reference: [
    'warning',
    'references lead to layers, prims or images that were not given',
    'Upload the files that the stage refers to together with it, or export it as a USDZ in which everything is packed.',
  ],
} as const satisfies Record<string, FindingKind>;

const PATHS = { position: 'translation', quaternion: 'rotation', scale: 'scale' } as const;

/**
 * Reads USD (text, crate and USDZ packages): meshes with subsets, vertex colours and blend shapes, preview surfaces,
 * skeletons and animation, clouds of points, instancers, cameras and lights, custom properties. References lead to what
 * is in the package or among the files.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `archive_unsafe`
 */
export async function importUsd(main: ModelFile, files: ResourceFiles, limits: ModelLimits): Promise<ImportedModel> {
  const { group, warnings, unread, missing, weights } = await readUsd(main, files, limits);
  const findings = new Findings(main.name, KINDS);
  for (const warning of warnings) findings.add('reader_warning', warning);
  for (const prim of unread) findings.add('unread_prims', prim);
  for (const reference of missing) findings.add('missing_reference', reference);
  const document = new Document();
  const textures = new TextureLibrary(document, files, main, limits, (_, reference) =>
    findings.add('unsupported_texture', reference),
  );
  const builder = new UsdDocument(document, textures, limits, main.name);
  builder.build(group);
  const corrections = new Corrections();
  const scale = group.scale.x;
  if (scale !== 1)
    corrections.add('units_to_metres', 1, () => `The unit of the stage was converted to metres (× ${scale}).`);
  if (group.quaternion.x < -0.5)
    corrections.add('up_axis', 1, () => '+Z is up in the stage: the model was turned so that +Y is.');
  await addAnimations(document, group, builder, weights, corrections);
  mergeMaterials(document);
  corrections.add(
    'hidden_nodes',
    builder.hidden,
    (n) => `${plural(n, 'prim')} ${n === 1 ? 'is' : 'are'} hidden in the file and ${n === 1 ? 'stays' : 'stay'} so.`,
  );
  corrections.add(
    'converted_lights',
    builder.areaLights,
    (n) => `${plural(n, 'area light')} became ${n === 1 ? 'a spot light' : 'spot lights'} of the same strength ahead.`,
  );
  return {
    document,
    corrections: corrections.list(),
    generator: null,
    findings: findings.report(),
    polygons: builder.polygons.report(),
  };
}

async function addAnimations(
  document: Document,
  group: Group,
  builder: UsdDocument,
  weights: readonly BlendWeights[],
  corrections: Corrections,
): Promise<void> {
  const { PropertyBinding } = await import('three');
  const clips = group.animations as AnimationClip[];
  const tracks = clips.flatMap((clip) => clip.tracks);
  // A stage has one time line, which the reader divides by prims.
  const animation = document.createAnimation(clips[0]?.name ?? weights[0]?.name ?? '');
  const moving: { times: ArrayLike<number> }[] = [...tracks, ...weights];
  const start = moving.reduce((least, { times }) => Math.min(least, times[0] ?? Infinity), Infinity);
  if (start > 0 && start < Infinity)
    corrections.add('clip_start', 1, () => 'The clip began later than at 0 and was moved there.');
  for (const track of tracks) {
    const { nodeName, propertyName } = PropertyBinding.parseTrackName(track.name);
    const target = PropertyBinding.findNode(group, nodeName) as Object3D | null;
    const node = target && builder.nodes.get(target);
    const path = PATHS[propertyName as keyof typeof PATHS];
    if (!node || !path) continue;
    const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer();
    const input = document
      .createAccessor()
      .setType('SCALAR')
      .setBuffer(buffer)
      .setArray(Float32Array.from(track.times, (time) => time - start));
    const output = document
      .createAccessor()
      .setType(path === 'rotation' ? 'VEC4' : 'VEC3')
      .setBuffer(buffer)
      .setArray(Float32Array.from(track.values));
    addChannel(
      document,
      animation,
      document.createAnimationChannel().setTargetNode(node).setTargetPath(path),
      input,
      output,
      track.getInterpolation() === 2300,
    );
  }
  addBlendWeights(document, animation, start, builder.shapes, weights);
  if (animation.listChannels().length === 0) animation.dispose();
}

function addChannel(
  document: Document,
  animation: Animation,
  channel: AnimationChannel,
  input: ReturnType<Document['createAccessor']>,
  output: ReturnType<Document['createAccessor']>,
  isStepped: boolean,
): void {
  const sampler = document
    .createAnimationSampler()
    .setInput(input)
    .setOutput(output)
    .setInterpolation(isStepped ? 'STEP' : 'LINEAR');
  animation.addSampler(sampler).addChannel(channel.setSampler(sampler));
}
