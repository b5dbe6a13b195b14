import type { ValidatorMessage, ValidatorOptions, ValidatorReport } from 'gltf-validator';
import type { ValidationIssue, ValidationReport } from '#contracts/model/model-report.ts';
import { type GltfAsset, imageBytes } from '../formats/gltf/open-gltf.ts';
import { readImageHeader } from '../formats/image-header.ts';
import { remedyFor } from './remedies.ts';

/** As many findings as a report lists. */
export const MAX_LISTED_ISSUES = 100;

/** Where the validator stops. At this number it also drops its `info` object, which nothing here uses. */
const MAX_ISSUES = 100_000;

/** Files that cannot be read are only looked into up to this size. */
const MAX_UNREAD_BYTES = 64 * 1024 ** 2;

const SEVERITIES = ['error', 'warning', 'info', 'hint'] as const;

/**
 * Validates an opened asset with the Khronos glTF validator. It does not look inside Draco and meshopt data, so a
 * decompressed asset is validated as it is after decompression; JSON pointers are those of the file either way.
 */
export async function validateGltf(asset: GltfAsset): Promise<ValidationReport> {
  const validator = (await import('gltf-validator')).default;
  const options: ValidatorOptions = {
    uri: asset.name,
    maxIssues: MAX_ISSUES,
    writeTimestamp: false,
    externalResourceFunction: resourceFunction(asset),
  };
  const unsafe = unsafeImages(asset);
  if (!asset.decompressed && unsafe.size === 0 && !holdsInfinity(asset.json)) {
    const report = await validator.validateBytes(unshared(asset.source), { ...options, format: asset.container });
    return toReport(report, (message) => !isFalseAlarm(message, asset));
  }
  const text = JSON.stringify({
    ...asset.json,
    buffers: asset.json.buffers?.map((buffer, i) => ({ ...buffer, uri: `buffer${i}.bin` })),
    ...(asset.json.images && {
      images: asset.json.images.map((image, i) =>
        unsafe.has(i) ? { name: image.name, uri: `damaged-image${i}` } : image,
      ),
    }),
  });
  const report = await validator.validateString(text, options);
  return toReport(report, (message) => !isFalseAlarm(message, asset) && !isLeftOfCompression(message, asset));
}

/**
 * Whether a number is beyond what can be written, such as 1e999, which is read as infinite. The validator stumbles over
 * these, outside of any promise that could be awaited; written anew they are `null`, which it reports.
 */
function holdsInfinity(json: unknown): boolean {
  const open: unknown[] = [json];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'number' && !Number.isFinite(value)) return true;
    if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) open.push(item);
  }
  return false;
}

/** The same for a file that could not be taken apart: exponents of three digits, and numbers of more than 300. */
function mayHoldInfinity(text: string): boolean {
  return /\d[eE]\+?\d{3}|\d{300}/.test(text);
}

/**
 * Images that would crash the validator: it completes a future twice, outside of any promise that could be awaited,
 * for a PNG whose data comes before its header chunk. They are kept from it.
 */
function unsafeImages(asset: GltfAsset): Set<number> {
  const unsafe = new Set<number>();
  for (const index of (asset.json.images ?? []).keys()) {
    const bytes = imageBytes(asset, index);
    const header = bytes && readImageHeader(bytes);
    if (header?.mimeType === 'image/png' && header.width === 0) unsafe.add(index);
  }
  return unsafe;
}

/** The same for the text of a file that could not be taken apart: PNG signatures, plain or in Base64, without IHDR behind them. */
function holdsUnsafePng(text: string): boolean {
  // latin1 in the Encoding Standard is windows-1252, in which the byte 0x89 is U+2030.
  return /\u2030PNG\r\n(?!.{6}IHDR)/s.test(text) || /iVBORw0KG(?!goAAAANSUhEUg)/.test(text);
}

/** Findings about ratified extensions that the validator does not know yet. */
function isFalseAlarm(message: ValidatorMessage, asset: GltfAsset): boolean {
  switch (message.code) {
    case 'VALUE_NOT_IN_LIST': {
      const image = /^\/images\/(\d+)\/mimeType$/.exec(message.pointer ?? '');
      const type = image ? asset.json.images?.[Number(image[1])]?.mimeType : undefined;
      const extension = type === undefined ? undefined : IMAGE_EXTENSIONS[type];
      return extension !== undefined && asset.extensions.includes(extension);
    }
    case 'MESH_PRIMITIVE_INVALID_ATTRIBUTE': {
      const prefix = /\/attributes\/([A-Z0-9]+_\w+):/.exec(message.pointer ?? '');
      return prefix !== null && asset.extensions.includes(prefix[1]!);
    }
    default:
      return false;
  }
}

const IMAGE_EXTENSIONS: Record<string, string> = {
  'image/ktx2': 'KHR_texture_basisu',
  'image/webp': 'EXT_texture_webp',
  'image/avif': 'EXT_texture_avif',
};

