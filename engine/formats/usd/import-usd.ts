import { type Animation, type AnimationChannel, Document } from '@gltf-transform/core';
import { dedup } from '@gltf-transform/functions';
import type { AnimationClip, Group, Object3D } from 'three';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections } from '../corrections.ts';
import { type FindingKind, Findings } from '../findings.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { TextureLibrary } from '../textures/texture-library.ts';
import { UsdDocument } from './build-document.ts';
import { readUsd } from './read-usd.ts';

const KINDS = {
  unsupported_texture: [
    'warning',
    'textures are missing or in a format that glTF does not hold',
    'Pack the textures as PNG or JPEG into the USDZ.',
  ],
  reader_warning: ['warning', 'things could not be read', 'Export the model as a USDZ in which everything is packed.'],
  unread_blend_shapes: [
    'warning',
    'blend shapes are not read; the base shape is shown',
    'Export the model as glTF or FBX to keep its blend shapes.',
  ],
} as const satisfies Record<string, FindingKind>;

const PATHS = { position: 'translation', quaternion: 'rotation', scale: 'scale' } as const;

/**
 * Reads USD (text, crate and USDZ packages): meshes with subsets, preview surfaces, skeletons and animation. Only
 * references inside the package are followed. Blend shapes are not read.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `archive_unsafe`
 */
export async function importUsd(main: ModelFile, files: ResourceFiles, limits: ModelLimits): Promise<ImportedModel> {
  const { group, warnings } = await readUsd(main, files, limits);
  const findings = new Findings(main.name, KINDS);
  for (const warning of warnings) findings.add('reader_warning', warning);
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
  await addAnimations(document, group, builder, corrections);
  // The reader makes a material anew for each mesh.
  await document.transform(dedup({ propertyTypes: ['Material'] }));
  if (mentions(main.bytes, 'BlendShape')) findings.add('unread_blend_shapes', main.name);
  return { document, corrections: corrections.list(), generator: null, findings: findings.report() };
}

async function addAnimations(
  document: Document,
  group: Group,
  builder: UsdDocument,
  corrections: Corrections,
): Promise<void> {
  const { PropertyBinding } = await import('three');
  const clips = group.animations as AnimationClip[];
  const tracks = clips.flatMap((clip) => clip.tracks);
  // A stage has one time line, which the reader divides by prims.
  const animation = document.createAnimation(clips[0]?.name ?? '');
  const start = tracks.reduce((least, track) => Math.min(least, track.times[0] ?? Infinity), Infinity);
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

function mentions(bytes: Uint8Array, word: string): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 1 << 20)).includes(`def ${word}`);
}
