import { type ErrorItem, MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';

/** Sizes in the messages: `220 bytes`, `4.8 GB`. Decimal units, as file managers and network tools show them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = -1;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** Counts in the messages, with thousands separated: `1,234,567`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The bytes are in no format known here. */
export function formatUnknown(name: string, reason: string): MaquetteError {
  return new MaquetteError('format_unknown', `${reason} It is none of the formats that Maquette knows.`, {
    where: name,
    remedy:
      'Upload a model in a format that is read (glTF, FBX, OBJ, STL, PLY, 3MF, STEP, IGES, IFC, LAS, SPZ and others), or a zip archive of one with its textures.',
  });
}

/** The bytes are in a format that is recognised and not read. */
export function formatUnsupported(name: string, message: string, remedy: string): MaquetteError {
  return new MaquetteError('format_unsupported', message, { where: name, remedy });
}

/** The bytes cannot be parsed as what they claim to be. */
export function modelMalformed(where: string, message: string, remedy?: string, cause?: unknown): MaquetteError {
  return new MaquetteError('model_malformed', message, {
    where,
    remedy: remedy ?? 'Export the model again, or upload it again if the transfer was cut off.',
    cause,
  });
}

/** The file parses, but what it says contradicts the rules of its format so that it cannot be read. */
export function modelInvalid(where: string, message: string, errors?: ErrorItem[], remedy?: string): MaquetteError {
  return new MaquetteError('model_invalid', message, {
    where,
    remedy: remedy ?? 'Export the model again; `maquette validate` lists every finding.',
    ...(errors && { errors }),
  });
}

/** The model holds nothing that can be drawn. */
export function modelEmpty(
  where: string,
  message: string,
  remedy = 'Check that the export included the meshes (and not only a selection of empties, bones or cameras).',
): MaquetteError {
  return new MaquetteError('model_empty', message, { where, remedy });
}

/** What to do about a model over a limit: only some are settings of the operator. */
const OVER_LIMIT: Record<keyof ModelLimits, string> = {
  fileBytes: 'Make the files smaller, or ask the operator to raise the limit (MAQUETTE_UPLOAD_LIMIT).',
  triangles: 'Reduce the model, or ask the operator to raise the limit (MAQUETTE_MODEL_TRIANGLES).',
  decodedBytes: 'Reduce the model: fewer vertices, or the parts of it one by one.',
  nodes: 'Join what need not be apart before the export.',
  texturePixels: 'Scale the texture down.',
  archiveEntries: 'Pack only the model and the files that it uses.',
  archiveRatio: 'Upload the model unpacked.',
};

/** A count or a size is above its limit. */
export function modelTooLarge(
  where: string,
  message: string,
  limit: keyof ModelLimits,
  remedy = OVER_LIMIT[limit],
): MaquetteError {
  return new MaquetteError('model_too_large', message, { where, remedy });
}

/** A file that the model cannot do without was not given. */
export function resourceMissing(where: string, uri: string, given: readonly string[]): MaquetteError {
  const list =
    given.length === 0 ? 'no other file was' : `given: ${given.slice(0, 8).join(', ')}${given.length > 8 ? ', …' : ''}`;
  return new MaquetteError(
    'model_resource_missing',
    `The model needs the file "${uri}", which was not given (${list}).`,
    {
      where,
      remedy: `Upload "${uri}" together with the model, as several files or as one zip archive, or export a single GLB.`,
    },
  );
}

/** The model refers to something outside the files that were given. */
export function resourceUnsafe(where: string, uri: string, reason: string): MaquetteError {
  return new MaquetteError('model_resource_unsafe', `The model refers to "${uri.slice(0, 200)}", ${reason}.`, {
    where,
    remedy: 'Refer only to files beside or below the model, and upload them together with it; or export a single GLB.',
  });
}

/** An archive that could harm whoever unpacks it, or that cannot be unpacked. */
export function archiveUnsafe(where: string, message: string, remedy: string): MaquetteError {
  return new MaquetteError('archive_unsafe', message, { where, remedy });
}

/** What is to be written is more than its format, or memory, can hold. */
export function outputTooLarge(what: string, size: string, limit: string): MaquetteError {
  return new MaquetteError('output_limit_exceeded', `The ${what} would hold ${size}; it can hold at most ${limit}.`, {
    remedy: 'Simplify the model first, or write it as GLB, which can hold more in less.',
  });
}

/** The model has nothing of what a format holds. */
export function nothingToWrite(format: string, wanted: string): MaquetteError {
  return new MaquetteError('model_empty', `The model has no ${wanted}, and ${format} holds nothing else.`, {
    remedy: 'Write it in another format, as GLB for one.',
  });
}
