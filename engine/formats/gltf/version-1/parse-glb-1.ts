import { formatCount, modelMalformed } from '../../errors.ts';
import type { GlbParts } from '../parse-glb.ts';

const HEADER = 20;

/** Whether a GLB container is of version 1 (`KHR_binary_glTF`). */
export function isGlb1(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && bytes[4] === 1 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0;
}

/**
 * Takes a binary glTF 1.0 file apart: a header, the JSON, and everything behind it as the buffer `binary_glTF`.
 *
 * @throws MaquetteError `model_malformed`
 */
export function parseGlb1(bytes: Uint8Array, name: string): GlbParts {
  if (bytes.length < HEADER)
    throw modelMalformed(name, `The GLB file ends inside its header: it has ${bytes.length} of ${HEADER} bytes.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const declared = view.getUint32(8, true);
  const content = view.getUint32(12, true);
  if (declared > bytes.length || HEADER + content > declared) {
    throw modelMalformed(
      name,
      `The GLB file declares ${formatCount(declared)} bytes with ${formatCount(content)} of JSON, but holds ${formatCount(bytes.length)}: its end is missing.`,
    );
  }
  const format = view.getUint32(16, true);
  if (format !== 0)
    throw modelMalformed(`${name} at byte 16`, `The content has the format ${format}; only JSON (0) is known.`);
  return { json: bytes.subarray(HEADER, HEADER + content), bin: bytes.subarray(HEADER + content, declared) };
}
