import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ModelReport, ValidationIssue, ValidationReport } from '#contracts/model/model-report.ts';
import type { ModelFile } from '../formats/model-file.ts';
import { validateGltf, validateGltfBytes } from '../validate/validate-gltf.ts';
import { openModel, sortFiles } from './open-model.ts';
import { processModel } from './process-model.ts';

/** Errors about what a file is or how large it is: there is nothing to validate. */
const NOT_VALIDATED = new Set([
  'format_unknown',
  'format_unsupported',
  'model_too_large',
  'archive_unsafe',
  'internal',
]);

/** What validation says about a model. */
export interface ValidatedModel {
  validation: ValidationReport;
  /** The measurements; null for a model that cannot be read. */
  report: ModelReport | null;
}

/**
 * Validates a model: what processing would report. A model that cannot be read gives a report of its errors as well:
 * the reason comes first, followed by what the validator finds in the bytes.
 *
 * @throws MaquetteError only where nothing can be validated: an unknown or unsupported format, a limit, an unsafe
 * archive
 */
export async function validateModel(files: readonly ModelFile[], limits: ModelLimits): Promise<ValidatedModel> {
  try {
    const { report } = await processModel(files, limits);
    return { validation: report.validation, report };
  } catch (thrown) {
    const error = MaquetteError.from(thrown);
    if (NOT_VALIDATED.has(error.code)) throw thrown;
    return { validation: withError(await findingsOf(files, limits), error), report: null };
  }
}

/** What the validator or the parser says about a model that cannot be read. */
async function findingsOf(files: readonly ModelFile[], limits: ModelLimits): Promise<ValidationReport> {
  try {
    const opened = await openModel(files, limits);
    return opened.kind === 'gltf' ? await validateGltf(opened.asset) : opened.findings;
  } catch {
    // It cannot even be opened.
  }
  const none: ValidationReport = { errors: 0, warnings: 0, infos: 0, issues: [], truncated: false };
  let sorted: Awaited<ReturnType<typeof sortFiles>>;
  try {
    sorted = await sortFiles(files, limits);
  } catch {
    return none;
  }
  if (sorted.format !== 'glb' && sorted.format !== 'gltf') return none;
  return validateGltfBytes(sorted.main.bytes, sorted.format, sorted.main.name);
}

/** The error that stopped the reading comes first; its single findings follow where the validator has none. */
function withError(report: ValidationReport, error: MaquetteError): ValidationReport {
  const issue: ValidationIssue = {
    code: error.code.toUpperCase(),
    severity: 'error',
    pointer: error.where ?? '',
    message: error.message,
    remedy: error.remedy ?? '',
  };
  return { ...report, errors: report.errors + 1, issues: [issue, ...report.issues] };
}
