import type { Correction } from '#contracts/model/model-report.ts';
import { detectFormat, requireFormat, type SourceFormat } from '../formats/detect-format.ts';
import { formatUnsupported } from '../formats/errors.ts';
import type { ModelFile } from '../formats/model-file.ts';

type ModelFormat = Exclude<SourceFormat, 'zip'>;

/** Richer formats first: an export folder often holds the same model several times. */
const PREFERENCE: ModelFormat[] = ['glb', 'gltf', 'obj'];

/**
 * Picks the model among the files: by format (glb, gltf, obj), then the one nearest to the root, then the largest,
 * then by name. Says which one it took where there was a choice.
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
    const found = detectFormat(file.bytes, file.name);
    if (found.kind === 'model') models.push({ file, format: found.format });
  }
  models.sort(
    (a, b) =>
      PREFERENCE.indexOf(a.format) - PREFERENCE.indexOf(b.format) ||
      depth(a.file.name) - depth(b.file.name) ||
      b.file.bytes.byteLength - a.file.bytes.byteLength ||
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

function noModel(files: readonly ModelFile[]): Error {
  // The most telling file: one in a known 3D format, else the largest.
  const bySize = files.toSorted((a, b) => b.bytes.byteLength - a.bytes.byteLength);
  const telling = bySize.find((file) => detectFormat(file.bytes, file.name).kind === 'unsupported') ?? bySize[0]!;
  try {
    requireFormat(telling.bytes, telling.name);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return formatUnsupported(
    telling.name,
    'Among the files is an archive; Maquette opens one archive, not archives beside or inside of others.',
    'Upload the model and its files unpacked, or as one zip archive.',
  );
}
