import type { Document, GLTF, JSONDocument } from '@gltf-transform/core';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction } from '#contracts/model/model-report.ts';
import { plural } from '../corrections.ts';
import { formatCount, modelInvalid, modelTooLarge } from '../errors.ts';
import { type ImageHeader, readImageHeader } from '../image-header.ts';
import { baseName } from '../model-file.ts';
import { decodePercent } from '../resource-files.ts';
import { createGltfIo } from './gltf-io.ts';
import { type GltfAsset, imageBytes } from './open-gltf.ts';
import { tidyValues } from './tidy-values.ts';

/** The reader's key for the BIN chunk of a GLB. */
const GLB_BUFFER = '@glb.bin';

/** Image types that glTF or one of its extensions has a place for. */
const GLTF_IMAGES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/ktx2', 'image/avif']);

/**
 * Reads an opened asset into a glTF-Transform document. Images that are missing or no images are removed from the
 * materials that use them, and said so in the corrections.
 *
 * @throws MaquetteError `model_too_large` for a texture above the limit, `model_invalid` for what reading stumbles on
 */
export async function readGltf(
  asset: GltfAsset,
  limits: ModelLimits,
): Promise<{ document: Document; corrections: Correction[] }> {
  const corrections = [...asset.corrections];
  const { json: tidied, changed } = tidyValues(asset.json);
  const json: GLTF.IGLTF = { ...tidied, asset: { ...tidied.asset, version: '2.0' } };
  if (changed > 0) corrections.push(replacedValues(changed));
  const resources: JSONDocument['resources'] = {};
  json.buffers = (json.buffers ?? []).map((buffer, index) => {
    const key = index === 0 && buffer.uri === undefined ? GLB_BUFFER : `__buffer_${index}`;
    resources[key] = ownBytes(asset.buffers[index] ?? new Uint8Array(0));
    return key === GLB_BUFFER ? buffer : { ...buffer, uri: key };
  });
  const lost = new Set<number>();
  json.images = (json.images ?? []).map((image, index) => {
    const bytes = imageBytes(asset, index);
    const header = bytes && readImageHeader(bytes);
    if (!bytes || !header || !GLTF_IMAGES.has(header.mimeType) || header.width === 0 || header.height === 0) {
      if (bytes) corrections.push(damagedTexture(image, index, header));
      lost.add(index);
      return imageDefinition(image, index, 'image/png', resources, new Uint8Array(0));
    }
    if (header.width * header.height > limits.texturePixels) {
      throw modelTooLarge(
        `${asset.name}#/images/${index}`,
        `The texture ${image.name || index} has ${formatCount(header.width)} × ${formatCount(header.height)} pixels; the limit is ${formatCount(limits.texturePixels)} pixels.`,
        'texturePixels',
      );
    }
    return imageDefinition(image, index, header.mimeType, resources, bytes);
  });
  if (json.images.length === 0) delete json.images;
  const extensions = extensionsOf(json);
  const document = await readJson(json, resources, extensions, asset.name);
  const textures = document.getRoot().listTextures();
  for (const index of lost) textures[index]?.dispose();
  return { document, corrections };
}

async function readJson(
  json: GLTF.IGLTF,
  resources: JSONDocument['resources'],
  extensions: string[],
  name: string,
): Promise<Document> {
  try {
    return await createGltfIo(extensions).readJSON({ json, resources });
  } catch (cause) {
    if (cause instanceof MaquetteError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const error = modelInvalid(name, `The glTF asset cannot be read: ${message.slice(0, 300)}`);
    error.cause = cause;
    throw error;
  }
}

function extensionsOf(json: GLTF.IGLTF): string[] {
  return [...new Set([...(json.extensionsUsed ?? []), ...(json.extensionsRequired ?? [])])];
}

function imageDefinition(
  image: GLTF.IImage,
  index: number,
  mimeType: string,
  resources: JSONDocument['resources'],
  bytes: Uint8Array,
): GLTF.IImage {
  const uri = `__image_${index}`;
  // A copy, so that the document does not hold the whole file in memory for one image.
  resources[uri] = bytes.slice();
  const { bufferView: _, uri: path, ...rest } = image;
  const name = image.name ?? (path === undefined || /^data:/i.test(path) ? undefined : fileStem(path));
  return { ...rest, ...(name !== undefined && { name }), mimeType, uri };
}

function replacedValues(count: number): Correction {
  return {
    code: 'replaced_values',
    message: `${plural(count, 'value')} that glTF does not permit, of materials, textures, accessors, lights or cameras, ${count === 1 ? 'was' : 'were'} replaced.`,
  };
}

function fileStem(path: string): string {
  const base = decodePercent(baseName(path));
  const dot = base.lastIndexOf('.');
  return dot > 0 ? base.slice(0, dot) : base;
}

function damagedTexture(image: GLTF.IImage, index: number, header: ImageHeader | null): Correction {
  const name = image.name ?? (image.uri && !/^data:/i.test(image.uri) ? image.uri : String(index));
  return header === null || GLTF_IMAGES.has(header.mimeType)
    ? {
        code: 'damaged_texture',
        message: `The texture "${name}" is no readable image; the materials that use it are drawn without it.`,
      }
    : {
        code: 'unsupported_texture',
        message: `The texture "${name}" is ${header.mimeType}, which glTF does not allow; the materials that use it are drawn without it.`,
      };
}

/** The reader wants arrays on an `ArrayBuffer`; a Node `Buffer` or a shared array passes through a copy. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
}
