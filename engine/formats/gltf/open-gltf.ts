import type { GLTF } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction } from '#contracts/model/model-report.ts';
import { plural } from '../corrections.ts';
import { formatCount, modelMalformed, resourceMissing, resourceUnsafe } from '../errors.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { checkLimits } from './check-limits.ts';
import { checkStructure } from './check-structure.ts';
import { decodeDataUri } from './data-uri.ts';
import { DRACO_EXTENSION, decodeDraco } from './decode-draco.ts';
import { decodeMeshopt, MESHOPT_EXTENSIONS } from './decode-meshopt.ts';
import { DecodedData } from './decoded-data.ts';
import { parseGlb } from './parse-glb.ts';
import { parseGltfJson } from './parse-json.ts';
import { isGlb1, parseGlb1 } from './version-1/parse-glb-1.ts';
import { isGltf1, type UpgradedGltf, upgradeGltf } from './version-1/upgrade-gltf.ts';

/** A glTF asset with all its data in hand, checked and decompressed, not yet read into a `Document`. */
export interface GltfAsset {
  name: string;
  container: 'glb' | 'gltf';
  /** The file as it came. */
  source: Uint8Array;
  /** The JSON; where the file was compressed, as if it had not been. */
  json: GLTF.IGLTF;
  /** By index of `json.buffers`. Null for a fallback buffer, which nothing uses once the data is decompressed. */
  buffers: (Uint8Array | null)[];
  /** By index of `json.images`; null for images inside a buffer view and for missing files. */
  images: (Uint8Array | null)[];
  /**
   * Whether Draco or meshopt data was decompressed, or an older version upgraded, so that `source` says less than
   * `json` and `buffers`.
   */
  decompressed: boolean;
  /** Accessors whose data came out of Draco, which stores it rounded. */
  lossyAccessors: ReadonlySet<number>;
  /** `extensionsUsed` and `extensionsRequired` as the file declares them, compression included; sorted. */
  extensions: string[];
  corrections: Correction[];
}

/**
 * Takes a glTF or GLB file apart: container, JSON, structure, limits, external files, decompression. Nothing is
 * allocated for data before the declared sizes passed the limits.
 *
 * @param resources the other files of the model, in which its references are looked up
 * @param fileBytes size of all files of the model
 * @throws MaquetteError `model_malformed`, `model_invalid`, `model_too_large`, `model_resource_missing`,
 * `model_resource_unsafe`, `format_unsupported`
 */
export async function openGltf(
  main: ModelFile,
  container: 'glb' | 'gltf',
  resources: ResourceFiles,
  fileBytes: number,
  limits: ModelLimits,
): Promise<GltfAsset> {
  const parse = isGlb1(main.bytes) ? parseGlb1 : parseGlb;
  const parts = container === 'glb' ? parse(main.bytes, main.name) : { json: main.bytes, bin: null };
  const parsed = parseGltfJson(parts.json, main.name);
  const upgraded = isGltf1(parsed) ? upgradeGltf(parsed as unknown as Record<string, unknown>) : null;
  const json = upgraded?.json ?? parsed;
  checkStructure(json, main.name);
  checkLimits(json, fileBytes, limits, main.name);
  const asset: GltfAsset = {
    name: main.name,
    container,
    source: main.bytes,
    json,
    buffers: [],
    images: [],
    decompressed: upgraded !== null,
    lossyAccessors: new Set(),
    extensions: [...new Set([...(json.extensionsUsed ?? []), ...(json.extensionsRequired ?? [])])].sort(),
    corrections: upgraded ? upgradeCorrections(upgraded) : [],
  };
  loadBuffers(asset, parts.bin, resources);
  loadImages(asset, resources);
  await decompress(asset);
  return asset;
}

function upgradeCorrections({ droppedSkins }: UpgradedGltf): Correction[] {
  const corrections = [
    {
      code: 'upgraded_gltf',
      message: 'The asset is glTF 1.0 and was converted to 2.0; its shaders became metallic-roughness materials.',
    },
  ];
  if (droppedSkins > 0)
    corrections.push({
      code: 'removed_skins',
      message: `${plural(droppedSkins, 'skin')} with a bind shape ${droppedSkins === 1 ? 'was' : 'were'} left out.`,
    });
  return corrections;
}

