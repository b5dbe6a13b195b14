import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ValidationIssue, ValidationReport } from '#contracts/model/model-report.ts';
import type { ModelFile } from '../formats/model-file.ts';
import { normalise } from '../formats/normalise.ts';
import { validateGltf, validateGltfBytes } from '../validate/validate-gltf.ts';
import { type OpenedModel, openModel, sortFiles } from './open-model.ts';

/** Errors about what a file is or how large it is: there is nothing to validate. */
const NOT_VALIDATED = new Set([
  'format_unknown',
  'format_unsupported',
  'model_too_large',
  'archive_unsafe',
  'internal',
]);

/**
 * Validates a model. A model that cannot be read gives a report as well: the reason is its first error, followed by
 * what the validator finds in the bytes.
 *
 * @throws MaquetteError only where nothing can be validated: an unknown or unsupported format, a limit, an unsafe
 * archive
 */
export async function validateModel(files: readonly ModelFile[], limits: ModelLimits): Promise<ValidationReport> {
  let opened: OpenedModel;
  try {
    opened = await openModel(files, limits);
  } catch (thrown) {
    const error = MaquetteError.from(thrown);
    if (NOT_VALIDATED.has(error.code)) throw thrown;
    return withError(await findingsOf(files, limits), error);
  }
  const report = opened.kind === 'gltf' ? await validateGltf(opened.asset) : opened.findings;
  try {
    const { document } = await opened.read();
    normalise(document, opened.main.name);
    return report;
  } catch (thrown) {
    const error = MaquetteError.from(thrown);
    if (NOT_VALIDATED.has(error.code)) throw thrown;
    return withError(report, error);
  }
}

/** What the validator says about a glTF that cannot be opened. */
async function findingsOf(files: readonly ModelFile[], limits: ModelLimits): Promise<ValidationReport> {
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
