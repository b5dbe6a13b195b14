import { Document } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections } from '../corrections.ts';
import { toUtf8 } from '../decode-text.ts';
import { modelEmpty } from '../errors.ts';
import { Findings } from '../findings.ts';
import { type ImportProgress, NO_PROGRESS } from '../import-progress.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { TextureLibrary } from '../textures/texture-library.ts';
import { parseVrml1 } from './parse-vrml1.ts';
import { TraversalState } from './traversal-state.ts';
import { type Vrml1Findings, WORLD_FINDINGS } from './world-findings.ts';
import { WorldReader } from './world-reader.ts';

/**
 * Reads VRML 1.0: sets of faces, lines and points, cubes, spheres, cones, cylinders, with what the nodes before them
 * say; groups, separators, switches, levels of detail, transforms, nodes used several times, cameras, lights, pictures
 * in files and in the world, and worlds in other files (`WWWInline`). Metres and +Y up, as in glTF.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `model_resource_unsafe`
 */
export async function importVrml1(
  main: ModelFile,
  files: ResourceFiles,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): Promise<ImportedModel> {
  const world = parseVrml1(toUtf8(main.bytes), main.name);
  progress(0.5);
  const document = new Document();
  const scene = document.createScene(main.name);
  document.getRoot().setDefaultScene(scene);
  const root = document.createNode('world');
  const findings: Vrml1Findings = new Findings(main.name, WORLD_FINDINGS);
  const textures = new TextureLibrary(document, files, main, limits, () => undefined);
  const reader = new WorldReader({ document, main, files, limits, findings, textures });
  reader.world(
    world,
    TraversalState.start(root, () => document.createNode('')),
  );
  for (const node of root.listChildren()) scene.addChild(node);
  root.dispose();
  if (reader.shapes === 0) throw modelEmpty(main.name, 'The VRML file has no shapes that can be drawn.');
  return {
    document,
    corrections: new Corrections().list(),
    generator: world.generator,
    findings: findings.report(),
    polygons: reader.polygons.report(),
  };
}