function loadBuffers(asset: GltfAsset, bin: Uint8Array | null, resources: ResourceFiles): void {
  const { json, name } = asset;
  for (const [index, buffer] of (json.buffers ?? []).entries()) {
    const where = `${name}#/buffers/${index}`;
    if (buffer.uri === undefined) {
      const isFallback = MESHOPT_EXTENSIONS.some((extension) => buffer.extensions?.[extension] !== undefined);
      if (index === 0 && bin && !isFallback) {
        asset.buffers.push(checkLength(bin, buffer.byteLength, where, `buffer ${index}`));
      } else if (isFallback || !isBufferUsed(json, index)) {
        asset.buffers.push(null);
      } else {
        throw modelMalformed(where, `Buffer ${index} has neither a URI nor data in the GLB file.`);
      }
      continue;
    }
    const inline = decodeDataUri(buffer.uri, where);
    if (inline) {
      asset.buffers.push(checkLength(inline.bytes, buffer.byteLength, where, `buffer ${index}`));
      continue;
    }
    const found = resources.resolve(buffer.uri, name, where);
    switch (found.kind) {
      case 'found':
        asset.buffers.push(checkLength(found.file.bytes, buffer.byteLength, where, `"${buffer.uri}"`));
        noteLooseMatch(asset, found.exact, buffer.uri, found.file.name);
        break;
      case 'remote':
        throw resourceUnsafe(where, buffer.uri, 'a URL; Maquette never fetches what a model refers to');
      case 'missing':
        if (!isBufferUsed(json, index)) asset.buffers.push(null);
        else throw resourceMissing(where, found.path, resources.names);
    }
  }
}

function loadImages(asset: GltfAsset, resources: ResourceFiles): void {
  for (const [index, image] of (asset.json.images ?? []).entries()) {
    if (image.bufferView !== undefined || image.uri === undefined) {
      asset.images.push(null);
      continue;
    }
    const where = `${asset.name}#/images/${index}`;
    const inline = decodeDataUri(image.uri, where);
    if (inline) {
      asset.images.push(inline.bytes);
      continue;
    }
    const found = resources.resolve(image.uri, asset.name, where);
    if (found.kind === 'found') {
      asset.images.push(found.file.bytes);
      noteLooseMatch(asset, found.exact, image.uri, found.file.name);
      continue;
    }
    asset.images.push(null);
    asset.corrections.push({
      code: 'missing_texture',
      message:
        found.kind === 'missing'
          ? `The texture file "${found.path}" was not given; the materials that use it are drawn without it.`
          : `The texture "${image.uri.slice(0, 200)}" is a URL, and Maquette never fetches what a model refers to; the materials that use it are drawn without it.`,
    });
  }
}

function noteLooseMatch(asset: GltfAsset, exact: boolean, uri: string, fileName: string): void {
  if (exact) return;
  asset.corrections.push({
    code: 'resource_matched_by_name',
    message: `The reference "${uri.slice(0, 200)}" was resolved to the given file "${fileName}", which has the same name in another folder.`,
  });
}

function checkLength(bytes: Uint8Array, declared: number, where: string, what: string): Uint8Array {
  if (bytes.byteLength < declared) {
    throw modelMalformed(
      where,
      `The data of ${what} has ${formatCount(bytes.byteLength)} bytes, but ${formatCount(declared)} are declared: its end is missing.`,
    );
  }
  return bytes;
}

function isBufferUsed(json: GLTF.IGLTF, index: number): boolean {
  return (json.bufferViews ?? []).some((view) => {
    const compressed = MESHOPT_EXTENSIONS.map((key) => view.extensions?.[key] as { buffer: number } | undefined).find(
      Boolean,
    );
    return (compressed ?? view).buffer === index;
  });
}

async function decompress(asset: GltfAsset): Promise<void> {
  const { json, buffers, name } = asset;
  const hasMeshopt = (json.bufferViews ?? []).some((view) => MESHOPT_EXTENSIONS.some((key) => view.extensions?.[key]));
  const hasDraco = (json.meshes ?? []).some((mesh) =>
    mesh.primitives.some((item) => item.extensions?.[DRACO_EXTENSION]),
  );
  const dropped = new Set<string>([DRACO_EXTENSION, ...MESHOPT_EXTENSIONS]);
  for (const key of ['extensionsUsed', 'extensionsRequired'] as const) {
    if (!json[key]?.some((extension) => dropped.has(extension))) continue;
    json[key] = json[key].filter((extension) => !dropped.has(extension));
    if (json[key].length === 0) delete json[key];
  }
  if (!hasMeshopt && !hasDraco) return;
  asset.decompressed = true;
  const fallback = buffers.indexOf(null);
  const target = fallback >= 0 ? fallback : buffers.length;
  const decoded = new DecodedData(target);
  if (hasMeshopt) await decodeMeshopt(json, buffers, decoded, name);
  if (hasDraco) asset.lossyAccessors = await decodeDraco(json, buffers, decoded, name);
  const bytes = decoded.finish();
  buffers[target] = bytes;
  json.buffers ??= [];
  json.buffers[target] = { byteLength: bytes.byteLength, uri: 'decompressed.bin' };
}

/** The encoded bytes of an image, wherever they lie; null where they are missing. */
export function imageBytes(asset: GltfAsset, index: number): Uint8Array | null {
  const image = asset.json.images?.[index];
  if (image?.bufferView === undefined) return asset.images[index] ?? null;
  const view = asset.json.bufferViews![image.bufferView]!;
  const start = view.byteOffset ?? 0;
  return asset.buffers[view.buffer]?.subarray(start, start + view.byteLength) ?? null;
}