/** What quantisation inside Draco does to every such file, and that its writers accept. */
const LOSSY = new Set([
  'ACCESSOR_MIN_MISMATCH',
  'ACCESSOR_MAX_MISMATCH',
  'ACCESSOR_ELEMENT_OUT_OF_MIN_BOUND',
  'ACCESSOR_ELEMENT_OUT_OF_MAX_BOUND',
  'ACCESSOR_VECTOR3_NON_UNIT',
  'ACCESSOR_WEIGHTS_NON_NORMALIZED',
  'ACCESSOR_JOINTS_USED_ZERO_WEIGHT',
]);

function isLeftOfCompression(message: ValidatorMessage, asset: GltfAsset): boolean {
  const pointer = message.pointer ?? '';
  // The compressed data still lies in the file, and nothing refers to it any more.
  if (message.code === 'UNUSED_OBJECT') return /^\/(bufferViews|buffers)\//.test(pointer);
  if (!LOSSY.has(message.code)) return false;
  const accessor = accessorAt(pointer, asset);
  return accessor !== null && asset.lossyAccessors.has(accessor);
}

/** The accessor that a pointer leads to, itself or through a mesh attribute. */
function accessorAt(pointer: string, asset: GltfAsset): number | null {
  const direct = /^\/accessors\/(\d+)/.exec(pointer);
  if (direct) return Number(direct[1]);
  if (!pointer.startsWith('/meshes/')) return null;
  let value: unknown = asset.json;
  for (const key of pointer.slice(1).split('/')) {
    if (typeof value !== 'object' || value === null) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === 'number' ? value : null;
}

/**
 * Validates bytes that could not be opened, as far as the validator gets on its own. References to other files count
 * as not found. Files with a PNG or number that would crash the validator, and very large ones, give an empty report.
 */
export async function validateGltfBytes(
  bytes: Uint8Array,
  container: 'glb' | 'gltf',
  name: string,
): Promise<ValidationReport> {
  const validator = (await import('gltf-validator')).default;
  const unread = { errors: 0, warnings: 0, infos: 0, issues: [], truncated: true };
  if (bytes.byteLength > MAX_UNREAD_BYTES) return unread;
  const text = new TextDecoder('latin1').decode(bytes);
  if (holdsUnsafePng(text) || mayHoldInfinity(text)) return unread;
  const report = await validator.validateBytes(unshared(bytes), {
    uri: name,
    format: container,
    maxIssues: MAX_ISSUES,
    writeTimestamp: false,
  });
  return toReport(report);
}

/**
 * The validator looks at the `ArrayBuffer` from its beginning, whatever the view says: a view into a larger one (a chunk
 * of a GLB, a small pooled `Buffer`) would have it read other bytes.
 */
function unshared(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

function resourceFunction(asset: GltfAsset): (uri: string) => Promise<Uint8Array> {
  const byUri = new Map<string, Uint8Array>();
  for (const [index, buffer] of (asset.json.buffers ?? []).entries()) {
    const bytes = asset.buffers[index];
    if (!bytes) continue;
    byUri.set(`buffer${index}.bin`, bytes);
    if (buffer.uri !== undefined) byUri.set(buffer.uri, bytes);
  }
  for (const [index, image] of (asset.json.images ?? []).entries()) {
    const bytes = asset.images[index];
    if (bytes && image.uri !== undefined) byUri.set(image.uri, bytes);
  }
  return async (uri) => {
    const bytes = byUri.get(uri) ?? byUri.get(encodeURI(uri));
    if (!bytes) throw new Error(`The file "${uri}" was not given.`);
    return unshared(bytes);
  };
}

function toReport(
  report: ValidatorReport,
  keep: (message: ValidatorMessage) => boolean = () => true,
): ValidationReport {
  const messages = report.issues.messages.filter((message) => keep(message) && !isMisjudged(message));
  const counts = [0, 0, 0, 0];
  for (const message of messages) counts[message.severity]!++;
  const listed = messages
    .toSorted((a, b) => a.severity - b.severity)
    .slice(0, MAX_LISTED_ISSUES)
    .map(toIssue);
  return {
    errors: counts[0]!,
    warnings: counts[1]!,
    infos: counts[2]! + counts[3]!,
    issues: listed,
    truncated: report.issues.truncated || listed.length < messages.length,
  };
}

/** The validator is older than `KHR_gaussian_splatting`, and takes the colon in the names of its attributes for an error. */
function isMisjudged({ code, pointer }: ValidatorMessage): boolean {
  return code === 'MESH_PRIMITIVE_INVALID_ATTRIBUTE' && /\/KHR_gaussian_splatting:[A-Z0-9_]+$/.test(pointer ?? '');
}

function toIssue(message: ValidatorMessage): ValidationIssue {
  const severity = SEVERITIES[message.severity];
  return {
    code: message.code,
    severity,
    pointer: message.pointer ?? (message.offset === undefined ? '' : `byte ${message.offset}`),
    message: message.message,
    remedy: remedyFor(message.code, severity),
  };
}
