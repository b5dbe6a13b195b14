import type { Document } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction, SourcePolygons, ValidationReport } from '#contracts/model/model-report.ts';
import type { ImportProgress } from './import-progress.ts';
import type { ModelFile } from './model-file.ts';
import type { ResourceFiles } from './resource-files.ts';

/** What an importer made of a file. */
export interface ImportedModel {
  /** glTF in metres with +Y up; `normalise` still has to run over it. */
  document: Document;
  /** What was changed on the way, e.g. units and axes. */
  corrections: Correction[];
  /** The program that wrote the file, as far as it says. */
  generator: string | null;
  /** What the parser noticed. */
  findings: ValidationReport;
  /** The polygons of the file before they were cut; absent for formats of triangles alone. */
  polygons?: SourcePolygons | null;
}

/**
 * Reads one format into a glTF document.
 *
 * @param main the model
 * @param files everything that was given beside it, for looking up textures and the like
 * @param progress told of the share that is done; not at all by formats whose libraries do not say
 * @throws MaquetteError with a code of the model group
 */
export type Importer = (
  main: ModelFile,
  files: ResourceFiles,
  limits: ModelLimits,
  progress?: ImportProgress,
) => Promise<ImportedModel>;
