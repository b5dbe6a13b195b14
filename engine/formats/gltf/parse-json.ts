import type { GLTF } from '@gltf-transform/core';
import { formatCount, modelMalformed } from '../errors.ts';

/** glTF nests about 10 levels and extras rarely more; deeper text only serves to exhaust the stack of who walks it. */
const MAX_DEPTH = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Parses the JSON text of a glTF asset: UTF-8, with or without byte order mark. Only the outermost shape is checked.
 *
 * @throws MaquetteError `model_malformed` for text that is no JSON object or nests deeper than 256 levels.
 */
export function parseGltfJson(bytes: Uint8Array, name: string): GLTF.IGLTF {
  checkDepth(bytes, name);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw modelMalformed(name, 'The JSON of the glTF asset is not valid UTF-8.', undefined, cause);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/, *"[\s\S]*$/, '').slice(0, 200) : '';
    throw modelMalformed(
      name,
      `The JSON of the glTF asset (${formatCount(bytes.byteLength)} bytes) cannot be parsed: ${reason}.`,
      undefined,
      cause,
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw modelMalformed(name, 'The JSON of the glTF asset is not an object.');
  }
  return json as GLTF.IGLTF;
}

function checkDepth(bytes: Uint8Array, name: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (++depth > MAX_DEPTH) {
        throw modelMalformed(
          `${name} at byte ${i}`,
          `The JSON of the glTF asset nests deeper than ${MAX_DEPTH} levels.`,
        );
      }
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      depth--;
    }
  }
}
