import type { Document, Material } from '@gltf-transform/core';
import { clipName } from '#contracts/model/clip-name.ts';
import { type Clip, selectClip } from '../../animation/clip.ts';
import { walkScene } from '../../render/draws.ts';
import { Corrections, plural } from '../corrections.ts';
import type { Exporter } from '../exporter.ts';
import { addAnimation } from './export/animation-objects.ts';
import { FbxDraft } from './export/fbx-draft.ts';
import { MaterialImageMaker, type MaterialImages } from './export/material-images.ts';
import { MaterialObjects } from './export/material-objects.ts';
import { addScene } from './export/scene-objects.ts';
import { TextWriter } from './export/text-writer.ts';
import { ticksOf } from './export/units.ts';

const DOCUMENT_ID = 1000;
/** Of the enumeration of time modes: 30 frames a second. */
const THIRTY_FRAMES = 6;

/**
 * Writes a document as FBX 7.4 in text form: centimetres, +Y up, textures embedded, every animation a stack of its own.
 * Times and ids are the same each time.
 *
 * @throws MaquetteError `image_malformed` for a texture that cannot be decoded
 */
export const writeFbx: Exporter = async (document, { stem, host }) => {
  const report = new Corrections();
  const maker = new MaterialImageMaker(host, report);
  const images = new Map<Material, MaterialImages>();
  for (const material of materialsOf(document)) images.set(material, await maker.make(material));
  const clips = clipsOf(document);
  const draft = new FbxDraft();
  const scene = addScene(draft, document, new MaterialObjects(draft, images, report), report);
  for (const clip of clips) addAnimation(draft, clip, scene);
  reportLosses(document, clips, report);
  const writer = new TextWriter();
  writeHeader(writer, clips);
  draft.write(writer);
  return { files: [{ path: `${stem}.fbx`, bytes: writer.finish() }], warnings: report.list() };
};

function writeHeader(writer: TextWriter, clips: readonly Clip[]): void {
  writer.comment('FBX 7.4.0 project file');
  writer.block('FBXHeaderExtension', [], () => {
    writer.node('FBXHeaderVersion', 1003);
    writer.node('FBXVersion', 7400);
    writer.block('CreationTimeStamp', [], () => {
      writer.node('Version', 1000);
      for (const [part, value] of [
        ['Year', 2000],
        ['Month', 1],
        ['Day', 1],
        ['Hour', 0],
        ['Minute', 0],
      ] as const)
        writer.node(part, value);
      writer.node('Second', 0);
      writer.node('Millisecond', 0);
    });
    writer.node('Creator', 'Maquette');
  });
  writer.block('GlobalSettings', [], () => {
    writer.node('Version', 1000);
    writer.properties(() => {
      const integer = (name: string, value: number): void => writer.property(name, 'int', 'Integer', '', value);
      integer('UpAxis', 1);
      integer('UpAxisSign', 1);
      integer('FrontAxis', 2);
      integer('FrontAxisSign', 1);
      integer('CoordAxis', 0);
      integer('CoordAxisSign', 1);
      integer('OriginalUpAxis', 1);
      integer('OriginalUpAxisSign', 1);
      writer.property('UnitScaleFactor', 'double', 'Number', '', 1);
      writer.property('OriginalUnitScaleFactor', 'double', 'Number', '', 1);
      writer.property('TimeMode', 'enum', '', '', THIRTY_FRAMES);
      writer.property('TimeSpanStart', 'KTime', 'Time', '', 0);
      writer.property(
        'TimeSpanStop',
        'KTime',
        'Time',
        '',
        ticksOf(Math.max(1, ...clips.map(({ seconds }) => seconds))),
      );
    });
  });
  writer.block('Documents', [], () => {
    writer.node('Count', 1);
    writer.block('Document', [DOCUMENT_ID, '', 'Scene'], () => {
      writer.properties(() => writer.property('ActiveAnimStackName', 'KString', '', '', clips[0]?.name ?? ''));
      writer.node('RootNode', 0);
    });
  });
  writer.block('References', [], () => {});
}

function clipsOf(document: Document): Clip[] {
  const names = document
    .getRoot()
    .listAnimations()
    .map((animation, i) => clipName(animation.getName(), i));
  // Of several with one name, each is asked for by the first.
  return [...new Set(names)].map((name) => selectClip(document, name)).filter(({ nodes }) => nodes.length > 0);
}

function materialsOf(document: Document): Set<Material> {
  const materials = new Set<Material>();
  for (const node of walkScene(document).seen)
    for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
      const material = primitive.getMaterial();
      if (material) materials.add(material);
    }
  return materials;
}

function reportLosses(document: Document, clips: readonly Clip[], report: Corrections): void {
  const root = document.getRoot();
  report.add(
    'lost_scenes',
    Math.max(0, root.listScenes().length - 1),
    (n) => `${plural(n, 'scene')} beside the default one ${n === 1 ? 'was' : 'were'} left out.`,
  );
  report.add(
    'lost_animations',
    root.listAnimations().length - clips.length,
    (n) => `${plural(n, 'animation')} that move no node, or bear the name of another, were left out.`,
  );
  report.add(
    'lost_animated_values',
    clips.reduce((sum, { values }) => sum + values.length, 0),
    (n) => `${plural(n, 'animated value')} of materials, lights or cameras (KHR_animation_pointer) stay as they are.`,
  );
  const withoutPlace = [root, ...root.listScenes(), ...root.listMeshes(), ...root.listMaterials()].filter((property) =>
    Object.keys(property.getExtras()).some((key) => key !== 'targetNames'),
  ).length;
  const withStructure = root
    .listNodes()
    .filter((node) => Object.values(node.getExtras()).some((value) => typeof value === 'object')).length;
  report.add(
    'lost_extras',
    withoutPlace + withStructure,
    (n) => `Custom properties (extras) of ${plural(n, 'object')} were left out: only nodes keep texts and numbers.`,
  );
  report.add(
    'lost_variants',
    root.listExtensionsUsed().some(({ extensionName }) => extensionName === 'KHR_materials_variants') ? 1 : 0,
    () => 'The variants of materials were left out: the materials of the default one are written.',
  );
}
