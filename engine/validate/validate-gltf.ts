import type { ValidatorMessage, ValidatorOptions, ValidatorReport } from 'gltf-validator';
import type { ValidationIssue, ValidationReport } from '#contracts/model/model-report.ts';
import type { GltfAsset } from '../formats/gltf/open-gltf.ts';
import { remedyFor } from './remedies.ts';

/** As many findings as a report lists. */
export const MAX_LISTED_ISSUES = 100;

/** Where the validator stops. At this number it also drops its `info` object, which nothing here uses. */
const MAX_ISSUES = 100_000;

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
  if (!asset.decompressed) {
    return toReport(await validator.validateBytes(asset.source, { ...options, format: asset.container }));
  }
  const text = JSON.stringify({
    ...asset.json,
    buffers: asset.json.buffers?.map((buffer, i) => ({ ...buffer, uri: `buffer${i}.bin` })),
  });
  const report = await validator.validateString(text, options);
  return toReport(report, (issue) => {
    // The compressed data still lies in the file, and nothing refers to it any more.
    const leftover = issue.code === 'UNUSED_OBJECT' && /^\/(bufferViews|buffers)\//.test(issue.pointer ?? '');
    return !leftover;
  });
}

/**
 * Validates bytes that could not be opened, as far as the validator gets on its own. References to other files count
 * as not found.
 */
export async function validateGltfBytes(
  bytes: Uint8Array,
  container: 'glb' | 'gltf',
  name: string,
): Promise<ValidationReport> {
  const validator = (await import('gltf-validator')).default;
  const report = await validator.validateBytes(bytes, {
    uri: name,
    format: container,
    maxIssues: MAX_ISSUES,
    writeTimestamp: false,
  });
  return toReport(report);
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
    return bytes;
  };
}

function toReport(
  report: ValidatorReport,
  keep: (message: ValidatorMessage) => boolean = () => true,
): ValidationReport {
  const messages = report.issues.messages.filter(keep);
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
