import type { Document } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction, ModelReport } from '#contracts/model/model-report.ts';
import { measure } from '../describe/measure.ts';
import { Corrections, plural } from '../formats/corrections.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { portionOf } from '../formats/import-progress.ts';
import type { ModelFile } from '../formats/model-file.ts';
import { normalise } from '../formats/normalise.ts';
import { lacksTangentSpace } from '../formats/tangent-space.ts';
import { Pointers } from '../validate/checks/pointers.ts';
import { checkModel, checkSource, withOutcomes } from '../validate/checks/run-checks.ts';
import { validateGltf } from '../validate/validate-gltf.ts';
import { type OpenedModel, openModel } from './open-model.ts';

/** A model that went through everything: validated, normalised, measured. */
export interface ProcessedModel {
  document: Document;
  /** The canonical file: glTF 2.0 binary in metres with +Y up, uncompressed, with all textures inside. */
  glb: Uint8Array;
  report: ModelReport;
}

type Stage = 'open' | 'validate' | 'read' | 'normalise' | 'write' | 'measure';

/**
 * Stages in their order, with the share of the whole that is done when they begin. An importer reads the file when it
 * opens it, and validates what it reads; glTF is read after the validator has seen it.
 */
const STAGES: Record<OpenedModel['kind'], Record<Stage, number>> = {
  gltf: { open: 0, validate: 0.15, read: 0.4, normalise: 0.5, write: 0.55, measure: 0.6 },
  import: { open: 0, validate: 0.38, read: 0.38, normalise: 0.38, write: 0.4, measure: 0.45 },
};

export interface ProcessOptions {
  /**
   * Called when a stage begins (`open`, `validate`, `read`, `normalise`, `write`, `measure`), while long ones go on, and
   * with `done` at 1.
   */
  onProgress?(stage: string, share: number): void;
}

/**
 * The whole way of an upload through the engine: detect the format, check the limits, decompress, validate, read,
 * normalise, write the canonical GLB, measure. The same files and limits give the same bytes.
 *
 * @param files the model and the files it refers to, or one archive; the order does not matter
 * @throws MaquetteError with a code of the model group when the input is at fault
 */
export async function processModel(
  files: readonly ModelFile[],
  limits: ModelLimits,
  options: ProcessOptions = {},
): Promise<ProcessedModel> {
  const tell = (stage: string, share: number) => options.onProgress?.(stage, share);
  tell('open', 0);
  // Importers alone tell how far they are.
  const opening = portionOf((share) => tell('open', share), 0, STAGES.import.validate);
  const opened = await openModel(files, limits, opening);
  const stages = STAGES[opened.kind];
  const enter = (stage: Stage): void => tell(stage, stages[stage]);
  enter('validate');
  const findings = opened.kind === 'gltf' ? await validateGltf(opened.asset) : opened.findings;
  enter('read');
  const { document, corrections } = await opened.read();
  enter('normalise');
  const sourcePointers = new Pointers(document);
  const sourceOutcomes = checkSource(document, sourcePointers);
  const normalised = [...normalise(document, opened.main.name), ...(await giveDirections(document))];
  enter('write');
  const glb = await writeGlb(document);
  enter('measure');
  // Where the source is glTF, its own pointers; otherwise those of the GLB, which is then the only glTF there is.
  const pointers = opened.kind === 'gltf' ? sourcePointers : new Pointers(document);
  const measuring = portionOf((share) => tell('measure', share), stages.measure, 1);
  const { outcomes, watertight } = checkModel(document, pointers, measuring);
  const report = measure(document, {
    format: opened.format,
    generator: opened.generator,
    sourcePolygons: opened.kind === 'import' ? opened.polygons : null,
    extensionsUsed: opened.kind === 'gltf' ? opened.asset.extensions : listExtensions(document),
    fileBytes: opened.fileBytes,
    glbBytes: glb.byteLength,
    corrections: [...opened.corrections, ...corrections, ...normalised],
    ...withOutcomes(findings, [...sourceOutcomes, ...outcomes]),
    watertight,
  });
  tell('done', 1);
  return { document, glb, report };
}

/**
 * Anisotropy and coats with normals of their own get tangents where they have no direction. What computes them is loaded
 * only then.
 */
async function giveDirections(document: Document): Promise<Correction[]> {
  const primitives = document
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives());
  if (!primitives.some(lacksTangentSpace)) return [];
  const { provideTangentSpace } = await import('../operations/provide-tangent-space.ts');
  const { computed, flattened, smoothed } = await provideTangentSpace(document);
  const corrections = new Corrections();
  corrections.add(
    'generated_tangents',
    computed,
    (n) =>
      `${plural(n, 'primitive')} had no tangents to give anisotropy or the normals of a clear coat a direction; they were computed.`,
  );
  corrections.add(
    'removed_anisotropy',
    flattened,
    (n) => `${plural(n, 'material')} lost the anisotropy, which has no direction where there are no tangents.`,
  );
  corrections.add(
    'removed_coat_normals',
    smoothed,
    (n) =>
      `${plural(n, 'material')} lost the normal texture of the clear coat, which has no direction where there are no tangents.`,
  );
  return corrections.list();
}

function listExtensions(document: Document): string[] {
  return document
    .getRoot()
    .listExtensionsUsed()
    .map((extension) => extension.extensionName)
    .sort();
}
