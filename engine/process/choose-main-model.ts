import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Correction } from '#contracts/model/model-report.ts';
import { type DetectedFormat, detectFileFormat, requireFormat, type SourceFormat } from '../formats/detect-format.ts';
import { formatUnsupported } from '../formats/errors.ts';
import { type ModelFile, sizeOf } from '../formats/model-file.ts';
import { namedLayers } from '../formats/usd/named-layers.ts';

type ModelFormat = Exclude<SourceFormat, 'zip'>;

/** Richer formats first: an export folder often holds the same model several times. */
const PREFERENCE: ModelFormat[] = [
  'glb',
  'gltf',
  'fbx',
  'usd',
  'dae',
  '3mf',
  'obj',
  '3ds',
  'x3d',
  'vrml',
  'step',
  'iges',
  'brep',
  'ifc',
  'ply',
  'stl',
  'off',
  'pcd',
  'spz',
  'sog',
  'ksplat',
  'splat',
  'las',
];

const TELLING: DetectedFormat['kind'][] = ['unsupported', 'archive', 'unknown', 'empty', 'companion'];

/**
 * Picks the model among the files: by format (glb, gltf, fbx, obj), then the one nearest to the root, then the largest,
 * then by name; a USD layer that another names is a part of that one's stage. Says which one it took where there was a choice.
 *
 * @throws MaquetteError `format_unsupported` or `format_unknown` for what the files are instead
 */
export function chooseMainModel(files: readonly ModelFile[]): {
  main: ModelFile;
  format: ModelFormat;
  corrections: Correction[];
} {
  const models: { file: ModelFile; format: ModelFormat }[] = [];
  for (const file of files) {
    const found = detectFileFormat(file);
    if (found.kind === 'model') models.push({ file, format: found.format });
  }
  const stages = models.filter(({ format }) => format === 'usd').map(({ file }) => file);
  const parts = stages.length > 1 ? namedLayers(stages) : new Set<ModelFile>();
  models.sort(
    (a, b) =>
      PREFERENCE.indexOf(a.format) - PREFERENCE.indexOf(b.format) ||
      Number(parts.has(a.file)) - Number(parts.has(b.file)) ||
      depth(a.file.name) - depth(b.file.name) ||
      sizeOf(b.file) - sizeOf(a.file) ||
      (a.file.name < b.file.name ? -1 : 1),
  );
  const chosen = models[0];
  if (!chosen) throw noModel(files);
  const corrections: Correction[] = [];
  if (models.length > 1) {
    const others = models.slice(1, 6).map(({ file }) => `"${file.name}"`);
    corrections.push({
      code: 'main_model_chosen',
      message: `Of ${models.length} models "${chosen.file.name}" was taken; left out: ${others.join(', ')}${models.length > 6 ? ', …' : ''}.`,
    });
  }
  return { main: chosen.file, format: chosen.format, corrections };
}

function depth(name: string): number {
  return name.split('/').length;
}

/** The error of the most telling file: one in another 3D format first, pictures and material libraries last. */
function noModel(files: readonly ModelFile[]): MaquetteError {
  const rank = (file: ModelFile): number => TELLING.indexOf(detectFileFormat(file).kind);
  const ranked = files.map((file) => ({ file, rank: rank(file) }));
  ranked.sort((a, b) => a.rank - b.rank || sizeOf(b.file) - sizeOf(a.file));
  const { file } = ranked[0]!;
  try {
    requireFormat(file);
  } catch (error) {
    if (!(error instanceof MaquetteError) || files.length === 1) return MaquetteError.from(error);
    const { message, ...value } = error.toValue();
    const which = `None of the ${files.length} files is a model. "${file.name}": `;
    return MaquetteError.fromValue({ ...value, message: which + message });
  }
  return formatUnsupported(
    file.name,
    `None of the files is a model; "${file.name}" is an archive beside others, or too deep inside of them.`,
    'Upload the model and its files unpacked, or as one zip archive.',
  );
}
