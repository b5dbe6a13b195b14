import { Document, Logger } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections, plural } from '../corrections.ts';
import { toUtf8 } from '../decode-text.ts';
import { modelEmpty } from '../errors.ts';
import { checkTriangles } from '../geometry/check-size.ts';
import { type ImportProgress, NO_PROGRESS, portionOf } from '../import-progress.ts';
import type { ImportedModel } from '../imported-model.ts';
import { baseName, type ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { type AnimationTargets, bakeAnimation } from './bake-animation.ts';
import { DecodeBudget } from './decode-budget.ts';
import { createFbxFindings, type FbxFindings } from './fbx-findings.ts';
import type { FbxScene } from './fbx-scene.ts';
import { readNodeTree } from './node-tree.ts';
import { isBinaryFbx, parseBinaryFbx } from './parse-binary.ts';
import { parseTextFbx } from './parse-text.ts';
import { readAnimation } from './read-animation.ts';
import { declaredTriangles } from './read-geometry.ts';
import { readScene } from './read-scene.ts';
import { SceneBuilder } from './scene-builder.ts';
import { readSpace } from './space.ts';

/**
 * Reads an FBX file, text or binary, of the versions 5.0 to 7.7: nodes with all of FBX's pivots and inheritance rules,
 * meshes (polygons of any size, several materials, sets of texture coordinates, vertex colours), skins, morphs, every
 * animation stack, materials of the usual kinds with their textures, cameras and lights. In metres, +Y up.
 *
 * @param files what was given beside the model: its textures
 * @throws MaquetteError `model_malformed` naming the byte or the line, `model_too_large`, `model_empty`
 */
export async function importFbx(
  main: ModelFile,
  files: ResourceFiles,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): Promise<ImportedModel> {
  const findings = createFbxFindings(main.name);
  const corrections = new Corrections();
  const budget = new DecodeBudget(main.name, Math.min(limits.decodedBytes, decodeAllowance(main.bytes.length)));
  const tree = isBinaryFbx(main.bytes)
    ? parseBinaryFbx(main.bytes, main.name, budget)
    : parseTextFbx(toUtf8(main.bytes), main.name, budget);
  progress(0.1);
  const scene = readScene(tree, main.name, findings);
  checkDeclared(scene, main.name, limits);
  const space = readSpace(scene.settings, corrections);
  const document = new Document().setLogger(new Logger(Logger.Verbosity.SILENT));
  document.createBuffer();
  const nodes = readNodeTree(scene, main.name, limits, findings);
  if (nodes.length === 0) throw modelEmpty(main.name, 'The FBX file holds no nodes.');
  const stacks = readAnimation(scene, findings);
  const builder = new SceneBuilder(document, scene, main, files, limits, space, findings, corrections);
  const name = baseName(main.name).replace(/\.\w+$/, '');
  const targets = builder.build(nodes, stacks, name, portionOf(progress, 0.1, 0.8));
  bakeAll(document, stacks, targets, findings, corrections, portionOf(progress, 0.8, 1));
  // Images that were merged into others, or that nothing can use.
  for (const texture of document.getRoot().listTextures()) {
    if (texture.listParents().every((parent) => parent === document.getRoot())) texture.dispose();
  }
  noteFindings(findings, corrections);
  return {
    document,
    corrections: corrections.list(),
    generator: generatorOf(scene),
    findings: findings.report(),
    polygons: builder.polygons.report(),
  };
}

/** What the arrays of a file may take: no honest file is packed a hundredfold, but small ones may be. */
function decodeAllowance(fileBytes: number): number {
  return Math.max(256 * 1024 * 1024, fileBytes * 100);
}

function checkDeclared(scene: FbxScene, name: string, limits: ModelLimits): void {
  let triangles = 0;
  for (const object of scene.objects) if (object.kind === 'Geometry') triangles += declaredTriangles(object);
  // A triangle has three corners, so that the count of corners overstates a mesh of triangles threefold.
  checkTriangles(name, Math.floor(triangles / 3), limits);
}

function bakeAll(
  document: Document,
  stacks: ReturnType<typeof readAnimation>,
  targets: AnimationTargets,
  findings: FbxFindings,
  corrections: Corrections,
  progress: ImportProgress,
): void {
  let moved = 0;
  for (const [index, stack] of stacks.entries()) {
    progress(index / stacks.length);
    if (bakeAnimation(document, stack, targets, findings) && Math.abs(stack.start) > 1e-6) moved++;
  }
  corrections.add(
    'moved_clip_start',
    moved,
    (n) => `${plural(n, 'animation')} did not begin at 0 seconds and ${n === 1 ? 'was' : 'were'} moved there.`,
  );
}

/** The program that made the file, and the library that wrote it. */
function generatorOf(scene: FbxScene): string | null {
  const { application, creator } = scene;
  const known = application === null || (creator?.startsWith(application.split(' ')[0]!) ?? false);
  const both = !known && creator ? `${application} (${creator})` : null;
  return (both ?? creator ?? application)?.slice(0, 200) ?? null;
}

/** Findings that change how the model looks are corrections as well. */
function noteFindings(findings: FbxFindings, corrections: Corrections): void {
  corrections.add(
    'missing_texture',
    findings.count('missing_texture'),
    (n) =>
      `${plural(n, 'texture file')} ${n === 1 ? 'was' : 'were'} not given; the materials that use ${n === 1 ? 'it' : 'them'} are drawn without.`,
  );
  corrections.add(
    'unsupported_texture',
    findings.count('unsupported_texture'),
    (n) => `${plural(n, 'texture')} in a format that glTF does not hold ${n === 1 ? 'was' : 'were'} left out.`,
  );
  corrections.add(
    'removed_elements',
    findings.count('index_out_of_range') + findings.count('degenerate_polygon'),
    (n) =>
      `${plural(n, 'polygon')} with a vertex that does not exist or too few corners ${n === 1 ? 'was' : 'were'} left out.`,
  );
  corrections.add(
    'cut_node_cycles',
    findings.count('node_cycle'),
    (n) =>
      `${plural(n, 'node')} that ${n === 1 ? 'is its own ancestor was' : 'are their own ancestors were'} attached to the root.`,
  );
  corrections.add(
    'skipped_geometry',
    findings.count('unsupported_geometry'),
    (n) =>
      `${plural(n, 'curve or surface', 'curves or surfaces')} that ${n === 1 ? 'is' : 'are'} no polygon mesh ${n === 1 ? 'was' : 'were'} left out.`,
  );
}
