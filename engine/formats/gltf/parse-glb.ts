import { formatCount, modelMalformed } from '../errors.ts';

/** A GLB container taken apart. Both are views into the file's bytes. */
export interface GlbParts {
  json: Uint8Array;
  /** The BIN chunk; null where the file has none. */
  bin: Uint8Array | null;
}

const MAGIC = 0x46546c67;
const CHUNK_JSON = 0x4e4f534a;
const CHUNK_BIN = 0x004e4942;

/**
 * Takes a GLB container apart (glTF 2.0, section 4.4 "GLB File Format Specification") without copying.
 *
 * Data behind the declared length and chunks of unknown type are ignored, as the specification asks; lengths that
 * point behind the end of the file are errors.
 *
 * @throws MaquetteError `model_malformed`
 */
export function parseGlb(bytes: Uint8Array, name: string): GlbParts {
  if (bytes.byteLength < 12) {
    throw modelMalformed(name, `The GLB file ends inside its header: it has ${bytes.byteLength} of 12 bytes.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw modelMalformed(name, 'The file does not begin with the GLB signature.');
  const version = view.getUint32(4, true);
  if (version !== 2) throw modelMalformed(name, `The GLB container has version ${version}; version 2 is read.`);
  const declared = view.getUint32(8, true);
  if (declared > bytes.byteLength) {
    throw modelMalformed(
      name,
      `The GLB file declares ${formatCount(declared)} bytes but holds ${formatCount(bytes.byteLength)}: its end is missing.`,
    );
  }
  let json: Uint8Array | null = null;
  let bin: Uint8Array | null = null;
  let offset = 12;
  for (let chunk = 0; offset < declared; chunk++) {
    if (offset + 8 > declared) {
      throw modelMalformed(`${name} at byte ${offset}`, `The GLB file ends inside the header of chunk ${chunk}.`);
    }
    const length = view.getUint32(offset, true);
    const type = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (start + length > declared) {
      throw modelMalformed(
        `${name} at byte ${offset}`,
        `Chunk ${chunk} of the GLB file declares ${formatCount(length)} bytes, of which only ${formatCount(declared - start)} are there.`,
      );
    }
    const data = bytes.subarray(start, start + length);
    if (chunk === 0) {
      if (type !== CHUNK_JSON)
        throw modelMalformed(`${name} at byte ${offset}`, 'The first chunk of the GLB file is not JSON.');
      if (length === 0) throw modelMalformed(`${name} at byte ${offset}`, 'The JSON chunk of the GLB file is empty.');
      json = data;
    } else if (chunk === 1 && type === CHUNK_BIN) {
      bin = data;
    }
    offset = start + length;
  }
  if (!json) throw modelMalformed(name, 'The GLB file has no JSON chunk.');
  return { json, bin };
}
